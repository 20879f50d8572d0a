// Copies of the ledger in the corpus, and how a corpus whose ledger is gone gets one again.
//
//   OUT/backup/ledger-TIME.sqlite.zst     the last three
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "flow/collect/work.h"
#include "flow/job/job.h"
#include "report/event.h"
#include "store/store.h"

namespace haul::collect {

// A copy of the ledger as it is; then the older ones but two go.
[[nodiscard]] Status back_up(store::Store& out, job::Job& job, const std::stop_token& stop);

// When the newest copy was made, by its name: wall time. nullopt: there is none.
[[nodiscard]] Result<std::optional<clock::Nanoseconds>> newest_backup(store::Store& out,
                                                                      const std::stop_token& stop);

// Where the job has no ledger and the corpus has copies of one: the newest that is whole becomes the ledger.
// What it does not know is found out from the corpus. Code::exists: it is of a corpus of another name.
[[nodiscard]] Status restore(const std::string& corpus, store::Store& out, job::Job& job, report::Hub& hub,
                             const std::stop_token& stop);

}  // namespace haul::collect

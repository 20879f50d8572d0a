// What a corpus is, for people and programs: read from its ledger while no run is at work on it, and compared
// with its files.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "flow/collect/collect.h"
#include "flow/collect/recording/recording.h"
#include "ledger/ledger.h"
#include "store/store.h"

namespace haul::collect {

// In the order of ids, however many.
[[nodiscard]] Status for_each_recording(const ledger::Ledger& ledger,
                                        const std::function<Status(const Recording&)>& visit);

// All that is of the corpus in Totals, nothing that is of a run.
[[nodiscard]] Result<Totals> stock_of(const ledger::Ledger& ledger);

// All that is known of a candidate, by its id, its page or its media: {"id", "candidate", "channel",
// "left_out", "recording"}, what there is not left out. Code::not_found.
[[nodiscard]] Result<json::Ordered> show(const ledger::Ledger& ledger, std::string_view id_or_url);

// Files in audio/ that are no recording.
[[nodiscard]] Status for_each_extra(const ledger::Ledger& ledger, store::Store& corpus,
                                    const std::stop_token& stop,
                                    const std::function<Status(const std::string& name)>& visit);

struct Finding {
    std::string what{};  // "missing", "changed", "extra", "damaged" (decisions)
    std::string name{};  // in the corpus
    std::string detail{};
};
struct CheckReport {
    std::uint64_t recordings = 0, bytes = 0;  // looked at
    std::vector<Finding> findings{};          // the first thousand
    std::uint64_t finding_count = 0;
};
// Reads every byte of every recording and compares it with the ledger; what lies in audio/ and is no
// recording is extra. Reads all decisions. `corpus` is rooted at OUT.
[[nodiscard]] Result<CheckReport> check(const ledger::Ledger& ledger, store::Store& corpus,
                                        const std::stop_token& stop);

}  // namespace haul::collect

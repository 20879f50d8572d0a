// The corpus as others read it: views of one state of the ledger, made whole under a new name and switched to
// in one step.
//
//   exports/STATE/urls.txt           a page a line, as accepted
//   exports/STATE/manifest.jsonl     a recording a line: docs/schemas/corpus-recording.json
//   exports/STATE/metadata.jsonl     Hugging Face audiofolder
//   exports/STATE/recordings.jsonl, supervisions.jsonl     lhotse
//   exports/STATE/datasheet.md       what is in it, from where, under which licences
//   exports/current.json             names STATE (a local folder: exports/current, a symlink, too)
//
// STATE is a hash of what the views show, without times, attempts and job ids: the same state of the ledger
// makes the same bytes, on any machine.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/collect/recording/recording.h"
#include "store/store.h"

namespace haul::collect {

// Calls `visit` for every accepted recording in the order of ids, however many; each time the same ones.
using Recordings = std::function<Status(const std::function<Status(const Recording&)>& visit)>;

struct ExportRequest {
    std::string corpus{};   // its name
    std::string scratch{};  // a folder of ours on this machine: views are made there first; what a dead run
                            // left in it goes
};

struct Exported {
    std::string state{};  // 26 characters
    std::uint64_t recordings = 0;
    double speech_seconds = 0;
    bool unchanged = false;  // current showed it already
    // Of a state that current showed: files that were missing or held anything else, and were written anew.
    std::vector<std::string> mended{};
};

// `corpus` is rooted at OUT. Durable when it returns. What readers of the earlier state have open stays; of
// the states that are not current any more all but the last one are removed. Code::interrupted: nothing was
// switched.
[[nodiscard]] Result<Exported> export_views(store::Store& corpus, const Recordings& recordings,
                                            const ExportRequest& request, const std::stop_token& stop);

}  // namespace haul::collect

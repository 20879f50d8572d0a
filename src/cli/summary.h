// What a job came to, in words and as data. Pure functions: values in, text out.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/failures.h"
#include "flow/collect/collect.h"
#include "flow/job/job.h"
#include "flow/pack/pack.h"
#include "flow/prices/prices.h"
#include "flow/set/verify.h"
#include "flow/unpack/unpack.h"

namespace haul::cli {

struct Ending {
    job::Phase phase = job::Phase::complete;
    int exit_code = 0;
    std::string outcome;             // "packed 10,409 files (230.0 MB) into 1 part"
    std::vector<std::string> where;  // further lines: "set: /backup/photos"
    std::uint64_t files = 0, bytes = 0, failed = 0, skipped = 0, set_aside = 0;
    bool did_nothing = false;
    bool proves_bytes = true;  // exit code 0 says that every byte was looked at where it is now
    json::Ordered totals;
};

[[nodiscard]] Ending ending_of(const pack::Request& request, const pack::Totals& totals);
[[nodiscard]] Ending ending_of(const unpack::Request& request, const unpack::Totals& totals);
[[nodiscard]] Ending ending_of(const collect::Request& request, const collect::Totals& totals);
// What of the totals is of the corpus.
[[nodiscard]] json::Ordered corpus_json(const collect::Totals& totals);
// An error that ended the whole job. `cancelled`: by `haul cancel`.
[[nodiscard]] Ending ending_of(const Error& error, bool cancelled);

// The run that ended so.
struct RunFacts {
    std::string job, log;  // id; path of the log
    std::chrono::nanoseconds took{};
    bool fresh = false;  // nothing was done before this run: a rate can be told
};

[[nodiscard]] std::string summary_text(const Ending& ending, const Failures& failures, const RunFacts& run);
[[nodiscard]] json::Ordered summary_json(const Ending& ending, const Failures& failures, const RunFacts& run);

[[nodiscard]] std::string verify_text(const std::string& set, const set::VerifyReport& report, bool quick);
[[nodiscard]] json::Ordered verify_json(const set::VerifyReport& report, int exit_code);

[[nodiscard]] std::string estimate_text(const pack::Request& request, const pack::Estimate& estimate,
                                        const std::optional<prices::Cost>& cost);
[[nodiscard]] json::Ordered estimate_json(const pack::Estimate& estimate,
                                          const std::optional<prices::Cost>& cost);

}  // namespace haul::cli

// The plan of a corpus: what is searched where, what is accepted, and how hard. Read from TOML
// (docs/collect.md lists the keys). Pure, but for reading the file.
//
// Strict: an unknown key, a wrong type, a value that makes no sense is Code::usage with line, key and remedy;
// all that is wrong is said at once, in the order of lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "speech/verdict/verdict.h"
#include "store/address.h"

namespace haul::collect {

// One table [[source]]. Which keys it may have, and must have, depends on its kind; what it has not is empty.
struct SourcePlan {
    std::string kind{};                 // "files", "feed", "peertube", "yt-dlp", "archive"
    int line = 0;                       // of the table, for messages
    std::string url{};                  // peertube, feed
    std::vector<std::string> search{};  // peertube
    std::string query{};                // archive
    std::vector<std::string> urls{};    // yt-dlp
    bool accept_terms = false;          // yt-dlp: of YouTube
    std::string path{};                 // files: absolute
    std::string licence{};              // files: SPDX
    std::string licence_evidence{};     // files
};

struct Limits {
    unsigned downloads = 8;                // at once, 1 to 64
    unsigned per_host = 2;                 // requests at once to one host
    double requests_per_second = 1.0;      // to one host
    std::optional<std::uint64_t> bytes{};  // of all recordings together
    std::optional<double> hours{};         // of speech in accepted recordings
    bool allow_private = false;            // private and loopback addresses
};

struct Probe {
    double seconds = 90;                // of a channel's first item are fetched, at most
    double accept_channel_above = 0.7;  // child score
};

struct Plan {
    std::string name{};
    store::Address out{};
    std::string contact{};  // e-mail or web address that operators can write to; in the user agent
    std::vector<SourcePlan> sources{};
    speech::Accept accept{};
    Limits limits{};
    Probe probe{};
    std::string text{};  // the file as it was read: a revision in the ledger
};

// `path` names the file in messages; relative paths in it start at its folder.
[[nodiscard]] Result<Plan> parse_plan(std::string_view toml, const std::string& path);
[[nodiscard]] Result<Plan> read_plan(const std::string& path);

// A plan with a comment for each key, which parses.
[[nodiscard]] std::string_view example_plan();

}  // namespace haul::collect

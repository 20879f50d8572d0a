// What a source found: media items that may become recordings. Values only.
//
// A candidate's id names its recording in the corpus for good. It is made of where the item was found, not of
// what it holds: a page that is read twice, or shifts while it is read, adds nothing twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace haul::collect {

// What the source says of the licence, and where it says so.
struct Licence {
    std::string id{};          // SPDX ("CC-BY-4.0"); empty: not said, or not understood
    std::string statement{};   // word for word: a name, or the address of a licence
    std::string page{};        // where it stands: a URL or a path
    std::string field{};       // and in which field of it
    std::int64_t seen_ns = 0;  // wall clock, since 1970 UTC; 0: not yet
    bool operator==(const Licence&) const = default;
};

struct Candidate {
    std::string kind{};        // of the source: "feed"
    std::string source_url{};  // which of that kind
    std::string item{};        // the source's own name of it, the same each time that it is found
    std::string channel{};     // who published it, the source's own name; never empty
    std::string channel_title{};
    std::string title{};
    std::string page{};   // for people: where it is shown
    std::string media{};  // where the media lies, a URL or a path; empty: the source has to describe it first
    std::string media_type{};             // as the source says: "audio/mpeg"
    std::optional<double> duration{};     // seconds, as the source says
    std::optional<std::uint64_t> size{};  // bytes of the media, as the source says
    std::string language{};               // a claim: ISO 639-1, or as it stands
    std::string published{};              // RFC 3339, or empty
    Licence licence{};
    bool operator==(const Candidate&) const = default;
};

// 26 characters of lower-case base32 (RFC 4648): the beginning of SHA-256(kind NUL source_url NUL item).
[[nodiscard]] std::string id_of(const Candidate& candidate);
// Likewise of a channel: SHA-256(kind NUL source_url NUL channel).
[[nodiscard]] std::string channel_id_of(const Candidate& candidate);
// Whether it could be one of both.
[[nodiscard]] bool is_id(std::string_view text);

[[nodiscard]] json::Ordered json_of(const Candidate& candidate);
// Code::corrupt names the field.
[[nodiscard]] Result<Candidate> candidate_from(const json::Value& value, std::string_view subject);
[[nodiscard]] json::Ordered json_of(const Licence& licence);
[[nodiscard]] Result<Licence> licence_from(const json::Value& value, std::string_view subject);
// The field "reasons" of what was judged; none where it is absent.
[[nodiscard]] Result<std::vector<std::string>> reasons_in(const json::Value& value, std::string_view subject);

// The SPDX id of what sources write: an SPDX id in any case, the URL of a Creative Commons deed or legal
// code, or its usual name ("Creative Commons Attribution Share Alike 4.0"). Empty: not understood; a licence
// without a version is none.
[[nodiscard]] std::string spdx_id(std::string_view statement);
// Those that it knows, by name.
[[nodiscard]] std::vector<std::string> known_licences();

}  // namespace haul::collect

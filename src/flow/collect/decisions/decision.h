// Decisions: what must survive the ledger, since nothing else in a corpus tells it. Values, and the text that
// each has in a decisions object (docs/corpus.md, "Decisions"). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "flow/collect/item/item.h"

namespace haul::collect {

// What a tombstone is of: which value of an erased recording its hash is made of.
enum class Erased : std::uint8_t {
    item,     // its id
    url,      // its page or its media, word for word
    channel,  // the id of its channel: all of it is erased
    content,  // SHA-256 of its file, 64 hex digits
};
[[nodiscard]] std::string_view name_of(Erased of);

// What remains of an erased recording, so that it is never fetched again: nobody reads from it what it was.
struct Tombstone {
    Erased of = Erased::item;
    std::string salt{};  // hex digits
    std::string hash{};  // tombstone_hash() of the value
    bool operator==(const Tombstone&) const = default;
};
// SHA-256(salt NUL name_of(of) NUL value), the salt as it is written; 64 hex digits.
[[nodiscard]] std::string tombstone_hash(std::string_view salt, Erased of, std::string_view value);

// No more of a channel is fetched; or, where it was closed before, it is open again.
struct ChannelDecision {
    std::string channel{};  // its id
    bool closed = true;
    std::optional<double> score{};  // child score of the item that was judged
    std::string language{};         // found in it; empty: not known
    std::vector<std::string> reasons{};
    std::string probe{};  // id of that item; may be empty
    bool operator==(const ChannelDecision&) const = default;
};

// Where the licence of a recording stood when it was fetched, and when that was first seen.
struct LicenceEvidence {
    std::string item{};  // id
    Licence licence{};
    bool operator==(const LicenceEvidence&) const = default;
};

// A person's word on a recording goes before what was heard in it.
struct PersonsDecision {
    std::string item{};  // id
    bool accepted = false;
    std::string why{};  // may be empty
    bool operator==(const PersonsDecision&) const = default;
};

using Decision = std::variant<Tombstone, ChannelDecision, LicenceEvidence, PersonsDecision>;

// JSON on one line. The same decision has the same text.
[[nodiscard]] std::string text_of(const Decision& decision);
// Code::corrupt names the field; Code::unsupported: of a kind that is not known here.
[[nodiscard]] Result<Decision> decision_from(std::string_view text, std::string_view subject);

}  // namespace haul::collect

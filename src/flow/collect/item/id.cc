#include <algorithm>
#include <span>

#include "base/digest.h"
#include "base/text.h"
#include "flow/collect/item/item.h"

namespace haul::collect {
namespace {

constexpr std::size_t kIdLength = 26;  // 130 bits

std::string id_of(const Candidate& candidate, std::string_view name) {
    std::string text = candidate.kind;
    text += '\0';
    text += candidate.source_url;
    text += '\0';
    text += name;
    const std::string digest = digest::of(digest::Algorithm::sha256, std::as_bytes(std::span(text)));
    return text::base32(digest).substr(0, kIdLength);
}

}  // namespace

std::string id_of(const Candidate& candidate) { return id_of(candidate, candidate.item); }
std::string channel_id_of(const Candidate& candidate) { return id_of(candidate, candidate.channel); }

bool is_id(std::string_view text) {
    return text.size() == kIdLength &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); });
}

}  // namespace haul::collect

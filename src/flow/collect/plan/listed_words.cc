#include "flow/collect/plan/listed_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/nearest.h"
#include "base/text.h"
#include "flow/collect/item/item.h"

namespace haul::collect {
namespace {

bool is_own_licence(std::string_view id) {
    constexpr std::string_view kFront = "LicenseRef-";
    if (!id.starts_with(kFront) || id.size() == kFront.size()) return false;
    return std::ranges::all_of(id.substr(kFront.size()), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.';
    });
}

// What was meant, as far as can be told; empty: no idea.
std::string meant_by(const std::string& licence) {
    if (std::string id = spdx_id(licence); !id.empty()) return id;
    std::string word = text::lower(licence);
    std::ranges::replace(word, ' ', '-');
    const std::vector<std::string> known = known_licences();
    std::vector<std::string> lower;
    lower.reserve(known.size());
    for (const std::string& id : known) lower.push_back(text::lower(id));
    const std::string near = text::nearest(word, lower);
    const auto at = std::ranges::find(lower, near);
    return at == lower.end() ? "" : known[static_cast<std::size_t>(at - lower.begin())];
}

void say_unknown(TableReader& reader, std::string_view key, const std::string& what,
                 const std::string& licence) {
    const std::string meant = meant_by(licence);
    reader.problem(
        key, fmt::format("{} \"{}\", which is no SPDX id that is known here", what, text::printable(licence)),
        fmt::format("{}known are {}; one of your own is \"LicenseRef-…\"",
                    meant.empty() ? "" : fmt::format("did you mean \"{}\"? ", meant),
                    fmt::join(known_licences(), ", ")));
}

bool is_language(const std::string& code) {
    return (code.size() == 2 || code.size() == 3) && code != "und" &&
           std::ranges::all_of(code, [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

void check_licence_ids(TableReader& reader, std::string_view key, const std::vector<std::string>& licences) {
    const auto wrong = std::ranges::find_if(
        licences, [](const std::string& one) { return spdx_id(one) != one && !is_own_licence(one); });
    if (wrong != licences.end()) say_unknown(reader, key, "holds", *wrong);
}

void check_licence(TableReader& reader, std::string_view key, const std::string& licence) {
    if (licence.empty() || !spdx_id(licence).empty() || is_own_licence(licence)) return;
    say_unknown(reader, key, "is", licence);
}

void check_languages(TableReader& reader, std::string_view key, const std::vector<std::string>& languages) {
    const auto wrong = std::ranges::find_if_not(languages, is_language);
    if (wrong == languages.end()) return;
    reader.problem(
        key, fmt::format("holds \"{}\", which is no code of a language", text::printable(*wrong)),
        R"(write codes of ISO 639 in lower case: two letters, such as "en"; three where a language )"
        R"(has no code of two, such as "haw"; none at all means any)");
}

}  // namespace haul::collect

#include "flow/collect/item/licence_words.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>
#include "base/text.h"

namespace haul::collect {
namespace {

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
    std::vector<std::string_view> words;
    while (true) {
        const auto begin = text.find_first_not_of(separators);
        if (begin == std::string_view::npos) return words;
        text.remove_prefix(begin);
        const auto end = std::min(text.find_first_of(separators), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

// "4.0", "v4.0"
std::optional<std::string> version_in(std::string_view word) {
    if (word.starts_with('v')) word.remove_prefix(1);
    if (word.size() != 3 || word[0] < '1' || word[0] > '4' || word[1] != '.' ||
        (word[2] != '0' && word[2] != '1' && word[2] != '5'))
        return std::nullopt;
    return std::string(word);
}

// Words that say nothing by themselves in the name of a licence.
constexpr std::array kFillers = {"creative",  "commons", "cc",     "license",   "licence",       "licensed",
                                 "under",     "the",     "a",      "this",      "work",          "is",
                                 "unported",  "generic", "terms",  "of",        "international", "intl",
                                 "universal", "public",  "domain", "dedication"};
// Two words for one.
constexpr std::pair<std::string_view, std::string_view> kPairs[] = {
    {"share", "alike"}, {"non", "commercial"},     {"no", "derivatives"},
    {"no", "derivs"},   {"no", "derivativeworks"}, {"creativecommons", "zero"}};
struct Word {
    std::string_view word;
    bool LicenceParts::* part;
};
constexpr Word kWords[] = {{"by", &LicenceParts::attribution},
                           {"attribution", &LicenceParts::attribution},
                           {"ccby", &LicenceParts::attribution},
                           {"sa", &LicenceParts::share_alike},
                           {"sharealike", &LicenceParts::share_alike},
                           {"nc", &LicenceParts::non_commercial},
                           {"noncommercial", &LicenceParts::non_commercial},
                           {"nd", &LicenceParts::no_derivatives},
                           {"noderivs", &LicenceParts::no_derivatives},
                           {"noderivatives", &LicenceParts::no_derivatives},
                           {"cc0", &LicenceParts::zero},
                           {"zero", &LicenceParts::zero}};
// Of licences that were ported: how SPDX writes them is upper case.
constexpr std::array kJurisdictions = {"at", "au", "de", "fr", "igo", "jp", "nl", "uk", "us"};

bool set_part(LicenceParts& parts, std::string_view word) {
    const auto at = std::ranges::find(kWords, word, &Word::word);
    if (at == std::end(kWords)) return false;
    parts.*at->part = true;
    return true;
}

// The words of a statement as groups, one a licence that is named: a version ends one.
class Groups {
  public:
    // False: no word of a licence's name.
    bool add(const std::string& word) {
        if (const auto version = version_in(word)) {
            if (!open_.names_one()) return false;
            open_.version = *version;
            done_.push_back(std::exchange(open_, {}));
            return true;
        }
        if (set_part(open_, word)) return true;
        if (std::ranges::find(kJurisdictions, word) != kJurisdictions.end() && !done_.empty() &&
            !open_.names_one() && done_.back().jurisdiction.empty()) {
            std::ranges::transform(word, std::back_inserter(done_.back().jurisdiction),
                                   [](char c) { return static_cast<char>(c & ~0x20); });
            return true;
        }
        return std::ranges::find(kFillers, word) != kFillers.end();
    }
    // Empty: they do not agree.
    [[nodiscard]] LicenceParts together() && {
        if (done_.empty()) return std::move(open_);
        if (open_.names_one()) {  // a name again behind, without its version
            open_.version = done_.front().version;
            open_.jurisdiction = done_.front().jurisdiction;
            done_.push_back(std::move(open_));
        }
        const bool same =
            std::ranges::all_of(done_, [&](const LicenceParts& each) { return each == done_.front(); });
        return same ? std::move(done_.front()) : LicenceParts();
    }

  private:
    LicenceParts open_;
    std::vector<LicenceParts> done_;
};

}  // namespace

LicenceParts parts_named(std::string_view statement) {
    const std::string text = text::lower(statement);
    std::vector<std::string> words;
    for (const std::string_view word : split(text, " \t\r\n-_(),;/")) words.emplace_back(word);
    if (!words.empty() && words.back().ends_with('.')) words.back().pop_back();
    Groups groups;
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string word = words[i];
        if (i + 1 < words.size() && std::ranges::find(kPairs, std::pair<std::string_view, std::string_view>(
                                                                  word, words[i + 1])) != std::end(kPairs)) {
            word += words[i + 1];
            ++i;
        }
        if (word == "noderivativeworks") word = "noderivatives";
        if (word == "noderivatives" && i + 1 < words.size() && words[i + 1] == "works") ++i;
        if (!groups.add(word)) return {};
    }
    return std::move(groups).together();
}

LicenceParts parts_of_address(std::string_view url) {
    std::string text = text::lower(url);
    for (const std::string_view front : {"https:", "http:", "//", "www."})
        if (text.starts_with(front)) text.erase(0, front.size());
    text.resize(std::min(text.find_first_of("?#"), text.size()));
    const auto words = split(text, "/");
    if (words.size() < 4 || words.size() > 6 || words[0] != "creativecommons.org") return {};
    LicenceParts parts;
    if (words[1] == "publicdomain" && words[2] == "zero") {
        parts.zero = true;
    } else if (words[1] == "licenses") {
        for (const std::string_view word : split(words[2], "-"))
            if (word.size() != 2 || !set_part(parts, word)) return {};
    }
    const auto version = version_in(words[3]);
    if (!version || words[3].starts_with('v')) return {};
    parts.version = *version;
    auto rest = std::span(words).subspan(4);
    if (!rest.empty() && std::ranges::find(kJurisdictions, rest[0]) != kJurisdictions.end()) {
        for (const char c : rest[0]) parts.jurisdiction += static_cast<char>(c & ~0x20);
        rest = rest.subspan(1);
    }
    const auto is_page = [](std::string_view word) {  // "deed.de", "legalcode"
        return word == "deed" || word.starts_with("deed.") || word == "legalcode" ||
               word.starts_with("legalcode.");
    };
    if (rest.size() > 1 || (rest.size() == 1 && !is_page(rest[0]))) return {};
    return parts;
}

}  // namespace haul::collect

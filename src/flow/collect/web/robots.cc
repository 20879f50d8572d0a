#include "flow/collect/web/robots.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/percent.h"
#include "base/text.h"

namespace haul::collect {
namespace {

// One form of what can be written in several: %7E and ~ are the same, %2F and / are not.
std::string normal(std::string_view path) {
    std::string out;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto byte = static_cast<unsigned char>(path[i]);
        if (path[i] == '%') {
            const auto decoded = text::percent_decoded(path.substr(i, 3));
            if (decoded && decoded->size() == 1) {
                const std::string encoded = text::percent_encoded(*decoded, false);
                out += encoded;
                i += 2;
                continue;
            }
        }
        out += byte <= 0x20 || byte >= 0x7F ? text::percent_encoded(path.substr(i, 1), false)
                                            : std::string(1, path[i]);
    }
    return out;
}

// `*` stands for anything, `$` at the end for the end. In time of lengths multiplied.
bool fits(std::string_view pattern, std::string_view path) {
    const bool to_end = pattern.ends_with('$');
    if (to_end) pattern.remove_suffix(1);
    std::size_t at = 0;
    std::size_t in = 0;
    std::optional<std::pair<std::size_t, std::size_t>> star;
    while (at < pattern.size() || (to_end && in < path.size())) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = {++at, in};
        } else if (at < pattern.size() && in < path.size() && pattern[at] == path[in]) {
            ++at;
            ++in;
        } else if (star && star->second < path.size()) {
            at = star->first;
            in = ++star->second;
        } else {
            return false;
        }
    }
    return true;
}

struct Line {
    std::string key;
    std::string_view value;
};

std::optional<Line> next_line(std::string_view& text) {
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of("\n\r"), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        line = line.substr(0, line.find('#'));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        return Line{text::lower(text::trimmed(line.substr(0, colon))), text::trimmed(line.substr(colon + 1))};
    }
    return std::nullopt;
}

// "haul/1.0" names haul, too.
bool names(std::string_view value, std::string_view agent) {
    const auto is_token = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    };
    const auto end = std::ranges::find_if_not(value, is_token);
    return text::lower({value.begin(), end}) == text::lower(agent);
}

}  // namespace

Robots Robots::parse(std::string_view text, std::string_view agent) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    Robots ours, of_all;
    bool named = false;                    // some group names us
    bool is_ours = false, is_all = false;  // the group that is read
    bool in_agents = false;
    while (auto line = next_line(text)) {
        if (line->key == "user-agent") {
            if (!std::exchange(in_agents, true)) is_ours = is_all = false;
            is_ours = is_ours || names(line->value, agent);
            is_all = is_all || line->value == "*";
            named = named || is_ours;
            continue;
        }
        const bool allow = line->key == "allow";
        if (!allow && line->key != "disallow") continue;  // others end no list of agents
        in_agents = false;
        if (line->value.empty()) continue;
        const Rule rule{allow, normal(line->value)};
        if (is_ours) ours.rules_.push_back(rule);
        if (is_all) of_all.rules_.push_back(rule);
    }
    return named ? ours : of_all;
}

std::optional<std::string> Robots::forbidden_by(std::string_view target) const {
    const std::string path = normal(target);
    if (path == "/robots.txt") return std::nullopt;
    const Rule* best = nullptr;
    for (const Rule& rule : rules_) {
        if (!fits(rule.pattern, path)) continue;
        const bool longer = !best || rule.pattern.size() > best->pattern.size();
        const bool milder = best && rule.pattern.size() == best->pattern.size() && rule.allow;
        if (longer || milder) best = &rule;
    }
    return !best || best->allow ? std::nullopt : std::optional(best->pattern);
}

}  // namespace haul::collect

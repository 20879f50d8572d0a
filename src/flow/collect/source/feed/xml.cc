#include "flow/collect/source/feed/xml.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace haul::collect::feed {
namespace {

// A node takes some 60 bytes, an attribute 40: with this many a document has at most some 100 MB.
constexpr std::ptrdiff_t kMostMarks = 1'500'000;
constexpr int kMostAttributes = 64;  // that are looked at for prefixes

struct Known {
    std::string_view uri, prefix;
    Space space;
};
// The second names are older ones of the same thing. Prefixes: what nearly everybody calls it, for feeds that
// explain none.
constexpr Known kKnown[] = {
    {"http://www.w3.org/2005/Atom", "atom", Space::atom},
    {"http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes", Space::itunes},
    {"https://podcastindex.org/namespace/1.0", "podcast", Space::podcast},
    {"https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md", "", Space::podcast},
    {"http://backend.userland.com/creativeCommonsRssModule", "creativeCommons", Space::creative_commons},
    {"http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html", "", Space::creative_commons},
    {"http://creativecommons.org/ns#", "cc", Space::cc},
    {"http://web.resource.org/cc/", "", Space::cc},
    {"http://purl.org/dc/elements/1.1/", "dc", Space::dublin_core},
};

Space space_named(std::string_view uri) {
    for (const Known& each : kKnown)
        if (text::lower(each.uri) == text::lower(uri)) return each.space;
    return Space::other;
}

// As Latin-1, where it is not UTF-8: feeds that say nothing of their encoding are mostly that.
std::string as_utf8(std::string text) {
    if (text::is_utf8(text)) return text;
    std::string out;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < 0x80) {
            out += letter;
        } else {
            out += static_cast<char>(0xC0U | (byte >> 6U));
            out += static_cast<char>(0x80U | (byte & 0x3FU));
        }
    }
    return out;
}

std::string cleaned(std::string_view text) { return as_utf8(std::string(text::trimmed(text))); }

}  // namespace

Status Document::load(std::string text, std::string_view subject) {
    const auto bad = [&](std::string detail) {
        return failure(Code::corrupt, "read", std::string(subject), std::move(detail));
    };
    // Also as UTF-16 the marks are bytes of their own.
    if (std::ranges::count(text, '<') + std::ranges::count(text, '=') > kMostMarks)
        return bad("more elements than any feed has");
    text_ = std::move(text);
    const auto parsed = document_.load_buffer_inplace(text_.data(), text_.size());
    if (!parsed) return bad(fmt::format("no XML: {} at byte {}", parsed.description(), parsed.offset));
    learn(root());
    return {};
}

void Document::learn(const pugi::xml_node& node) {
    int looked = 0;
    for (const auto& attribute : node.attributes()) {
        if (++looked > kMostAttributes) return;
        const std::string_view name = attribute.name();
        if (name == "xmlns") prefixes_.emplace_back("", space_named(attribute.value()));
        if (name.starts_with("xmlns:"))
            prefixes_.emplace_back(name.substr(6), space_named(attribute.value()));
    }
}

Space Document::space_of(const pugi::xml_node& node, std::string_view prefix) const {
    const std::string own = prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix);
    Space space = Space::other;
    if (const auto attribute = node.attribute(own.c_str())) {
        space = space_named(attribute.value());
    } else if (const auto at = std::ranges::find(
                   prefixes_, prefix, [](const auto& each) { return std::string_view(each.first); });
               at != prefixes_.end()) {
        space = at->second;
    } else {
        const auto known = std::ranges::find(kKnown, prefix, &Known::prefix);
        if (!prefix.empty() && known != std::end(kKnown)) space = known->space;
    }
    // Without a prefix it is RSS, whatever namespace its maker invented for that.
    return prefix.empty() && space == Space::other ? Space::none : space;
}

bool Document::is(const pugi::xml_node& node, Space space, std::string_view name) const {
    const std::string_view whole = node.name();
    const auto colon = whole.find(':');
    const std::string_view local = colon == std::string_view::npos ? whole : whole.substr(colon + 1);
    const std::string_view prefix = colon == std::string_view::npos ? "" : whole.substr(0, colon);
    return local == name && space_of(node, prefix) == space;
}

pugi::xml_node Document::child(const pugi::xml_node& of, Space space, std::string_view name) const {
    for (const auto& each : of.children())
        if (is(each, space, name)) return each;
    return {};
}

std::string text_of(const pugi::xml_node& node) {
    std::string text;
    for (const auto& each : node.children())
        if (each.type() == pugi::node_pcdata || each.type() == pugi::node_cdata) text += each.value();
    return cleaned(text);
}

std::string attribute_of(const pugi::xml_node& node, const char* name) {
    return cleaned(node.attribute(name).value());
}

}  // namespace haul::collect::feed

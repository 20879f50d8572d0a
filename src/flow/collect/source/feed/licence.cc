#include "flow/collect/source/feed/licence.h"

#include <optional>
#include <string>

namespace haul::collect::feed {
namespace {

std::string field_of(const pugi::xml_node& node) {
    return std::string(node.parent().name()) + "/" + node.name();
}

std::optional<Licence> as_element(const Document& document, const pugi::xml_node& node) {
    std::string statement, address;
    if (document.is(node, Space::podcast, "license")) {
        statement = text_of(node);
        address = attribute_of(node, "url");
    } else if (document.is(node, Space::creative_commons, "license")) {
        statement = text_of(node);
    } else if (document.is(node, Space::cc, "license")) {
        statement = attribute_of(node, "rdf:resource");
        if (statement.empty()) statement = text_of(node);
    } else if (document.is(node, Space::atom, "link") && attribute_of(node, "rel") == "license") {
        statement = attribute_of(node, "href");
    } else {
        return std::nullopt;
    }
    if (statement.empty()) statement = std::exchange(address, {});
    if (statement.empty()) return std::nullopt;
    std::string id = spdx_id(statement);
    if (const std::string by_address = spdx_id(address); id.empty()) {
        id = by_address;
    } else if (!by_address.empty() && by_address != id) {
        id.clear();  // it contradicts itself
    }
    if (!address.empty()) statement += " (" + address + ")";
    return Licence{.id = std::move(id), .statement = std::move(statement), .field = field_of(node)};
}

std::optional<Licence> element_in(const Document& document, const pugi::xml_node& parent) {
    std::optional<Licence> found;
    for (const auto& node : parent.children()) {
        auto licence = as_element(document, node);
        if (!licence) continue;
        if (!found) {
            found = std::move(licence);
        } else if (found->id != licence->id) {
            found->id.clear();
            constexpr std::size_t kLongest = 1000;
            if (found->statement.size() < kLongest) found->statement += " / " + licence->statement;
        }
    }
    return found;
}

std::optional<Licence> words_in(const Document& document, const pugi::xml_node& parent) {
    std::optional<Licence> found;
    for (const auto& node : parent.children()) {
        const bool rights = document.is(node, Space::none, "copyright") ||
                            document.is(node, Space::atom, "rights") ||
                            document.is(node, Space::dublin_core, "rights");
        if (!rights) continue;
        std::string statement = text_of(node);
        if (statement.empty()) continue;
        std::string id = spdx_id(statement);
        if (!found || (found->id.empty() && !id.empty()))
            found = Licence{.id = std::move(id), .statement = std::move(statement), .field = field_of(node)};
    }
    return found;
}

}  // namespace

Licence licence_of(const Document& document, const pugi::xml_node& item, const pugi::xml_node& channel) {
    for (const auto& place : {item, channel}) {
        if (auto licence = element_in(document, place)) return *std::move(licence);
        if (auto licence = words_in(document, place)) return *std::move(licence);
    }
    return {};
}

}  // namespace haul::collect::feed

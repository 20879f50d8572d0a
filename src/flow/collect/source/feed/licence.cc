#include "flow/collect/source/feed/licence.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "flow/collect/source/claims.h"

namespace haul::collect::feed {
namespace {

// What a channel says is kept with each of its items: neither may be as long as the page.
constexpr std::size_t kLongestStatement = 1000, kLongestField = 200;

std::string field_of(const pugi::xml_node& node) {
    return shortened(std::string(node.parent().name()) + "/" + node.name(), kLongestField);
}

std::string statement_of(const pugi::xml_node& node) { return shortened(text_of(node), kLongestStatement); }

std::optional<Licence> as_element(const Document& document, const pugi::xml_node& node) {
    std::string statement, address;
    if (document.is(node, Space::podcast, "license")) {
        statement = statement_of(node);
        address = shortened(attribute_of(node, "url"), kLongestStatement);
    } else if (document.is(node, Space::creative_commons, "license")) {
        statement = statement_of(node);
    } else if (document.is(node, Space::cc, "license")) {
        statement = shortened(attribute_of(node, "rdf:resource"), kLongestStatement);
        if (statement.empty()) statement = statement_of(node);
    } else if (document.is(node, Space::atom, "link") && attribute_of(node, "rel") == "license") {
        statement = shortened(attribute_of(node, "href"), kLongestStatement);
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
            if (found->statement.size() < kLongestStatement) found->statement += " / " + licence->statement;
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
        std::string statement = statement_of(node);
        if (statement.empty()) continue;
        std::string id = spdx_id(statement);
        if (!found || (found->id.empty() && !id.empty()))
            found = Licence{.id = std::move(id), .statement = std::move(statement), .field = field_of(node)};
    }
    return found;
}

}  // namespace

std::optional<Licence> licence_in(const Document& document, const pugi::xml_node& place) {
    auto licence = element_in(document, place);
    return licence ? licence : words_in(document, place);
}

}  // namespace haul::collect::feed

// The little of XML that feeds need, with namespaces, for text that a stranger wrote.
#pragma once

#include <cstdint>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace haul::collect::feed {

enum class Space : std::uint8_t {
    none,  // of RSS itself
    atom,
    itunes,
    podcast,
    creative_commons,  // the RSS module of that name
    cc,                // its successor, of RDF
    dublin_core,
    other,
};

// A document and what its prefixes stand for. Nodes live as long as it.
class Document {
  public:
    // Code::corrupt: no XML, or so much of it that memory would be at risk. Entities of its own are not
    // expanded, and nothing that it names is fetched.
    [[nodiscard]] Status load(std::string text, std::string_view subject);
    [[nodiscard]] pugi::xml_node root() const { return document_.document_element(); }
    // Prefixes are usually explained at the root, sometimes at the channel: `node` adds its own.
    void learn(const pugi::xml_node& node);

    [[nodiscard]] bool is(const pugi::xml_node& node, Space space, std::string_view name) const;
    [[nodiscard]] pugi::xml_node child(const pugi::xml_node& of, Space space, std::string_view name) const;

  private:
    [[nodiscard]] Space space_of(const pugi::xml_node& node, std::string_view prefix) const;

    std::string text_;  // the nodes' names and values lie in it
    pugi::xml_document document_;
    std::vector<std::pair<std::string, Space>> prefixes_;
};

// All text of the node itself, without blanks around it; valid UTF-8 whatever stood there.
[[nodiscard]] std::string text_of(const pugi::xml_node& node);
[[nodiscard]] std::string attribute_of(const pugi::xml_node& node, const char* name);

}  // namespace haul::collect::feed

// What a feed says of its items' licence. Pure.
//
// Sources: podcast:license (podcast namespace 1.0), creativeCommons:license (RSS module), cc:license
// (Creative Commons' RDF), link rel="license" (RFC 4946); and what is written for people: copyright
// (RSS 2.0), rights (Atom, RFC 4287; Dublin Core).
#pragma once

#include <optional>

#include "flow/collect/item/item.h"
#include "flow/collect/source/feed/xml.h"

namespace haul::collect::feed {

// What an item, or a channel, says itself; nullopt: nothing. A licence's element goes before words for
// people. Elements of one place that name different licences: the id stays empty. Statements are cut at 1000
// bytes. `page` and `seen_ns` are the caller's.
[[nodiscard]] std::optional<Licence> licence_in(const Document& document, const pugi::xml_node& place);

}  // namespace haul::collect::feed

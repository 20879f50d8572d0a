// What a feed says of its items' licence. Pure.
//
// Sources: podcast:license (podcast namespace 1.0), creativeCommons:license (RSS module), cc:license
// (Creative Commons' RDF), link rel="license" (RFC 4946); and what is written for people: copyright
// (RSS 2.0), rights (Atom, RFC 4287; Dublin Core).
#pragma once

#include "flow/collect/item/item.h"
#include "flow/collect/source/feed/xml.h"

namespace haul::collect::feed {

// What the item says goes before what its channel says, and a licence's element before words for people.
// Elements of one place that name different licences: the id stays empty. `page` and `seen_ns` are the
// caller's.
[[nodiscard]] Licence licence_of(const Document& document, const pugi::xml_node& item,
                                 const pugi::xml_node& channel);

}  // namespace haul::collect::feed

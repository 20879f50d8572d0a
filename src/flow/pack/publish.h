// From a filled part to a published one: its image under its name, its manifest beside it, its record in the
// ledger.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "flow/pack/part_fill.h"
#include "flow/pack/part_unit.h"
#include "flow/pack/work.h"
#include "format/set_record.h"

namespace haul::pack {

// A published part, and how its members divide.
struct PublishedPart {
    format::PartRecord record;
    std::uint64_t files = 0, folders = 0, symlinks = 0;  // with a ZIP entry
};

// Finishes the upload, reads size and checksum back, writes the manifest. A reply that was lost is resolved
// by looking. Proven is what a local store has made durable, or a service's own checksum of the whole object
// says; a service that says none is read back, `at_once` stretches at a time (image_check.h).
[[nodiscard]] Result<PublishedPart> publish(Work& work, FilledPart& filled, bool oversize,
                                            std::size_t at_once);

// The part as an earlier run left it, whatever the ledger knows:
//   published (image and manifest): its record;
//   an image without manifest that equals what the list says: the manifest is made from it (adopted);
//   an image that does not, or is cut short: removed, nullopt, to be made again;
//   nothing: nullopt.
[[nodiscard]] Result<std::optional<PublishedPart>> find_published(Work& work, std::uint32_t part,
                                                                  const PartList& list, std::size_t at_once);

[[nodiscard]] std::string to_text(const PublishedPart& part);
[[nodiscard]] Result<PublishedPart> parse_published_part(const std::string& text);

}  // namespace haul::pack

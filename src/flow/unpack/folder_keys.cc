#include "flow/unpack/folder_keys.h"

namespace haul::unpack {
namespace {

bool from_service(const Archives& archives) { return archives.set && !is_from_folder(*archives.set); }

}  // namespace

FolderKeys::FolderKeys(const Work& work, const Index& index)
    : all_(work.can.keeps_modes || from_service(work.archives)) {
    if (all_) return;
    for (std::size_t at = 0; at < index.count(); ++at) {
        const std::optional<Item> item = index.item(at);
        std::string_view path = item ? std::string_view(item->path) : std::string_view();
        // Up to the first folder that is known: so are those above it.
        for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos; slash = path.rfind('/')) {
            path = path.substr(0, slash);
            if (!filled_.insert(digest::hash_of(path)).second) break;
        }
    }
}

bool FolderKeys::needed_for(const Item& folder) const {
    return all_ || (folder.stands && !filled_.contains(digest::hash_of(folder.path)));
}

}  // namespace haul::unpack

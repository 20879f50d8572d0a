#include "flow/unpack/earlier_paths.h"

#include <algorithm>
#include <string>

namespace haul::unpack {

Status EarlierPaths::load(store::Store& store, const char* folder, const std::stop_token& stop) {
    const std::vector<store::Object> lists = TRY(store::list_folder(store, folder, stop));
    for (const store::Object& object : lists) {
        const std::string list = TRY(store::read_object(store, object.name, object.size, stop));
        for_each_path(list, [&](std::string_view path) { hashes_.push_back(digest::hash_of(path)); });
    }
    std::ranges::sort(hashes_);
    return {};
}

bool EarlierPaths::contains(std::string_view path) const {
    return !hashes_.empty() && std::ranges::binary_search(hashes_, digest::hash_of(path));
}

}  // namespace haul::unpack

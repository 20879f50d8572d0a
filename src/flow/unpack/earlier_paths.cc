#include "flow/unpack/earlier_paths.h"

#include <algorithm>
#include <span>
#include <string>

#include "base/digest.h"

namespace haul::unpack {
namespace {

std::array<char, 16> hash_of(std::string_view path) {
    const std::string raw = digest::of(digest::Algorithm::xxh128, std::as_bytes(std::span(path)));
    std::array<char, 16> hash{};
    std::copy_n(raw.begin(), std::min(raw.size(), hash.size()), hash.begin());
    return hash;
}

}  // namespace

Status EarlierPaths::load(store::Store& store, const char* folder, const std::stop_token& stop) {
    const std::vector<store::Object> lists = TRY(store::list_folder(store, folder, stop));
    for (const store::Object& object : lists) {
        const std::string list = TRY(store::read_object(store, object.name, object.size, stop));
        for_each_path(list, [&](std::string_view path) { hashes_.push_back(hash_of(path)); });
    }
    std::ranges::sort(hashes_);
    return {};
}

bool EarlierPaths::contains(std::string_view path) const {
    return !hashes_.empty() && std::ranges::binary_search(hashes_, hash_of(path));
}

}  // namespace haul::unpack

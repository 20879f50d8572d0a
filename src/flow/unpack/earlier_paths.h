// The paths that earlier runs of this unpack were about to rename into place, whatever their units were
// called: of a ledger that was lost, the ids are lost too.
//
// Loaded once, before the first unit; then read by any number of threads. Memory: 16 bytes a path.
#pragma once

#include <algorithm>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "store/store.h"

namespace haul::unpack {

class EarlierPaths {
  public:
    // From the batch lists in `folder`; none where it does not exist.
    [[nodiscard]] Status load(store::Store& store, const char* folder, const std::stop_token& stop);
    [[nodiscard]] bool contains(std::string_view path) const;

  private:
    std::vector<digest::Hash128> hashes_;  // sorted
};

// Calls `visit` for each path of a batch list, which are separated by NUL bytes.
template <class Visit>
void for_each_path(std::string_view list, const Visit& visit) {
    while (!list.empty()) {
        const std::string_view path = list.substr(0, list.find('\0'));
        visit(path);
        list.remove_prefix(std::min(list.size(), path.size() + 1));
    }
}

}  // namespace haul::unpack

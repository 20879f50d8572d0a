// The failed items of a set's record, as paths that comparisons leave out.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "format/set_record.h"

namespace haul::pack {

class FailedPaths {
  public:
    explicit FailedPaths(const format::SetRecord& record) {
        for (const format::ItemNote& note : record.failed) paths_.insert(note.path);
    }
    [[nodiscard]] bool contains(std::string_view path) const { return paths_.contains(path); }
    // Itself, or beneath a folder that failed.
    [[nodiscard]] bool cover(std::string_view path) const {
        if (paths_.empty()) return false;
        for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
             slash = path.find('/', slash + 1)) {
            if (paths_.contains(path.substr(0, slash))) return true;
        }
        return paths_.contains(path);
    }

  private:
    std::set<std::string, std::less<>> paths_;
};

}  // namespace haul::pack

// Which folders of an archive are written as objects of their own. A local folder takes all of them, for
// their modes and times. At a service a folder is there as soon as anything is beneath it; a key `folder/` is
// needed for one that is empty, and for one that had such a key where it came from.
#pragma once

#include <unordered_set>

#include "base/digest.h"
#include "flow/unpack/index.h"
#include "flow/unpack/work.h"

namespace haul::unpack {

class FolderKeys {
  public:
    // At a service 16 bytes for each folder that holds something.
    FolderKeys(const Work& work, const Index& index);
    [[nodiscard]] bool needed_for(const Item& folder) const;

  private:
    bool all_;
    std::unordered_set<digest::Hash128, digest::HashOfHash> filled_;  // folders that hold something
};

}  // namespace haul::unpack

// The tombstones that a run knows, for looking things up: as many hashes a look as there are salts.
// Values only; not changed while it is asked from several threads.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "flow/collect/decisions/decision.h"

namespace haul::collect {

class Tombstones {
  public:
    void add(const Tombstone& one) { hashes_[{one.of, one.salt}].insert(one.hash); }
    [[nodiscard]] bool empty() const { return hashes_.empty(); }
    [[nodiscard]] bool has(Erased of, std::string_view value) const {
        for (const auto& [key, hashes] : hashes_)
            if (key.first == of && hashes.contains(tombstone_hash(key.second, of, value))) return true;
        return false;
    }

  private:
    std::map<std::pair<Erased, std::string>, std::set<std::string>> hashes_{};
};

}  // namespace haul::collect

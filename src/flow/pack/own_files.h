// What lies in `.haul/` while a job is at work, told apart in one listing, which is all that a service need
// be asked. Stateless.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/pack/work.h"
#include "store/store.h"

namespace haul::pack {

[[nodiscard]] inline bool lies_in(const store::Object& object, std::string_view folder) {
    return object.name.starts_with(folder) && object.name.substr(folder.size()).starts_with('/');
}
[[nodiscard]] std::vector<store::Object> files_in(const std::vector<store::Object>& listed,
                                                  std::string_view folder);

// Highest revision of each part that has a member list.
using Lists = std::map<std::uint32_t, std::uint32_t>;
[[nodiscard]] Lists lists_among(const std::vector<store::Object>& listed);
// Of those at the destination now.
[[nodiscard]] Result<Lists> find_lists(Work& work);

// What `.haul/` holds. A service's page may be an old one, which shows by what it lacks: the claim that we
// hold. Then the lists and recorded uploads that this job knows of are looked for by their names.
[[nodiscard]] Result<std::vector<store::Object>> list_own_folder(Work& work);

// An owner that slept past its claim must take nothing of its successor's away: it looks at its claim first,
// and removes only what it has seen.
[[nodiscard]] Status remove_seen(Work& work, const std::vector<store::Object>& objects);

}  // namespace haul::pack

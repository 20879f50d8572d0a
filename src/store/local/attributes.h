// Sets modes, owners and times. Attributes that are not given stay as they are; a local store keeps no
// others.
#pragma once

#include <sys/stat.h>

#include <string>

#include "base/result.h"
#include "store/store.h"

namespace haul::store::local {

// Of an open file or folder (a folder may be open by O_PATH). The time comes last, so that nothing after it
// moves it.
[[nodiscard]] Status set_attributes(int fd, const Attributes& attributes, const std::string& subject);
// Of a file that was made with its mode just now: sets what the umask or a new owner took away, and saves the
// call where nothing is missing. Returns its status afterwards.
[[nodiscard]] Result<struct ::stat> set_new_attributes(int fd, const Attributes& attributes,
                                                       const std::string& subject);
// Of a symlink itself; a mode is ignored (Linux keeps none).
[[nodiscard]] Status set_link_attributes(int folder, const std::string& leaf, const Attributes& attributes,
                                         const std::string& subject);

}  // namespace haul::store::local

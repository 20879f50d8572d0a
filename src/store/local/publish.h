// Brings a finished temporary under its name, and takes names away again.
#pragma once

#include <string>

#include "base/result.h"
#include "store/store.h"

namespace haul::store::local {

// One entry of an open folder.
struct Entry {
    int folder = -1;
    std::string leaf;
};

// Renames in one step. Code::exists where create_only met something, Code::changed where the version to be
// replaced is no longer there (looked at right before the rename), Code::exists where a folder is in the way.
// Not yet durable.
[[nodiscard]] Status publish(const Entry& temporary, const Entry& target, const Condition& condition,
                             const std::string& subject);

// Code::changed unless the entry is the version that `condition` names; not_found becomes Code::changed, too.
[[nodiscard]] Status check_version(const Entry& entry, const Version& condition, std::string operation,
                                   const std::string& subject);

}  // namespace haul::store::local

// Where a ledger file lies, and whether we may work there: SQLite's own words for that are poor ("unable to
// open").
#pragma once

#include <string>

#include "base/result.h"

namespace haul::ledger::sqlite {

struct Place {
    std::string folder, name;  // "." where the path has no folder
    [[nodiscard]] std::string in_folder(const std::string& other_name) const;
};
[[nodiscard]] Place place_of(const std::string& path);

// Code::denied, not_found or io names what stands in the way: the folder or the file.
[[nodiscard]] Status check_access(const std::string& path);
// The file's name survives a power cut.
[[nodiscard]] Status sync_folder_of(const std::string& path);

}  // namespace haul::ledger::sqlite

// Values of a plan that are words of a list: licences and languages. One that is misspelt accepts nothing,
// and nobody would notice before a run is over. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "flow/collect/plan/table_reader.h"

namespace haul::collect {

// Each must be the SPDX id of a licence that sources can name, or one of the operator's own: "LicenseRef-"
// and letters, digits, "-", "." (SPDX 2.3, 10.1).
void check_licence_ids(TableReader& reader, std::string_view key, const std::vector<std::string>& licences);
// An id, or other words for it that are understood.
void check_licence(TableReader& reader, std::string_view key, const std::string& licence);
// ISO 639: two lower-case letters (639-1), three where a language has no code of two (639-3).
void check_languages(TableReader& reader, std::string_view key, const std::vector<std::string>& languages);

}  // namespace haul::collect

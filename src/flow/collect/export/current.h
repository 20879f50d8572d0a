// Which state readers are shown: exports/current.json and, where the corpus is a folder, the symlink
// exports/current.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/collect/export/view_file.h"
#include "flow/collect/export/views.h"
#include "store/store.h"

namespace haul::collect {

// docs/schemas/corpus-current.json
struct Current {
    std::string state{};
    std::string previous{};  // shown before it, and kept for whoever still reads it; empty: none
    std::uint64_t recordings = 0;
    double speech_seconds = 0;
    std::vector<View> files{};
};

[[nodiscard]] std::string folder_of(const std::string& state);  // "exports/STATE"
inline constexpr const char* kExports = "exports";
// Temporaries of ours in that folder begin with this; nobody else's do.
inline constexpr const char* kTemporary = ".haul-export-";

// nullopt: nothing was exported yet. Code::corrupt: it cannot be read.
[[nodiscard]] Result<std::optional<Current>> read_current(store::Store& corpus);
// One object is replaced: readers see the state before, or this one.
[[nodiscard]] Status write_current(store::Store& corpus, const Current& current);
// The symlink follows current.json. No-op at services, and where it points there already.
[[nodiscard]] Status point_link(store::Store& corpus, const std::string& state);

}  // namespace haul::collect

// models.json: which files a folder of models holds (docs/schemas/models.json).
#pragma once

#include <string>
#include <vector>

#include "speech/models/models.h"

namespace haul::speech {

// Empty where there is no folder or no models.json. Code::corrupt, with the remedy: it cannot be read.
[[nodiscard]] Result<std::vector<Model>> read_record(const std::string& folder);
// The paths of `models` lie in `folder`.
[[nodiscard]] Status write_record(const std::string& folder, const std::vector<Model>& models);

}  // namespace haul::speech

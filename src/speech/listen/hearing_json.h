// A Hearing as a line of JSON: docs/schemas/heard.json.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "speech/listen/hearing.h"

namespace haul::speech {

// `language_claim`: what the source says; it decides nothing.
[[nodiscard]] json::Ordered hearing_json(const Hearing& hearing,
                                         const std::optional<std::string>& language_claim);

}  // namespace haul::speech

// A Hearing as a line for people.
#pragma once

#include <string>

#include "speech/listen/hearing.h"

namespace haul::speech {

// No newline at its end. Control bytes of the path are escaped.
[[nodiscard]] std::string hearing_line(const Hearing& hearing);

}  // namespace haul::speech

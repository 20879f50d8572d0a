#include "base/test_setting.h"

#ifdef HAUL_FAULT_POINTS

#include <cstdlib>

namespace haul {

std::chrono::nanoseconds shortened(const char* name, std::chrono::nanoseconds usual) {
    const char* given = std::getenv(name);
    return given == nullptr ? usual : std::chrono::milliseconds(std::strtol(given, nullptr, 10));
}

}  // namespace haul

#endif

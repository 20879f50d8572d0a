#include "engine/checkpoint_interval.h"

#ifdef HAUL_FAULT_POINTS
#include <cstdlib>
#endif

namespace haul::engine {
namespace {

constexpr std::chrono::nanoseconds kUsual = std::chrono::seconds(2);

}  // namespace

#ifdef HAUL_FAULT_POINTS
std::chrono::nanoseconds checkpoint_interval() {
    static const std::chrono::nanoseconds interval = [] {
        const char* given = std::getenv("HAUL_CHECKPOINT_MS");
        return given == nullptr ? kUsual : std::chrono::milliseconds(std::strtol(given, nullptr, 10));
    }();
    return interval;
}
#else
std::chrono::nanoseconds checkpoint_interval() { return kUsual; }
#endif

}  // namespace haul::engine

#include "engine/checkpoint_interval.h"

#include "base/test_setting.h"

namespace haul::engine {

std::chrono::nanoseconds checkpoint_interval() {
    static const std::chrono::nanoseconds interval = shortened("HAUL_CHECKPOINT_MS", std::chrono::seconds(2));
    return interval;
}

}  // namespace haul::engine

#include "report/event.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace haul::report {
namespace {

// In the order of Type.
constexpr std::array<std::string_view, 15> kTypes = {
    "job_started", "phase",        "total",       "worker",      "progress",
    "part_done",   "item_skipped", "item_failed", "unit_failed", "unit_set_aside",
    "store_down",  "store_up",     "notice",      "draining",    "job_finished",
};
static_assert(kTypes.size() == static_cast<std::size_t>(Type::job_finished) + 1);

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};
static_assert(kLevels.size() == static_cast<std::size_t>(Level::error) + 1);

}  // namespace

std::string_view name_of(Type type) { return kTypes.at(static_cast<std::size_t>(type)); }

std::string_view name_of(Level level) { return kLevels.at(static_cast<std::size_t>(level)); }

}  // namespace haul::report

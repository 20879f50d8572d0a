// Any text as a plan. Beyond not crashing: what is no plan is refused as a mistake of its writer, and what is
// one is what it says, each time that it is read.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "demand.h"
#include "flow/collect/plan/plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto plan = haul::collect::parse_plan(text, "/plans/fuzz.toml");
    if (!plan) {
        haul::fuzz::demand(plan.error().code == haul::Code::usage && !plan.error().message().empty());
        return 0;
    }
    haul::fuzz::demand(plan->text == text && !plan->name.empty() && !plan->sources.empty());
    const auto again = haul::collect::parse_plan(plan->text, "/plans/fuzz.toml");
    haul::fuzz::demand(again.has_value() && again->name == plan->name &&
                       again->sources.size() == plan->sources.size());
    return 0;
}

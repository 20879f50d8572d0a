#include "engine/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/units.h"

namespace haul::engine {
namespace {

std::uint64_t left_for_work(std::uint64_t promise, std::uint64_t beside, std::uint64_t always) {
    const std::uint64_t taken = Memory::kProgram + always;
    const std::uint64_t rest = promise > taken ? promise - taken : 0;
    return rest - std::min(beside, rest / 4);
}

}  // namespace

Memory::Memory(std::uint64_t promise, std::uint64_t beside, std::uint64_t always)
    : beside_(beside), always_(always), budget_("memory", left_for_work(promise, beside, always)) {}

// The least promise, in whole MiB, that leaves `bytes` for work.
std::uint64_t Memory::promise_for(std::uint64_t bytes) const {
    const std::uint64_t rest = bytes + std::min(beside_, bytes / 3 + 1);
    return ((rest + kProgram + always_) >> 20U) + 1;
}

Result<Reservation> Memory::reserve(std::uint64_t bytes, std::string_view subject,
                                    const std::stop_token& stop) {
    if (bytes <= budget_.total()) return budget_.reserve(bytes, stop);
    return failure(
        make_error(Code::usage, "reserve memory for", std::string(subject),
                   fmt::format("it needs {}, --memory leaves {}", units::size_text(bytes),
                               units::size_text(budget_.total())))
            .with_remedy(fmt::format("run the same command again with --memory {}MiB", promise_for(bytes))));
}

}  // namespace haul::engine

#include <fmt/format.h>

#include "flow/pack/work.h"

namespace haul::pack {

std::string list_name(std::uint32_t part, std::uint32_t revision) {
    return fmt::format("{}/part-{:05}.r{}.list.zst", kListFolder, part, revision);
}

std::string scratch_name(std::uint32_t part, std::uint64_t claim) {
    return fmt::format("{}/part-{:05}.{:06}", kScratchFolder, part, claim);
}

std::string small_scratch(const Work& work, const std::string& purpose, std::uint32_t part) {
    return fmt::format("{}/{}-{:05}.{:06}.", kScratchFolder, purpose, part, work.claim.number());
}

}  // namespace haul::pack

// Any text as a feed. Beyond not crashing: its candidates are sound, and what is no feed says why.
#include <cstddef>
#include <cstdint>
#include <string>

#include "flow/collect/source/feed/read.h"
#include "sound_candidate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string xml(reinterpret_cast<const char*>(data), size);
    const auto page =
        haul::collect::feed::read(xml, "https://feed.example/a.xml", "https://feed.example/b/2.xml");
    if (!page) {
        haul::fuzz::demand(!page.error().message().empty());
        return 0;
    }
    for (const haul::collect::Candidate& candidate : page->candidates) haul::fuzz::demand_sound(candidate);
    return 0;
}

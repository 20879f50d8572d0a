// Reads one object front to back in stretches and hands them out in order: one at a time, or several, where
// each waits for a service's answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "store/store.h"

namespace haul::set {

struct ReadAhead {
    std::uint64_t stretch = 8ULL << 20U;  // bytes of one read
    std::size_t at_once = 1;              // stretches in memory; above 1 all but one are read at a time
    std::uint64_t begin = 0;              // of the first byte
};

// `size` bytes of `name`, all of `version`, or where that is empty of one version, whichever it is: else
// Code::changed. The sink is called in the caller's thread; its error
// ends the reading. The first error in the order of the object is returned.
[[nodiscard]] Status read_ahead(store::Store& store, const std::string& name, const store::Version& version,
                                std::uint64_t size, const ReadAhead& how, const store::Sink& sink,
                                const std::stop_token& stop);

}  // namespace haul::set

// A promise that a fuzzer found broken ends it.
#pragma once

#include <cstdlib>

namespace haul::fuzz {

inline void demand(bool promise) {
    if (!promise) std::abort();
}

}  // namespace haul::fuzz

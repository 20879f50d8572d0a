// Calls that have no batch form, several at a time: what each of them costs at a service is waiting.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "store/store.h"

namespace haul::store {

// Whether a call to the store crosses a network, where waiting costs more than the work. What keeps modes is
// a file system.
[[nodiscard]] inline bool is_service(const Capabilities& can) { return !can.keeps_modes; }

// How many calls gain by being made at once.
[[nodiscard]] inline std::size_t calls_at_once(const Capabilities& can) { return is_service(can) ? 16 : 1; }

// Calls `call(index)` for every index below `count`, from up to `threads` threads (the caller's is one), and
// returns when all are done. With one thread: in order. `call` must not throw.
template <class Call>
void side_by_side(std::size_t count, std::size_t threads, const Call& call) {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t index = next++; index < count; index = next++) call(index);
    };
    std::vector<std::jthread> others;
    for (std::size_t one = 1; one < std::min(count, threads); ++one) others.emplace_back(work);
    work();
}

}  // namespace haul::store

#include "base/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <random>
#include <span>
#include <vector>

#include "base/text.h"

namespace haul::random {
namespace {

void fill(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        const ::ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        // Every kernel that can run us has getrandom; a token that might repeat would be worse than the end.
        if (got < 0) std::abort();
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

struct Jitter {
    std::mutex mutex;
    std::mt19937_64 engine;
    Jitter() {
        std::uint64_t value = 0;
        fill(std::as_writable_bytes(std::span(&value, 1)));
        engine.seed(value);
    }
};

Jitter& jitter() {
    static Jitter instance;
    return instance;
}

}  // namespace

std::string token_hex(std::size_t bytes) {
    std::vector<std::byte> raw(bytes);
    fill(raw);
    return text::hex(raw);
}

std::uint64_t below(std::uint64_t below) {
    Jitter& source = jitter();
    const std::lock_guard lock(source.mutex);
    return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(source.engine);
}

void seed(std::uint64_t value) {
    Jitter& source = jitter();
    const std::lock_guard lock(source.mutex);
    source.engine.seed(value);
}

}  // namespace haul::random

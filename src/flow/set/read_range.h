// One range of an object into memory, in stretches that a service reads side by side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "store/store.h"

namespace haul::set {

// All of one version: of `version`, where that is not empty.
[[nodiscard]] Status read_range(store::Store& store, const std::string& name, std::uint64_t offset,
                                std::span<std::byte> into, const std::stop_token& stop,
                                const store::Version& version = {});

}  // namespace haul::set

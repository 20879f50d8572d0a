// An archive that lies in memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "zip/reader.h"

namespace haul::zip {

// Does not own the bytes.
class MemorySource : public Source {
  public:
    explicit MemorySource(std::span<const std::byte> bytes, std::string name = "memory")
        : bytes_(bytes), name_(std::move(name)) {}
    [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] Status read(std::uint64_t offset, std::span<std::byte> into) override {
        if (offset > bytes_.size() || into.size() > bytes_.size() - offset)
            return failure(Code::changed, "read", name_, "it is shorter than it was");
        std::ranges::copy(bytes_.subspan(static_cast<std::size_t>(offset), into.size()), into.begin());
        return {};
    }

  private:
    std::span<const std::byte> bytes_;
    std::string name_;
};

}  // namespace haul::zip

#include <algorithm>
#include <cstring>

#include "zip/layout.h"
#include "zip/records.h"

namespace haul::zip {
namespace {
constexpr std::size_t chunk_size = 64U << 10U;
}

Tail::Tail(const Layout& layout, std::span<const std::uint32_t> crcs) : layout_(&layout), crcs_(crcs) {}

void Tail::fill(std::span<std::byte> into) {
    while (!into.empty()) {
        if (used_ == chunk_.size()) next_chunk();
        const std::size_t now = std::min(into.size(), chunk_.size() - used_);
        if (now == 0) return;  // behind the image's end: nothing is left to give
        std::memcpy(into.data(), chunk_.data() + used_, now);
        into = into.subspan(now);
        used_ += now;
        position_ += now;
    }
}

void Tail::skip_to(std::uint64_t offset) {
    const auto drop = [&](std::uint64_t most) {
        const std::uint64_t now = std::min<std::uint64_t>(most, chunk_.size() - used_);
        used_ += static_cast<std::size_t>(now);
        position_ += now;
    };
    if (offset <= position_) return;
    drop(offset - position_);
    // Whole headers are passed over without being made.
    while (position_ < offset && next_ < layout_->count()) {
        const std::size_t size = central_header_size(layout_->item(next_), layout_->place(next_));
        if (position_ + size > offset) break;
        position_ += size;
        ++next_;
    }
    while (position_ < offset) {
        next_chunk();
        if (chunk_.empty()) return;
        drop(offset - position_);
    }
}

void Tail::next_chunk() {
    chunk_.clear();
    used_ = 0;
    for (; next_ < layout_->count() && chunk_.size() < chunk_size; ++next_) {
        append_central_header(layout_->item(next_), crcs_[next_], layout_->place(next_), chunk_);
    }
    if (next_ == layout_->count() && chunk_.size() < chunk_size) {
        append_end_records({.count = layout_->count(),
                            .directory_offset = layout_->directory_offset(),
                            .directory_size = layout_->directory_size()},
                           chunk_);
        ++next_;  // the end records are out
    }
}

}  // namespace haul::zip

#include "flow/unpack/piece_window.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"

namespace haul::unpack {

PieceWindow::PieceWindow(store::Upload& upload, std::uint64_t piece, std::size_t slots, std::stop_token stop)
    : upload_(upload), piece_size_(static_cast<std::size_t>(piece)), stop_(std::move(stop)), slots_(slots) {}

Status PieceWindow::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        Slot& slot = slots_[filling_];
        TRY(settle(slot));
        if (slot.bytes.capacity() == 0) slot.bytes.reserve(piece_size_);
        const auto part = bytes.first(std::min(bytes.size(), piece_size_ - slot.bytes.size()));
        slot.bytes.insert(slot.bytes.end(), part.begin(), part.end());
        bytes = bytes.subspan(part.size());
        if (slot.bytes.size() == piece_size_) TRY(send());
    }
    return {};
}

Status PieceWindow::send() {
    Slot& slot = slots_[filling_];
    slot.piece = {};
    slot.piece.number = ++pieces_;
    slot.piece.offset = std::exchange(sent_, sent_ + slot.bytes.size());
    slot.piece.bytes = slot.bytes;
    slot.used = true;
    const auto put = [this, &slot] {
        slot.piece.crc32 = digest::crc32(0, slot.bytes);
        upload_.put_many({&slot.piece, 1}, stop_);
    };
    filling_ = (filling_ + 1) % slots_.size();
    if (slots_.size() > 1) {
        slot.putting = std::jthread(put);
        return {};
    }
    put();
    return settle(slot);
}

// Slots are settled in the order of their pieces, so that the sums join.
Status PieceWindow::settle(Slot& slot) {
    if (!slot.used) return {};
    if (slot.putting.joinable()) slot.putting.join();
    slot.used = false;
    TRY(std::move(slot.piece.result));
    crc32_ = digest::crc32_combine(crc32_, slot.piece.crc32, slot.bytes.size());
    slot.bytes.clear();
    return {};
}

Status PieceWindow::end() {
    // An object of nothing is one piece of nothing.
    if (!slots_[filling_].used && (!slots_[filling_].bytes.empty() || pieces_ == 0)) TRY(send());
    for (std::size_t behind = 0; behind < slots_.size(); ++behind)
        TRY(settle(slots_[(filling_ + behind) % slots_.size()]));
    return {};
}

}  // namespace haul::unpack

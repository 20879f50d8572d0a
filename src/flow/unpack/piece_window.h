// Turns a stream of bytes into the pieces of an upload, several of them in flight: each but the last has the
// same size, whatever stretches the bytes come in. One thread writes; memory: slots * piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace haul::unpack {

class PieceWindow {
  public:
    // With one slot pieces are put by the thread that writes; more need capabilities().durable_pieces and
    // random_pieces. `upload` outlives it.
    PieceWindow(store::Upload& upload, std::uint64_t piece, std::size_t slots, std::stop_token stop);
    // Waits for what is in flight.
    ~PieceWindow() = default;
    PieceWindow(const PieceWindow&) = delete;
    PieceWindow& operator=(const PieceWindow&) = delete;

    // An error may be that of a piece that was written before.
    [[nodiscard]] Status write(std::span<const std::byte> bytes);
    // Sends the last piece, and waits for all.
    [[nodiscard]] Status end();
    // After end(): of all bytes.
    [[nodiscard]] std::uint32_t crc32() const { return crc32_; }
    [[nodiscard]] std::uint32_t pieces() const { return pieces_; }

  private:
    struct Slot {
        std::vector<std::byte> bytes;
        store::Piece piece;
        std::jthread putting;
        bool used = false;
    };
    [[nodiscard]] Status send();
    // Of the piece that was sent from this slot before.
    [[nodiscard]] Status settle(Slot& slot);

    store::Upload& upload_;
    std::size_t piece_size_;
    std::stop_token stop_;
    std::vector<Slot> slots_;
    std::size_t filling_ = 0;
    std::uint32_t pieces_ = 0, crc32_ = 0;
    std::uint64_t sent_ = 0;
};

}  // namespace haul::unpack

// Which pieces of a part need not be sent, because the service has them: its own list decides. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace haul::pack {

class ReceivedPieces {
  public:
    ReceivedPieces() = default;  // none
    explicit ReceivedPieces(const std::vector<store::Received>& listed);

    // Of a piece that a checkpoint says was sent with this CRC-32: size must agree, and the CRC where the
    // list gives one. Where it does not, the piece has to be made again, with the same bytes.
    [[nodiscard]] bool confirms(std::uint32_t number, std::uint64_t size, std::uint32_t crc32);
    // Whether has() may say anything but false of it.
    [[nodiscard]] bool concerns(std::uint32_t number) const {
        return listed_.contains(number) || made_before_.contains(number);
    }
    // Of a piece that was just made: whether the list gives its size and its CRC-32. If not, it is about to
    // be sent, and the list says nothing of it any more. Code::changed where it was sent before with other
    // bytes: then the members that were finished from those are not what the source holds now.
    [[nodiscard]] Result<bool> has(const store::Piece& piece);
    // Pieces from this number on are laid out in another way than before.
    void laid_out_again(std::uint32_t from);

  private:
    std::map<std::uint32_t, store::Received> listed_;
    std::map<std::uint32_t, std::uint32_t> made_before_;  // CRC-32 of what has to be sent again
};

}  // namespace haul::pack

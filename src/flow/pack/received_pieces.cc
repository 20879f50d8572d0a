#include "flow/pack/received_pieces.h"

#include <fmt/format.h>

namespace haul::pack {

ReceivedPieces::ReceivedPieces(const std::vector<store::Received>& listed) {
    for (const store::Received& piece : listed) listed_[piece.number] = piece;
}

bool ReceivedPieces::confirms(std::uint32_t number, std::uint64_t size, std::uint32_t crc32) {
    const auto there = listed_.find(number);
    if (there != listed_.end() && there->second.size == size && there->second.crc32.value_or(crc32) == crc32)
        return true;
    made_before_[number] = crc32;
    return false;
}

Result<bool> ReceivedPieces::has(const store::Piece& piece) {
    const auto before = made_before_.find(piece.number);
    if (before != made_before_.end() && before->second != piece.crc32) {
        return failure(Code::changed, "send again", fmt::format("piece {}", piece.number),
                       "the source gives other bytes than before; the part begins again");
    }
    const auto there = listed_.find(piece.number);
    if (there == listed_.end()) return false;
    if (there->second.size == piece.bytes.size() && there->second.crc32 == piece.crc32) return true;
    listed_.erase(there);
    return false;
}

void ReceivedPieces::laid_out_again(std::uint32_t from) {
    made_before_.erase(made_before_.lower_bound(from), made_before_.end());
}

}  // namespace haul::pack

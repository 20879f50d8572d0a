// Turns tiles as read into tiles as sent: CRC and digest of each member in order, headers and directory in
// their places.
//
// A header holds the CRC of data that comes after it, so a tile whose last header belongs to a member that
// reaches into the next tile waits here until that member's end was seen; every other tile is ready at once.
// One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "flow/pack/progress_log.h"
#include "flow/pack/tile.h"
#include "format/part_list.h"

namespace haul::pack {

// A member that cannot stay in this part, found while a tile was taken.
struct Removed {
    std::size_t entry = 0;
    format::ListNote note;
    Error error;  // where it failed
};

// What an earlier run knows already.
struct Known {
    FinishedMembers finished = {};
    std::map<std::size_t, std::uint32_t> sent = {};  // CRC-32 of tiles that the store has, by index
    std::uint64_t tile_size = 0;
};

class Sealer {
  public:
    Sealer(const format::MemberTable& table, digest::Algorithm algorithm, Known known);

    // Entries before this one have CRC and digest.
    [[nodiscard]] std::size_t finished() const { return next_; }
    [[nodiscard]] const FinishedMembers& members() const { return members_; }
    [[nodiscard]] FinishedMembers take_members() { return std::move(members_); }
    [[nodiscard]] bool waiting() const { return !waiting_.empty(); }

    // Members of the tile that could not be read as they were listed; empty: none. An Error is one of the
    // source itself, not of a member.
    [[nodiscard]] Result<std::vector<Removed>> check_reads(const Tile& tile) const;
    // Takes a tile whose reads are good; tiles come in the order of the image. Appends those that became
    // ready to `ready`. Returns the entries that turned out changed although their version had not (read
    // again after a kill); then nothing was taken.
    [[nodiscard]] std::vector<Removed> take(Tile tile, std::vector<Tile>& ready);

    // Goes back to `table`, which has the same entries as before up to `entry`, and to the beginning of tile
    // `index`.
    void rewind(const format::MemberTable& table, std::size_t entry, std::size_t index);

  private:
    struct Open {  // the entry next_, where a part of its data was seen
        std::uint32_t crc = 0;
        std::uint64_t seen = 0;
    };
    struct Again {  // a finished entry of several tiles, its data from the first byte on
        std::size_t entry = 0;
        std::uint32_t crc = 0;
        std::uint64_t seen = 0;
    };
    void put_target(const Tile& tile, std::size_t entry) const;
    void digest_entry(const Tile& tile, std::size_t entry);
    void finish_entry(std::uint32_t crc, std::string_view raw);
    void put_header(Tile& tile, std::size_t entry) const;
    void put_headers(Tile& tile, std::size_t from) const;
    void put_tail(Tile& tile);
    [[nodiscard]] bool complete(const Tile& tile) const;
    [[nodiscard]] std::vector<Removed> recheck(const Tile& tile);
    [[nodiscard]] std::optional<std::uint32_t> crc_read_again(const Tile& tile, const TileRead& read);

    const format::MemberTable* table_;
    digest::Algorithm algorithm_;
    std::size_t width_;
    FinishedMembers members_;
    std::size_t next_ = 0;
    Open open_;
    std::optional<Again> again_;
    std::map<std::size_t, std::uint32_t> known_sent_;
    std::uint64_t tile_size_ = 0;
    digest::Hasher hasher_;
    std::deque<Tile> waiting_;
    std::optional<zip::Tail> tail_;
};

}  // namespace haul::pack

#include "flow/pack/sealer.h"

#include <algorithm>
#include <utility>

#include "flow/pack/notes.h"
#include "flow/set/image_check.h"

namespace haul::pack {
namespace {

format::ListNote note_of(std::string_view path, const Error& error) {
    format::ListNote note;
    note.item.path = path;
    note.item.detail = error.message();
    if (error.code == Code::changed || error.code == Code::not_found) {
        note.what = format::ListNote::What::late;
        note.item.reason = error.code == Code::changed ? "changed" : "vanished";
    } else {
        note.what = format::ListNote::What::failed;
        note.item.reason = name_of(error.code);
    }
    return note;
}

}  // namespace

Sealer::Sealer(const format::MemberTable& table, digest::Algorithm algorithm, Known known)
    : table_(&table),
      algorithm_(algorithm),
      width_(set::digest_width(algorithm)),
      members_(std::move(known.finished)),
      next_(members_.crcs.size()),
      known_sent_(std::move(known.sent)),
      tile_size_(known.tile_size),
      hasher_(algorithm) {
    members_.crcs.resize(table.entries());
    members_.digests.resize(table.entries() * width_);
}

Result<std::vector<Removed>> Sealer::check_reads(const Tile& tile) const {
    std::vector<Removed> removed;
    for (const FailedRead& read : tile.failed) {
        if (!about_member(read.error)) return failure(read.error);
        const std::string_view path = table_->path(table_->line_of(read.entry));
        removed.push_back({read.entry, note_of(path, read.error), read.error});
    }
    return removed;
}

std::vector<Removed> Sealer::take(Tile tile, std::vector<Tile>& ready) {
    if (std::vector<Removed> changed = recheck(tile); !changed.empty()) return changed;
    const std::size_t before = next_;
    // Of finished members too: what was read again of the tile does not hold them.
    for (std::size_t entry = tile.first_entry; entry < tile.last_entry; ++entry) put_target(tile, entry);
    for (std::size_t entry = std::max(tile.first_entry, next_); entry < tile.last_entry; ++entry)
        digest_entry(tile, entry);
    put_headers(tile, tile.first_entry);
    for (Tile& earlier : waiting_) put_headers(earlier, std::max(earlier.first_entry, before));
    while (!waiting_.empty() && complete(waiting_.front())) {
        ready.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    put_tail(tile);
    if (complete(tile)) {
        ready.push_back(std::move(tile));
    } else {
        waiting_.push_back(std::move(tile));
    }
    return {};
}

void Sealer::rewind(const format::MemberTable& table, std::size_t entry, std::size_t index) {
    table_ = &table;
    if (entry <= next_) {  // else the open entry lies before the change and is gone on with
        open_ = {};
        hasher_.reset();
        next_ = entry;
    }
    members_.crcs.resize(table.entries());
    members_.digests.resize(table.entries() * width_);
    std::erase_if(waiting_, [&](const Tile& tile) { return tile.index >= index; });
    std::erase_if(known_sent_, [&](const auto& sent) { return sent.first >= index; });
    again_.reset();
    tail_.reset();
}

// Files that an earlier run finished but whose tile was not sent are read again; as far as all of one is
// known, its CRC must be the same.
std::vector<Removed> Sealer::recheck(const Tile& tile) {
    std::vector<Removed> changed;
    for (const TileRead& read : tile.reads) {
        const std::size_t entry = read.entry;
        if (entry >= next_) break;
        const std::optional<std::uint32_t> crc = crc_read_again(tile, read);
        if (!crc || *crc == members_.crcs[entry]) continue;
        changed.push_back(
            {entry,
             {format::ListNote::What::late,
              {std::string(table_->path(table_->line_of(entry))), "changed", "its contents changed"}},
             {}});
    }
    return changed;
}

// Of all of a finished file, where this read brings its last byte. Tiles that hold nothing but its data and
// arrived before are not read again: their CRC is that of their stretch. nullopt: there is more to come, or
// what arrived of it lies in a tile with others.
std::optional<std::uint32_t> Sealer::crc_read_again(const Tile& tile, const TileRead& read) {
    const zip::Layout& layout = table_->layout();
    const std::uint64_t size = layout.item(read.entry).size;
    if (read.into.size() == size) return digest::crc32(0, read.into);
    const std::uint64_t data = layout.data_offset(read.entry);
    const std::uint64_t at = std::max(tile.begin, data) - data;
    if (at == 0) again_ = Again{read.entry, 0, 0};
    if (!again_ || again_->entry != read.entry) return std::nullopt;
    while (again_->seen < at) {
        const auto arrived = known_sent_.find(static_cast<std::size_t>((data + again_->seen) / tile_size_));
        if (arrived == known_sent_.end()) return std::nullopt;
        again_->crc = digest::crc32_combine(again_->crc, arrived->second, tile_size_);
        again_->seen += tile_size_;
    }
    again_->crc = digest::crc32(again_->crc, read.into);
    again_->seen += read.into.size();
    return again_->seen == size ? std::optional(again_->crc) : std::nullopt;
}

// The data of a symlink, which nobody reads.
void Sealer::put_target(const Tile& tile, std::size_t entry) const {
    const std::size_t line = table_->line_of(entry);
    if (table_->kind(line) == zip::Kind::file) return;
    const std::uint64_t begin = table_->layout().data_offset(entry);
    const std::span<std::byte> into = stretch(tile, begin, table_->layout().data_end(entry));
    if (into.empty()) return;
    const std::string_view target = table_->target(line);
    const auto bytes = std::as_bytes(std::span(target));
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(std::max(tile.begin, begin) - begin), into.size(),
                into.begin());
}

void Sealer::digest_entry(const Tile& tile, std::size_t entry) {
    const zip::Layout& layout = table_->layout();
    const std::size_t line = table_->line_of(entry);
    const std::uint64_t begin = layout.data_offset(entry);
    const std::uint64_t end = layout.data_end(entry);
    if (begin > tile.end) return;  // its header straddles the tile's end
    if (table_->kind(line) != zip::Kind::file) {
        const std::string_view target = table_->target(line);
        if (end <= tile.end) finish_entry(digest::crc32(0, std::as_bytes(std::span(target))), {});
        return;
    }
    const std::span<const std::byte> data = stretch(tile, begin, end);
    if (data.size() == end - begin) {
        finish_entry(digest::crc32(0, data), digest::of(algorithm_, data));
        return;
    }
    open_.crc = digest::crc32(open_.crc, data);
    open_.seen += data.size();
    hasher_.update(data);
    if (open_.seen < end - begin) return;
    finish_entry(open_.crc, hasher_.finish());
}

void Sealer::finish_entry(std::uint32_t crc, std::string_view raw) {
    members_.crcs[next_] = crc;
    if (!raw.empty())
        std::copy(raw.begin(), raw.end(),
                  members_.digests.begin() + static_cast<std::ptrdiff_t>(next_ * width_));
    ++next_;
    if (open_.seen > 0) hasher_.reset();
    open_ = {};
}

void Sealer::put_header(Tile& tile, std::size_t entry) const {
    const zip::Layout& layout = table_->layout();
    const std::uint64_t begin = layout.header_offset(entry);
    const std::uint64_t size = layout.header_size(entry);
    const std::span<std::byte> into = stretch(tile, begin, begin + size);
    if (into.empty()) return;
    if (into.size() == size) return layout.write_header(entry, members_.crcs[entry], into);
    std::vector<std::byte> whole(size);
    layout.write_header(entry, members_.crcs[entry], whole);
    std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(std::max(tile.begin, begin) - begin), into.size(),
                into.begin());
}

void Sealer::put_headers(Tile& tile, std::size_t from) const {
    for (std::size_t entry = from; entry < std::min(tile.last_entry, next_); ++entry) put_header(tile, entry);
}

void Sealer::put_tail(Tile& tile) {
    const zip::Layout& layout = table_->layout();
    const std::span<std::byte> into = stretch(tile, layout.directory_offset(), layout.image_size());
    if (into.empty()) return;
    if (!tail_) tail_.emplace(layout, members_.crcs);
    tail_->skip_to(std::max(tile.begin, layout.directory_offset()) - layout.directory_offset());
    tail_->fill(into);
}

// Whether every header byte in the tile is known: a member that merely passes through it, its header in an
// earlier tile, is no reason to wait.
bool Sealer::complete(const Tile& tile) const {
    const zip::Layout& layout = table_->layout();
    for (std::size_t entry = std::max(tile.first_entry, next_); entry < tile.last_entry; ++entry) {
        if (layout.header_offset(entry) + layout.header_size(entry) > tile.begin) return false;
    }
    return true;
}

}  // namespace haul::pack

#include "zip/layout.h"

#include <algorithm>

#include "zip/little_endian.h"
#include "zip/records.h"

namespace haul::zip {
namespace {

std::uint64_t whole_image(std::uint64_t count, std::uint64_t data_end, std::uint64_t directory_size) {
    const Ending ending{.count = count, .directory_offset = data_end, .directory_size = directory_size};
    return data_end + directory_size + end_records_size(ending);
}

void append_for_hash(const Item& item, std::string& to) {
    std::byte fixed[23];
    fixed[0] = static_cast<std::byte>(item.kind);
    put(fixed + 1, item.mode);
    put(fixed + 5, item.size);
    put(fixed + 13, static_cast<std::uint64_t>(item.mtime_ns));
    put(fixed + 21, static_cast<std::uint16_t>(item.name.size()));
    to.append(reinterpret_cast<const char*>(fixed), sizeof fixed);
    to.append(item.name);
}

}  // namespace

std::uint64_t Outline::image_size_with(const Item& item) const {
    return whole_image(count_ + 1, data_end_ + local_header_size(item) + item.size,
                       directory_size_with(item));
}

std::uint64_t Outline::directory_size_with(const Item& item) const {
    return directory_size_ + central_header_size(item, {.header_offset = data_end_, .wide = wide_});
}

void Outline::add(const Item& item) {
    directory_size_ = directory_size_with(item);
    data_end_ += local_header_size(item) + item.size;
    wide_ = wide_ || item.size == full32;
    ++count_;
}

std::uint64_t Outline::image_size() const { return whole_image(count_, data_end_, directory_size_); }

LayoutHasher::LayoutHasher() : hasher_(digest::Algorithm::xxh128), pending_("haul layout 1\n") {}

void LayoutHasher::add(const Item& item) {
    constexpr std::size_t batch = 64U << 10U;
    append_for_hash(item, pending_);
    if (pending_.size() < batch) return;
    hasher_.update(std::as_bytes(std::span(pending_)));
    pending_.clear();
}

std::string LayoutHasher::finish() {
    hasher_.update(std::as_bytes(std::span(pending_)));
    return digest::text(digest::Algorithm::xxh128, hasher_.finish());
}

void Layout::add(const Item& item) {
    rows_.push_back({.header_offset = outline_.data_end_,
                     .size = item.size,
                     .mtime_ns = item.mtime_ns,
                     .name_offset = names_.size(),
                     .mode = item.mode,
                     .name_size = static_cast<std::uint16_t>(item.name.size()),
                     .kind = item.kind,
                     .wide = outline_.wide_});
    names_.append(item.name);
    outline_.add(item);
}

void Layout::reserve(std::size_t members, std::size_t names) {
    rows_.reserve(members);
    names_.reserve(names);
}

Item Layout::item(std::size_t index) const {
    const Row& row = rows_[index];
    return {.name = std::string_view(names_).substr(row.name_offset, row.name_size),
            .kind = row.kind,
            .size = row.size,
            .mtime_ns = row.mtime_ns,
            .mode = row.mode};
}

Place Layout::place(std::size_t index) const {
    return {.header_offset = rows_[index].header_offset, .wide = rows_[index].wide};
}

std::uint64_t Layout::header_offset(std::size_t index) const { return rows_[index].header_offset; }
std::uint64_t Layout::header_size(std::size_t index) const { return local_header_size(item(index)); }
std::uint64_t Layout::data_offset(std::size_t index) const { return data_end(index) - rows_[index].size; }
std::uint64_t Layout::data_end(std::size_t index) const {
    return index + 1 < rows_.size() ? rows_[index + 1].header_offset : outline_.data_end_;
}

std::size_t Layout::member_at(std::uint64_t offset) const {
    if (offset >= outline_.data_end_) return count();
    const auto after =
        std::upper_bound(rows_.begin(), rows_.end(), offset,
                         [](std::uint64_t wanted, const Row& row) { return wanted < row.header_offset; });
    return static_cast<std::size_t>(after - rows_.begin()) - 1;
}

std::string Layout::hash() const {
    LayoutHasher hasher;
    for (std::size_t i = 0; i < count(); ++i) hasher.add(item(i));
    return hasher.finish();
}

void Layout::write_header(std::size_t index, std::uint32_t crc32, std::span<std::byte> into) const {
    write_local_header(item(index), crc32, into);
}

std::size_t Layout::memory() const {
    return sizeof *this + rows_.capacity() * sizeof(Row) + names_.capacity();
}

}  // namespace haul::zip

#include "zip/extra_field.h"

#include "base/digest.h"
#include "base/text.h"
#include "zip/little_endian.h"
#include "zip/records.h"

namespace haul::zip {
namespace {

// NTFS times count 100 ns since 1601.
std::optional<std::int64_t> ntfs_mtime(Bytes extra) {
    constexpr std::int64_t ticks_a_second = 10'000'000, seconds_to_1970 = 11'644'473'600;
    constexpr std::uint16_t times_tag = 1;
    const auto field = find_field(extra, ntfs_field);
    if (!field || field->size() < 4) return std::nullopt;
    const auto times = find_field(field->subspan(4), times_tag);
    if (!times || times->size() < 8) return std::nullopt;
    return static_cast<std::int64_t>(get64(*times, 0) >> 1U) / (ticks_a_second / 2) - seconds_to_1970;
}

}  // namespace

std::optional<Bytes> find_field(Bytes extra, std::uint16_t id) {
    while (extra.size() >= 4) {
        const std::uint16_t size = get16(extra, 2);
        if (size > extra.size() - 4) return std::nullopt;
        if (get16(extra, 0) == id) return extra.subspan(4, size);
        extra = extra.subspan(4 + std::size_t{size});
    }
    return std::nullopt;
}

Zip64Values::Zip64Values(Bytes extra) : rest_(find_field(extra, zip64_field)) {}

bool Zip64Values::resolve(std::uint64_t& value) {
    if (value != full32 || !rest_) return true;
    if (rest_->size() < 8) return false;
    value = get64(*rest_, 0);
    rest_ = rest_->subspan(8);
    return true;
}

bool Zip64Values::resolve_disk(std::uint32_t& disk) {
    if (disk != full16 || !rest_) return true;
    if (rest_->size() < 4) return false;
    disk = get32(*rest_, 0);
    rest_ = rest_->subspan(4);
    return true;
}

std::optional<std::int64_t> mtime_of(Bytes extra) {
    const auto field = find_field(extra, time_field);
    const bool has_mtime = field && field->size() >= 5 && (std::to_integer<unsigned>((*field)[0]) & 1U) != 0;
    if (!has_mtime) return ntfs_mtime(extra);
    return static_cast<std::int32_t>(get32(*field, 1));
}

std::optional<std::string_view> unicode_path_of(Bytes extra, std::string_view raw_name) {
    const auto field = find_field(extra, path_field);
    if (!field || field->size() < 6 || (*field)[0] != std::byte{1}) return std::nullopt;
    if (get32(*field, 1) != digest::crc32(0, std::as_bytes(std::span(raw_name)))) return std::nullopt;
    const std::string_view name(reinterpret_cast<const char*>(field->data()) + 5, field->size() - 5);
    if (!text::is_utf8(name)) return std::nullopt;
    return name;
}

}  // namespace haul::zip

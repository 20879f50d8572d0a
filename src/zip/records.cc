#include "zip/records.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>

#include "base/text.h"
#include "zip/dos_time.h"
#include "zip/little_endian.h"

namespace haul::zip {
namespace {

constexpr std::uint16_t version_zip64 = 45, version_folder = 20, version_file = 10;
// Made by Unix, so that readers honour the mode; the highest version we ever need, the same for every entry.
constexpr std::uint16_t version_made_by = 3U << 8U | version_zip64;
constexpr std::uint32_t dos_folder = 0x10;
constexpr std::size_t field_header = 4, time_payload = 5;

class Writer {
  public:
    explicit Writer(std::byte* to) : to_(to) {}
    void u8(unsigned value) { number(static_cast<std::uint8_t>(value)); }
    void u16(std::uint16_t value) { number(value); }
    void u32(std::uint32_t value) { number(value); }
    void u64(std::uint64_t value) { number(value); }
    void text(std::string_view bytes) {
        std::memcpy(to_, bytes.data(), bytes.size());
        to_ += bytes.size();
    }

  private:
    template <class Number>
    void number(Number value) {
        put(to_, value);
        to_ += sizeof(Number);
    }
    std::byte* to_;
};

bool has_time_field(const Item& item) {
    const std::int64_t seconds = floor_seconds(item.mtime_ns);
    return seconds >= std::numeric_limits<std::int32_t>::min() &&
           seconds <= std::numeric_limits<std::int32_t>::max();
}

std::size_t time_field_size(const Item& item) {
    return has_time_field(item) ? field_header + time_payload : 0;
}

// Which values a header's ZIP64 field holds.
struct Zip64 {
    bool sizes = false;
    bool offset = false;
    [[nodiscard]] bool any() const { return sizes || offset; }
    [[nodiscard]] std::size_t payload() const { return (sizes ? 16U : 0U) + (offset ? 8U : 0U); }
    [[nodiscard]] std::size_t field() const { return any() ? field_header + payload() : 0; }
};

Zip64 local_zip64(const Item& item) { return {.sizes = saturates(item.size)}; }
Zip64 central_zip64(const Item& item, const Place& place) {
    return {.sizes = place.wide || saturates(item.size),
            .offset = place.wide || saturates(place.header_offset)};
}

std::uint32_t capped(std::uint64_t value) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, full32));
}

std::uint32_t external_attributes(const Item& item) {
    std::uint32_t type = S_IFREG;
    std::uint32_t dos = 0;
    if (item.kind == Kind::symlink) type = S_IFLNK;
    if (item.kind == Kind::folder) {
        type = S_IFDIR;
        dos = dos_folder;
    }
    return (type | (item.mode & 07777U)) << 16U | dos;
}

// The 26 bytes that both headers share, from "version needed" to the extra fields' length.
void write_shared(Writer& to, const Item& item, std::uint32_t crc32, const Zip64& zip64) {
    const DosTime dos = to_dos(floor_seconds(item.mtime_ns));
    const std::uint32_t size = zip64.sizes ? full32 : static_cast<std::uint32_t>(item.size);
    to.u16(zip64.any() ? version_zip64 : item.kind == Kind::folder ? version_folder : version_file);
    to.u16(text::is_ascii(item.name) ? std::uint16_t{0} : flag_utf8);
    to.u16(0);  // stored
    to.u16(dos.time);
    to.u16(dos.date);
    to.u32(crc32);
    to.u32(size);
    to.u32(size);
    to.u16(static_cast<std::uint16_t>(item.name.size()));
    to.u16(static_cast<std::uint16_t>(zip64.field() + time_field_size(item)));
}

void write_zip64_field(Writer& to, const Item& item, const Zip64& zip64, std::uint64_t header_offset) {
    if (!zip64.any()) return;
    to.u16(zip64_field);
    to.u16(static_cast<std::uint16_t>(zip64.payload()));
    if (zip64.sizes) {
        to.u64(item.size);
        to.u64(item.size);
    }
    if (zip64.offset) to.u64(header_offset);
}

void write_time_field(Writer& to, const Item& item) {
    if (!has_time_field(item)) return;
    to.u16(time_field);
    to.u16(time_payload);
    to.u8(1);  // only the time of modification
    to.u32(static_cast<std::uint32_t>(floor_seconds(item.mtime_ns)));
}

std::byte* grow(std::string& text, std::size_t size) {
    const std::size_t old = text.size();
    text.resize(old + size);
    return reinterpret_cast<std::byte*>(text.data() + old);
}

bool needs_zip64(const Ending& ending) {
    return ending.count >= full16 || saturates(ending.directory_offset) || saturates(ending.directory_size);
}

}  // namespace

std::size_t local_header_size(const Item& item) {
    return local_fixed + item.name.size() + local_zip64(item).field() + time_field_size(item);
}

void write_local_header(const Item& item, std::uint32_t crc32, std::span<std::byte> into) {
    const Zip64 zip64 = local_zip64(item);
    Writer to(into.data());
    to.u32(local_signature);
    write_shared(to, item, crc32, zip64);
    to.text(item.name);
    write_zip64_field(to, item, zip64, 0);
    write_time_field(to, item);
}

std::size_t central_header_size(const Item& item, const Place& place) {
    return central_fixed + item.name.size() + central_zip64(item, place).field() + time_field_size(item);
}

void append_central_header(const Item& item, std::uint32_t crc32, const Place& place, std::string& to) {
    const Zip64 zip64 = central_zip64(item, place);
    Writer out(grow(to, central_header_size(item, place)));
    out.u32(central_signature);
    out.u16(version_made_by);
    write_shared(out, item, crc32, zip64);
    out.u16(0);  // comment
    out.u16(0);  // disk
    out.u16(0);  // internal attributes
    out.u32(external_attributes(item));
    out.u32(zip64.offset ? full32 : static_cast<std::uint32_t>(place.header_offset));
    out.text(item.name);
    write_zip64_field(out, item, zip64, place.header_offset);
    write_time_field(out, item);
}

std::size_t end_records_size(const Ending& ending) {
    return end_fixed + (needs_zip64(ending) ? end64_fixed + locator_fixed : 0);
}

void append_end_records(const Ending& ending, std::string& to) {
    Writer out(grow(to, end_records_size(ending)));
    if (needs_zip64(ending)) {
        out.u32(end64_signature);
        out.u64(end64_fixed - 12);  // what follows this field
        out.u16(version_made_by);
        out.u16(version_zip64);
        out.u32(0);
        out.u32(0);
        out.u64(ending.count);
        out.u64(ending.count);
        out.u64(ending.directory_size);
        out.u64(ending.directory_offset);
        out.u32(locator_signature);
        out.u32(0);
        out.u64(ending.directory_offset + ending.directory_size);
        out.u32(1);  // disks
    }
    const auto count = static_cast<std::uint16_t>(std::min<std::uint64_t>(ending.count, full16));
    out.u32(end_signature);
    out.u16(0);
    out.u16(0);
    out.u16(count);
    out.u16(count);
    out.u32(capped(ending.directory_size));
    out.u32(capped(ending.directory_offset));
    out.u16(0);  // comment
}

}  // namespace haul::zip

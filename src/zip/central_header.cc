#include "zip/central_header.h"

#include <sys/stat.h>

#include <limits>
#include <optional>
#include <string>

#include "zip/archive_error.h"
#include "zip/dos_time.h"
#include "zip/entry_name.h"
#include "zip/little_endian.h"
#include "zip/names.h"
#include "zip/records.h"

namespace haul::zip {
namespace {

constexpr unsigned host_unix = 3, host_macos = 19;
constexpr std::uint64_t longest_target = 65'535;

struct Header {
    Bytes all;
    std::string_view archive;
    std::string_view raw_name;
    Bytes extra;

    [[nodiscard]] std::uint16_t flags() const { return get16(all, 8); }
    [[nodiscard]] std::uint16_t method() const { return get16(all, 10); }
    [[nodiscard]] bool made_on_unix() const {
        const unsigned host = get16(all, 4) >> 8U;
        return host == host_unix || host == host_macos;
    }
    // 0 where the archive's system had no Unix modes, or the tool gave none.
    [[nodiscard]] std::uint32_t unix_mode() const { return made_on_unix() ? get32(all, 38) >> 16U : 0; }
    [[nodiscard]] Error lies(std::string_view detail) const { return corrupt(archive, raw_name, detail); }
    [[nodiscard]] Error foreign(std::string_view detail) const {
        return unsupported(archive, raw_name, detail);
    }
};

Header split(Bytes bytes, std::string_view archive) {
    const std::size_t name_size = get16(bytes, 28), extra_size = get16(bytes, 30);
    return {.all = bytes,
            .archive = archive,
            .raw_name = {reinterpret_cast<const char*>(bytes.data()) + central_fixed, name_size},
            .extra = bytes.subspan(central_fixed + name_size, extra_size)};
}

std::string_view method_name(std::uint16_t method) {
    switch (method) {
        case 9:
            return "deflate64";
        case 12:
            return "bzip2";
        case 14:
            return "LZMA";
        case 93:
            return "Zstandard";
        case 95:
            return "XZ";
        case 98:
            return "PPMd";
        default:
            return "a method";
    }
}

Status check_readable(const Header& header) {
    constexpr std::uint16_t aes = 99;
    if ((header.flags() & (flag_encrypted | flag_strong | flag_masked)) != 0 || header.method() == aes)
        return failure(header.foreign("it is encrypted"));
    if ((header.flags() & flag_patch) != 0)
        return failure(header.foreign("it is a patch to another archive's file"));
    if (header.method() != 0 && header.method() != 8) {
        return failure(
            header.foreign(fmt::format("it is compressed with {} (method {}); stored and deflate are read",
                                       method_name(header.method()), header.method())));
    }
    return {};
}

Status read_sizes(const Header& header, std::uint64_t shift, Entry& entry) {
    entry.compressed_size = get32(header.all, 20);
    entry.size = get32(header.all, 24);
    entry.header_offset = get32(header.all, 42);
    std::uint32_t disk = get16(header.all, 34);
    Zip64Values values(header.extra);
    if (!values.resolve(entry.size) || !values.resolve(entry.compressed_size) ||
        !values.resolve(entry.header_offset) || !values.resolve_disk(disk))
        return failure(header.lies("its ZIP64 field is too short"));
    if (disk != 0) return failure(header.foreign("it lies on another disk"));
    if (entry.header_offset > std::numeric_limits<std::uint64_t>::max() - shift)
        return failure(header.lies("it would lie beyond the archive"));
    entry.header_offset += shift;
    return {};
}

// What the two sizes can be to one another.
Status check_sizes(const Header& header, const Entry& entry) {
    constexpr std::uint64_t most_by_deflate = 1032;
    if (entry.method == Method::stored && entry.size != entry.compressed_size)
        return failure(header.lies("it is stored, but its two sizes differ"));
    if (entry.method == Method::deflate && entry.size / most_by_deflate > entry.compressed_size)
        return failure(header.lies("its size is more than deflate can make of its data"));
    return {};
}

Status read_name(const Header& header, Entry& entry) {
    auto name = decode_name({.bytes = header.raw_name,
                             .flagged_utf8 = (header.flags() & flag_utf8) != 0,
                             .made_on_unix = header.made_on_unix(),
                             .extra = header.extra});
    if (!name) return failure(header.lies("its name is marked as UTF-8 and is not"));
    if (const auto why = refuse(*name)) return failure(header.lies(*why));
    entry.name = std::move(*name);
    return {};
}

Status read_kind(const Header& header, Entry& entry) {
    const std::uint32_t mode = header.unix_mode(), type = mode & S_IFMT;
    if (mode != 0) entry.mode = mode & 07777U;
    if (type == S_IFDIR && entry.size == 0 && !entry.name.ends_with('/')) entry.name += '/';
    if (entry.name.ends_with('/')) {
        if (type == S_IFLNK) return failure(header.lies("it is a symlink with the name of a folder"));
        if (entry.size != 0) return failure(header.lies("it is a folder, but has contents"));
        entry.kind = Kind::folder;
    } else if (type == S_IFLNK) {
        if (entry.size > longest_target)
            return failure(header.lies("it is a symlink with a target that is too long"));
        entry.kind = Kind::symlink;
    }
    entry.special = type == S_IFIFO || type == S_IFSOCK || type == S_IFCHR || type == S_IFBLK;
    return {};
}

}  // namespace

std::size_t central_header_length(Bytes fixed) {
    return central_fixed + get16(fixed, 28) + get16(fixed, 30) + get16(fixed, 32);
}

Result<Entry> parse_central_header(Bytes bytes, std::uint64_t shift, std::string_view archive) {
    const Header header = split(bytes, archive);
    TRY(check_readable(header));
    Entry entry;
    entry.method = static_cast<Method>(header.method());
    entry.crc32 = get32(bytes, 16);
    entry.mtime_s =
        mtime_of(header.extra).value_or(from_dos({.time = get16(bytes, 12), .date = get16(bytes, 14)}));
    TRY(read_sizes(header, shift, entry));
    TRY(check_sizes(header, entry));
    TRY(read_name(header, entry));
    TRY(read_kind(header, entry));
    if (entry.name != header.raw_name) entry.raw_name = header.raw_name;
    return entry;
}

}  // namespace haul::zip

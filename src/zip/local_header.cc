#include <algorithm>
#include <string>

#include "zip/archive_error.h"
#include "zip/extra_field.h"
#include "zip/little_endian.h"
#include "zip/reader.h"
#include "zip/records.h"

namespace haul::zip {
namespace {

std::string_view raw_name_of(const Entry& entry) {
    return entry.raw_name.empty() ? entry.name : entry.raw_name;
}

Status check_fixed(const Entry& entry, Bytes header, std::string_view archive) {
    const auto lies = [&](std::string_view detail) { return failure(corrupt(archive, entry.name, detail)); };
    if (get32(header, 0) != local_signature) return lies("there is no local header where it should begin");
    const std::uint16_t flags = get16(header, 6);
    if ((flags & (flag_encrypted | flag_strong)) != 0)
        return lies("only its local header says that it is encrypted");
    if (get16(header, 8) != static_cast<std::uint16_t>(entry.method))
        return lies("its local header names another method than the directory");
    // Behind a data descriptor's flag the local values may be zeros; the directory's count.
    if ((flags & flag_descriptor) == 0 && get32(header, 14) != entry.crc32)
        return lies("its local header has another CRC-32 than the directory");
    return {};
}

Status check_sizes(const Entry& entry, Bytes header, Bytes extra, std::string_view archive) {
    const auto lies = [&](std::string_view detail) { return failure(corrupt(archive, entry.name, detail)); };
    if ((get16(header, 6) & flag_descriptor) != 0) return {};
    std::uint64_t compressed = get32(header, 18), size = get32(header, 22);
    Zip64Values values(extra);
    if (!values.resolve(size) || !values.resolve(compressed))
        return lies("its local header's ZIP64 field is too short");
    if (size != entry.size || compressed != entry.compressed_size)
        return lies("its local header has other sizes than the directory");
    return {};
}

}  // namespace

Result<std::uint64_t> check_local_header(const Entry& entry, std::span<const std::byte> bytes,
                                         std::string_view archive, std::uint64_t& needed) {
    const auto lies = [&](std::string_view detail) { return failure(corrupt(archive, entry.name, detail)); };
    const auto more = [&](std::uint64_t count) {
        needed = count;
        return failure(Code::not_found, "read local header", std::string(archive), "more bytes are needed");
    };
    if (bytes.size() < local_fixed) return more(local_fixed);
    TRY(check_fixed(entry, bytes, archive));
    const std::size_t name_size = get16(bytes, 26), extra_size = get16(bytes, 28);
    if (name_size != raw_name_of(entry).size())
        return lies("its local header has another name than the directory");
    const std::size_t header_size = local_fixed + name_size + extra_size;
    if (entry.limit != 0 && header_size + entry.compressed_size > entry.limit - entry.header_offset)
        return lies("it reaches into what follows it: entries overlap");
    if (bytes.size() < header_size) return more(header_size);
    const std::string_view name(reinterpret_cast<const char*>(bytes.data()) + local_fixed, name_size);
    if (name != raw_name_of(entry)) return lies("its local header has another name than the directory");
    TRY(check_sizes(entry, bytes, bytes.subspan(local_fixed + name_size, extra_size), archive));
    return header_size;
}

Result<std::uint64_t> locate_data(Source& source, const Entry& entry) {
    constexpr std::uint64_t usual_extra = 64;
    const std::string archive = source.name();
    if (entry.header_offset > source.size())
        return failure(corrupt(archive, entry.name, "it would begin beyond the archive's end"));
    const std::uint64_t available = source.size() - entry.header_offset;
    std::uint64_t needed = local_fixed + raw_name_of(entry).size() + usual_extra;
    std::vector<std::byte> bytes(static_cast<std::size_t>(std::min(needed, available)));
    for (;;) {
        TRY(source.read(entry.header_offset, bytes));
        auto size = check_local_header(entry, bytes, archive, needed);
        if (size) return entry.header_offset + *size;
        if (size.error().code != Code::not_found) return failure(std::move(size).error());
        if (needed > available) return failure(corrupt(archive, entry.name, "its local header is cut short"));
        bytes.resize(static_cast<std::size_t>(needed));
    }
}

}  // namespace haul::zip

// One line of a manifest: what is known of one file, folder or symlink of a set. Format haul/1,
// docs/format.md.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "zip/layout.h"

namespace haul::format {

enum class Proof : std::uint8_t { none, read, service_checksum, service_copy };
[[nodiscard]] std::string_view name_of(Proof proof);

struct Member {
    std::string path;  // bytes; "." is the source itself
    zip::Kind kind = zip::Kind::file;
    std::uint64_t size = 0;  // contents in bytes; symlinks: length of the target; folders 0
    std::optional<std::int64_t> mtime_ns;
    std::optional<std::uint32_t> mode, uid, gid;
    std::string target;  // of a symlink
    std::optional<std::uint32_t> crc32;
    std::string digest;                   // "xxh128:…"; empty: none
    std::optional<std::uint64_t> offset;  // of its data in the part's image; absent: no ZIP entry (folders)
    std::string version;                  // the service's; empty: none (local files)
    std::string zip_name;                 // as it stands in the archive; empty where there is no entry
    std::map<std::string, std::string> meta;
    Proof proof = Proof::none;
    bool operator==(const Member&) const = default;
};

// Takes members one by one as they are read: a few kilobytes of manifest can be a million of them. Its first
// error ends the reading.
using MemberSink = std::function<Status(const Member&)>;

// One JSON line without the newline. Keys in the order of docs/format.md; what is not known is left out,
// zip_name too where it equals the path (folders: path and `/`).
[[nodiscard]] std::string to_line(const Member& member);
// Unknown fields are ignored. Code::corrupt names `subject` and the field.
[[nodiscard]] Result<Member> parse_member(std::string_view line, std::string_view subject);

}  // namespace haul::format

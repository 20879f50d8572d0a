#include "format/member.h"

#include <array>
#include <utility>

#include "format/line_writer.h"
#include "format/member_line.h"

namespace haul::format {
namespace {

constexpr std::array<std::pair<Proof, std::string_view>, 4> kProofs = {{
    {Proof::none, "none"},
    {Proof::read, "read"},
    {Proof::service_checksum, "service-checksum"},
    {Proof::service_copy, "service-copy"},
}};
constexpr std::array<std::pair<zip::Kind, std::string_view>, 3> kKinds = {{
    {zip::Kind::file, "file"},
    {zip::Kind::folder, "dir"},
    {zip::Kind::symlink, "symlink"},
}};

// The comparison of the usual name without building it.
bool is_usual_zip_name(const Member& member, bool has_offset) {
    const std::string_view name = member.zip_name;
    if (member.kind != zip::Kind::folder) return name == member.path;
    if (!has_offset) return name.empty();
    return name.size() == member.path.size() + 1 && name.ends_with('/') && name.starts_with(member.path);
}

void append_attributes(LineWriter& line, const Member& member) {
    if (member.mtime_ns) line.signed_number("mtime", *member.mtime_ns);
    if (member.mode) line.number("mode", *member.mode);
    if (member.uid) line.number("uid", *member.uid);
    if (member.gid) line.number("gid", *member.gid);
    if (!member.target.empty()) line.bytes("target", member.target);
}

}  // namespace

std::string_view name_of(Proof proof) {
    for (const auto& [value, name] : kProofs) {
        if (value == proof) return name;
    }
    return "none";
}

std::optional<Proof> proof_named(std::string_view name) {
    for (const auto& [value, known] : kProofs) {
        if (known == name) return value;
    }
    return std::nullopt;
}

std::string_view name_of_kind(zip::Kind kind) {
    for (const auto& [value, name] : kKinds) {
        if (value == kind) return name;
    }
    return "file";
}

std::optional<zip::Kind> kind_named(std::string_view name) {
    for (const auto& [value, known] : kKinds) {
        if (known == name) return value;
    }
    return std::nullopt;
}

std::optional<std::uint32_t> checksum_of(std::string_view digits) {
    if (digits.size() != 8) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : digits) {
        const bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'a' || c > 'f')) return std::nullopt;
        value = value << 4U | static_cast<std::uint32_t>(digit ? c - '0' : c - 'a' + 10);
    }
    return value;
}

std::string usual_zip_name(const Member& member, bool has_offset) {
    if (member.kind != zip::Kind::folder) return member.path;
    return has_offset ? member.path + "/" : std::string();
}

void append_line(std::string& out, const Member& member, LineForm form) {
    const bool whole = form == LineForm::manifest;
    const bool has_offset = whole && member.offset.has_value();
    LineWriter line(out);
    line.bytes("path", member.path);
    line.text("type", name_of_kind(member.kind));
    line.number("size", member.size);
    append_attributes(line, member);
    if (whole && member.crc32) line.checksum("crc32", *member.crc32);
    if (whole && !member.digest.empty()) line.text("digest", member.digest);
    if (has_offset) line.number("offset", *member.offset);
    if (!member.version.empty()) line.text("version", member.version);
    if (!is_usual_zip_name(member, has_offset)) line.text("zip_name", member.zip_name);
    if (!member.meta.empty()) line.texts("meta", member.meta);
    if (whole && member.proof != Proof::none) line.text("proof", name_of(member.proof));
    line.close();
}

std::string to_line(const Member& member) {
    std::string line;
    append_line(line, member, LineForm::manifest);
    return line;
}

}  // namespace haul::format

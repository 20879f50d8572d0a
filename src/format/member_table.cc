#include "format/member_table.h"

#include <algorithm>

namespace haul::format {
namespace {
constexpr std::uint8_t kMtime = 1, kMode = 2, kUid = 4, kGid = 8, kPathIsName = 16;

constexpr std::uint64_t kMostTextReserved = 256ULL << 20U;

// Nearly every name is the path; a second copy of it would be most of the table.
bool path_is_name(const Member& member) {
    const std::string_view name = member.zip_name;
    return member.kind == zip::Kind::folder
               ? name.ends_with('/') && name.substr(0, name.size() - 1) == member.path
               : name == member.path && !name.empty();
}

template <class T>
std::optional<T> known_value(std::uint8_t known, std::uint8_t bit, T value) {
    return (known & bit) != 0 ? std::optional<T>(value) : std::nullopt;
}
}  // namespace

TableSize table_size(std::uint64_t members, std::uint64_t folders, std::uint64_t file_bytes,
                     std::uint64_t image_size, bool symlinks) {
    constexpr std::uint64_t headers = 76;  // local and central header without name: docs/format-zip.md
    constexpr std::uint64_t least_folder_path = 128, most_folder_paths = 64ULL << 20U;
    const std::uint64_t not_contents = image_size > file_bytes ? image_size - file_bytes : 0;
    const bool headers_fit = members < not_contents / headers;
    std::uint64_t text = headers_fit ? not_contents - members * headers : 0;
    if (!symlinks) text /= 2;  // a name stands in both headers, a target once
    const std::uint64_t folder_path =
        std::max(least_folder_path, 2 * text / std::max<std::uint64_t>(members, 1));
    return {members + folders, members,
            text + std::min(std::min(folders, most_folder_paths) * folder_path, most_folder_paths)};
}

std::uint64_t memory_of(const TableSize& size) {
    // A row and its entry number; zip/layout.h: 40 bytes an entry. Names count once.
    return size.lines * 60 + size.entries * 44 + size.text;
}

void MemberTable::reserve(const TableSize& size) {
    const auto lines = static_cast<std::size_t>(std::min(size.lines, kMostReserved));
    const auto entries = static_cast<std::size_t>(std::min(size.entries, kMostReserved));
    const auto text = static_cast<std::size_t>(std::min(size.text, kMostTextReserved));
    rows_.reserve(lines);
    line_of_entry_.reserve(entries);
    // Pages that are never touched take no memory: both may be as large as all of it.
    layout_.reserve(entries, text);
    texts_.reserve(text);
}

std::string_view MemberTable::text(const Row& row, std::uint64_t behind, std::uint32_t size) const {
    return std::string_view(texts_).substr(row.text_at + behind, size);
}

std::uint64_t text_of(const Member& member) {
    return member.zip_name.size() + (path_is_name(member) ? 0 : member.path.size()) + member.target.size() +
           member.version.size();
}

void MemberTable::add(const Member& member) {
    Row row;
    row.text_at = texts_.size();
    const bool shared = path_is_name(member);
    if (!shared) texts_ += member.path;
    texts_ += member.target;
    texts_ += member.version;
    row.path_size = shared ? 0 : static_cast<std::uint32_t>(member.path.size());
    row.target_size = static_cast<std::uint32_t>(member.target.size());
    row.version_size = static_cast<std::uint32_t>(member.version.size());
    row.kind = member.kind;
    row.mtime_ns = member.mtime_ns.value_or(0);
    row.mode = member.mode.value_or(0);
    row.uid = member.uid.value_or(0);
    row.gid = member.gid.value_or(0);
    row.known = static_cast<std::uint8_t>((member.mtime_ns ? kMtime : 0) | (member.mode ? kMode : 0) |
                                          (member.uid ? kUid : 0) | (member.gid ? kGid : 0) |
                                          (shared ? kPathIsName : 0));
    if (!member.meta.empty()) {
        row.meta = static_cast<std::uint32_t>(metas_.size());
        metas_.push_back(member.meta);
    }
    if (!member.zip_name.empty()) {
        row.entry = static_cast<std::uint32_t>(line_of_entry_.size());
        line_of_entry_.push_back(static_cast<std::uint32_t>(rows_.size()));
        layout_.add(item_of(member));
    }
    if (member.kind == zip::Kind::file) file_bytes_ += member.size;
    rows_.push_back(row);
}

std::string_view MemberTable::path(std::size_t line) const {
    const Row& row = rows_[line];
    if ((row.known & kPathIsName) == 0) return text(row, 0, row.path_size);
    const std::string_view name = layout_.item(row.entry).name;
    return row.kind == zip::Kind::folder ? name.substr(0, name.size() - 1) : name;
}

std::string_view MemberTable::target(std::size_t line) const {
    const Row& row = rows_[line];
    return text(row, row.path_size, row.target_size);
}

std::string_view MemberTable::version(std::size_t line) const {
    const Row& row = rows_[line];
    return text(row, std::uint64_t{row.path_size} + row.target_size, row.version_size);
}

Member MemberTable::member(std::size_t line) const {
    const Row& row = rows_[line];
    Member member;
    member.path = path(line);
    member.kind = row.kind;
    // A line without an entry is a folder's.
    member.size = row.entry == kNone ? 0 : layout_.item(row.entry).size;
    member.mtime_ns = known_value(row.known, kMtime, row.mtime_ns);
    member.mode = known_value(row.known, kMode, row.mode);
    member.uid = known_value(row.known, kUid, row.uid);
    member.gid = known_value(row.known, kGid, row.gid);
    member.target = target(line);
    member.version = version(line);
    if (row.entry != kNone) member.zip_name = layout_.item(row.entry).name;
    if (row.meta != kNone) member.meta = metas_[row.meta];
    return member;
}

std::size_t MemberTable::memory() const {
    return layout_.memory() + rows_.capacity() * sizeof(Row) +
           line_of_entry_.capacity() * sizeof(std::uint32_t) + texts_.capacity();
}

zip::Item item_of(const Member& member) {
    return {member.zip_name, member.kind, member.size, member.mtime_ns.value_or(0),
            member.mode.value_or(default_mode(member.kind))};
}

std::uint32_t default_mode(zip::Kind kind) {
    switch (kind) {
        case zip::Kind::file:
            return 0644;
        case zip::Kind::folder:
            return 0755;
        case zip::Kind::symlink:
            return 0777;
    }
    return 0644;
}

}  // namespace haul::format

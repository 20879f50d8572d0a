#include "format/member_table.h"

namespace haul::format {
namespace {
constexpr std::uint8_t kMtime = 1, kMode = 2, kUid = 4, kGid = 8;

template <class T>
std::optional<T> known_value(std::uint8_t known, std::uint8_t bit, T value) {
    return (known & bit) != 0 ? std::optional<T>(value) : std::nullopt;
}
}  // namespace

MemberTable::Text MemberTable::keep(std::string_view text) {
    const Text kept{texts_.size(), static_cast<std::uint32_t>(text.size())};
    texts_ += text;
    return kept;
}

std::string_view MemberTable::view(const Text& text) const {
    return std::string_view(texts_).substr(text.at, text.size);
}

void MemberTable::add(const Member& member) {
    Row row;
    row.path = keep(member.path);
    row.target = keep(member.target);
    row.version = keep(member.version);
    row.kind = member.kind;
    row.size = member.size;
    row.mtime_ns = member.mtime_ns.value_or(0);
    row.mode = member.mode.value_or(0);
    row.uid = member.uid.value_or(0);
    row.gid = member.gid.value_or(0);
    row.known = static_cast<std::uint8_t>((member.mtime_ns ? kMtime : 0) | (member.mode ? kMode : 0) |
                                          (member.uid ? kUid : 0) | (member.gid ? kGid : 0));
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

std::string_view MemberTable::path(std::size_t line) const { return view(rows_[line].path); }
std::string_view MemberTable::target(std::size_t line) const { return view(rows_[line].target); }
std::string_view MemberTable::version(std::size_t line) const { return view(rows_[line].version); }

Member MemberTable::member(std::size_t line) const {
    const Row& row = rows_[line];
    Member member;
    member.path = view(row.path);
    member.kind = row.kind;
    member.size = row.size;
    member.mtime_ns = known_value(row.known, kMtime, row.mtime_ns);
    member.mode = known_value(row.known, kMode, row.mode);
    member.uid = known_value(row.known, kUid, row.uid);
    member.gid = known_value(row.known, kGid, row.gid);
    member.target = view(row.target);
    member.version = view(row.version);
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

// Every file of tests/vectors/format is read as its `.expected` says. They are made without this code.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/zstd.h"
#include "format/claim_record.h"
#include "format/line_writer.h"
#include "format/manifest.h"
#include "format/member_line.h"
#include "format/part_list.h"
#include "format/set_record.h"
#include "format/test_keep.h"

namespace haul::format {
namespace {

// What a reader understood, in the words of the `.expected` files, and what our writer makes of that.
struct Understood {
    json::Value value = json::Value::object();
    std::string written;
};

json::Value as_expected(const Member& member) {
    json::Ordered value;
    json::put_bytes(value, "path", member.path);
    value["type"] = name_of_kind(member.kind);
    value["size"] = member.size;
    if (member.mtime_ns) value["mtime"] = *member.mtime_ns;
    if (member.mode) value["mode"] = *member.mode;
    if (member.uid) value["uid"] = *member.uid;
    if (member.gid) value["gid"] = *member.gid;
    if (!member.target.empty()) json::put_bytes(value, "target", member.target);
    if (member.crc32) value["crc32"] = checksum_text(*member.crc32);
    if (!member.digest.empty()) value["digest"] = member.digest;
    if (member.offset) value["offset"] = *member.offset;
    if (!member.version.empty()) value["version"] = member.version;
    value["zip_name"] = member.zip_name;
    if (!member.meta.empty()) value["meta"] = member.meta;
    if (member.proof != Proof::none) value["proof"] = name_of(member.proof);
    return json::Value::parse(json::dump(value));
}

json::Value as_expected(const PartListEnd& end) {
    json::Ordered value;
    value["end"] = true;
    value["layout"] = end.layout_hash;
    json::put_bytes(value, "cursor", end.cursor);
    value["last"] = end.last;
    value["oversize"] = end.oversize;
    value["settles"] = end.settles;
    value["members"] = end.members;
    value["folders"] = end.folders;
    value["bytes"] = end.bytes;
    value["size"] = end.image_size;
    return json::Value::parse(json::dump(value));
}

json::Value as_expected(const ListNote& note) {
    json::Ordered value;
    const char* const names[] = {"skipped", "failed", "late"};
    value["note"] = names[static_cast<std::size_t>(note.what)];
    json::put_bytes(value, "path", note.item.path);
    value["reason"] = note.item.reason;
    value["detail"] = note.item.detail;
    return json::Value::parse(json::dump(value));
}

json::Value as_expected(const std::vector<Member>& members) {
    json::Value list = json::Value::array();
    for (const Member& member : members) list.push_back(as_expected(member));
    return list;
}

Result<Understood> read_manifest(const std::string& bytes) {
    ManifestReader reader("manifest");
    std::vector<Member> members;
    TRY(reader.write(bytes, test::keep_in(members)));
    TRY(reader.end());
    Understood understood;
    understood.value["members"] = as_expected(members);
    ManifestWriter writer;
    TRY(writer.begin(*reader.header(), understood.written));
    for (const Member& member : members) TRY(writer.add(member, understood.written));
    TRY(writer.end(understood.written));
    understood.written = TRY(zstd::decompress(understood.written, 1U << 24U, "manifest"));
    return understood;
}

Result<Understood> read_list(const std::string& bytes) {
    PartListReader reader("list");
    std::vector<Member> members;
    TRY(reader.write(bytes, test::keep_in(members)));
    const PartListEnd end = TRY(reader.end());
    Understood understood;
    understood.value["members"] = as_expected(members);
    understood.value["end"] = as_expected(end);
    for (const ListNote& note : end.notes) understood.value["notes"].push_back(as_expected(note));
    PartListWriter writer;
    TRY(writer.begin(*reader.header(), understood.written));
    for (const Member& member : members) TRY(writer.add(member, understood.written));
    TRY(writer.end(end, understood.written));
    understood.written = TRY(zstd::decompress(understood.written, 1U << 24U, "list"));
    return understood;
}

Result<Understood> read(const std::string& name, const std::string& bytes) {
    if (name.starts_with("manifest-")) return read_manifest(bytes);
    if (name.starts_with("list-")) return read_list(bytes);
    Understood understood;
    if (name.starts_with("set-")) understood.written = to_document(TRY(parse_record(bytes, name)));
    if (name.starts_with("claim-")) understood.written = to_document(TRY(parse_claim(bytes, name)));
    if (name.starts_with("beat-")) understood.written = beat_document(3);
    return understood;
}

std::string plain(const std::string& name, const std::string& bytes) {
    return name.ends_with(".zst") ? zstd::decompress(bytes, 1U << 24U, name).value() : bytes;
}

void expect_vector(const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    const std::string bytes = file::read_whole(path.string(), 1U << 24U).value();
    const std::string wanted = file::read_whole(path.string() + ".expected", 1U << 24U).value();
    json::Value expected = json::parse(wanted, name).value();
    const Result<Understood> understood = read(name, bytes);
    if (expected.contains("error")) {
        ASSERT_FALSE(understood) << name;
        EXPECT_EQ(name_of(understood.error().code), expected["error"].get<std::string>())
            << name << ": " << understood.error().message();
        return;
    }
    ASSERT_TRUE(understood) << name << ": " << understood.error().message();
    const bool canonical = expected.erase("canonical") != 0;
    EXPECT_EQ(canonical ? understood->written : "", canonical ? plain(name, bytes) : "") << name;
    EXPECT_EQ(understood->value, expected) << name;
}

TEST(FormatVectors, AreReadAsExpected) {
    const auto folder = std::filesystem::path(HAUL_SOURCE_DIR) / "tests/vectors/format";
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".expected") continue;
        expect_vector(entry.path());
        ++count;
    }
    EXPECT_GT(count, 60U);
}

}  // namespace
}  // namespace haul::format

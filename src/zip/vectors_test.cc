// Every file of tests/vectors/zip: what we write byte for byte, what we read, what we refuse.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "zip/layout.h"
#include "zip/memory_source.h"
#include "zip/names.h"
#include "zip/reader.h"

namespace haul::zip {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path(HAUL_SOURCE_DIR) / "tests/vectors/zip";

std::string bytes_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string hex(const std::string& bytes) { return text::hex(std::as_bytes(std::span(bytes))); }

json::Value expectation(fs::path path) {
    return json::parse(bytes_of(path.replace_extension(".json")), path.string()).value();
}

std::vector<fs::path> vectors(std::string_view kind) {
    std::vector<fs::path> found;
    for (const auto& file : fs::directory_iterator(folder)) {
        if (file.path().filename().string().starts_with(kind) && file.path().extension() != ".json")
            found.push_back(file.path());
    }
    std::ranges::sort(found);
    return found;
}

std::string text_at(const json::Value& object, const std::string& key) {
    if (object.contains(key)) return object.at(key).get<std::string>();
    return text::base64_decode(object.at(key + "_b64").get<std::string>()).value();
}

Kind kind_named(const std::string& name) {
    return name == "folder" ? Kind::folder : name == "symlink" ? Kind::symlink : Kind::file;
}
std::string kind_name(Kind kind) {
    return kind == Kind::folder ? "folder" : kind == Kind::symlink ? "symlink" : "file";
}

// ---- what we write

struct Written {
    Layout layout;
    std::vector<std::uint32_t> crcs;
    std::vector<std::string> contents;
};

void add(Written& to, const json::Value& member) {
    const Kind kind = kind_named(member.at("kind"));
    const std::string contents = text_at(member, "contents");
    const std::string name =
        archive_name(text_at(member, "path"), kind == Kind::folder, member.value("collides", false));
    to.layout.add({.name = name,
                   .kind = kind,
                   .size = member.value("size", static_cast<std::uint64_t>(contents.size())),
                   .mtime_ns = member.at("mtime_ns").get<std::int64_t>(),
                   .mode = member.at("mode").get<std::uint32_t>()});
    to.crcs.push_back(member.value("crc32", digest::crc32(0, std::as_bytes(std::span(contents)))));
    to.contents.push_back(contents);
}

std::string tail_of(const Written& written) {
    std::string tail(written.layout.image_size() - written.layout.directory_offset(), '\0');
    Tail(written.layout, written.crcs).fill(std::as_writable_bytes(std::span(tail)));
    return tail;
}

std::string image_of(const Written& written, bool with_contents) {
    std::string image;
    for (std::size_t i = 0; i < written.layout.count(); ++i) {
        std::string header(written.layout.header_size(i), '\0');
        written.layout.write_header(i, written.crcs[i], std::as_writable_bytes(std::span(header)));
        image += header;
        if (with_contents) image += written.contents[i];
    }
    return image + tail_of(written);
}

TEST(ZipVectors, OursAreWrittenByteForByte) {
    const auto found = vectors("ours-");
    ASSERT_GE(found.size(), 12U);
    for (const fs::path& path : found) {
        SCOPED_TRACE(path.filename().string());
        const json::Value expected = expectation(path);
        Written written;
        if (expected.contains("count")) {
            for (int i = 0; i < expected.at("count").get<int>(); ++i) add(written, expected.at("member"));
            EXPECT_TRUE(tail_of(written).ends_with(bytes_of(path)));
            EXPECT_EQ(tail_of(written).size(), written.layout.directory_size() + bytes_of(path).size());
            continue;
        }
        for (const json::Value& member : expected.at("members")) add(written, member);
        EXPECT_EQ(hex(image_of(written, path.extension() == ".zip")), hex(bytes_of(path)));
    }
}

// ---- what we read

struct Read {
    Entry entry;
    std::string contents;
};

Result<std::string> contents_of(Source& source, const Entry& entry) {
    const std::uint64_t from = TRY(locate_data(source, entry));
    std::vector<std::byte> stored(entry.compressed_size);
    TRY(source.read(from, stored));
    std::string contents;
    const auto sink = [&](std::span<const std::byte> some) {
        contents.append(reinterpret_cast<const char*>(some.data()), some.size());
        return Status();
    };
    Extractor extractor(entry, source.name());
    TRY(extractor.write(stored, sink));
    TRY(extractor.end(sink));
    return contents;
}

Result<std::vector<Read>> read_all(Source& source, const Limits& limits = {}) {
    std::vector<Read> read;
    for (const Entry& entry : TRY(read_directory(source, limits))) {
        read.push_back({.entry = entry, .contents = TRY(contents_of(source, entry))});
    }
    return read;
}

TEST(ZipVectors, OursAreReadAsWritten) {
    for (const fs::path& path : vectors("ours-")) {
        if (path.extension() != ".zip") continue;
        SCOPED_TRACE(path.filename().string());
        const std::string bytes = bytes_of(path);
        MemorySource source(std::as_bytes(std::span(bytes)), path.filename().string());
        const auto read = read_all(source);
        ASSERT_TRUE(read.has_value()) << read.error().message();
        const json::Value members = expectation(path).at("members");
        ASSERT_EQ(read->size(), members.size());
        for (std::size_t i = 0; i < members.size(); ++i) {
            const Entry& entry = (*read)[i].entry;
            const std::string member_path = text_at(members[i], "path");
            const bool is_folder = entry.kind == Kind::folder;
            EXPECT_EQ(unescape(entry.name)
                          .value_or(is_folder ? entry.name.substr(0, entry.name.size() - 1) : entry.name),
                      member_path);
            EXPECT_EQ(kind_name(entry.kind), members[i].at("kind").get<std::string>());
            EXPECT_EQ(entry.mode, members[i].at("mode").get<std::uint32_t>());
            EXPECT_EQ((*read)[i].contents, text_at(members[i], "contents"));
        }
    }
}

TEST(ZipVectors, ForeignAreRead) {
    const auto found = vectors("foreign-");
    ASSERT_GE(found.size(), 35U);
    for (const fs::path& path : found) {
        SCOPED_TRACE(path.filename().string());
        const std::string bytes = bytes_of(path);
        MemorySource source(std::as_bytes(std::span(bytes)), path.filename().string());
        const auto read = read_all(source);
        ASSERT_TRUE(read.has_value()) << read.error().message();
        const json::Value entries = expectation(path).at("entries");
        ASSERT_EQ(read->size(), entries.size());
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const Entry& entry = (*read)[i].entry;
            const json::Value& expected = entries[i];
            EXPECT_EQ(entry.name, expected.at("name").get<std::string>());
            EXPECT_EQ(kind_name(entry.kind), expected.at("kind").get<std::string>());
            EXPECT_EQ(entry.mtime_s, expected.at("mtime_s"));
            EXPECT_EQ(entry.mode.has_value(), !expected.at("mode").is_null());
            if (entry.mode) {
                EXPECT_EQ(*entry.mode, expected.at("mode"));
            }
            EXPECT_EQ((*read)[i].contents, expected.at("content").get<std::string>());
        }
    }
}

TEST(ZipVectors, RefusedAreRefusedAndSayWhy) {
    const auto found = vectors("refused-");
    ASSERT_GE(found.size(), 75U);
    for (const fs::path& path : found) {
        SCOPED_TRACE(path.filename().string());
        const std::string bytes = bytes_of(path);
        const json::Value expected = expectation(path);
        Limits limits;
        if (expected.contains("limits")) {
            const json::Value& given = expected.at("limits");
            limits.max_ratio = given.value("max_ratio", limits.max_ratio);
            limits.ratio_floor = given.value("ratio_floor", limits.ratio_floor);
            limits.max_directory = given.value("max_directory", limits.max_directory);
        }
        MemorySource source(std::as_bytes(std::span(bytes)), path.filename().string());
        const auto read = read_all(source, limits);
        ASSERT_FALSE(read.has_value());
        EXPECT_EQ(name_of(read.error().code), expected.at("error").get<std::string>());
        EXPECT_NE(read.error().message().find(expected.at("says").get<std::string>()), std::string::npos)
            << read.error().message();
        EXPECT_EQ(read.error().subject, path.filename().string());
    }
}

// A beginning of an archive is never taken for an archive.
TEST(ZipVectors, CutAtEveryLength) {
    for (const char* name : {"ours-kinds.zip", "ours-escaped.zip", "foreign-deflate.zip", "foreign-zip64.zip",
                             "foreign-descriptor.zip", "foreign-self-extractor.zip"}) {
        SCOPED_TRACE(name);
        const std::string whole = bytes_of(folder / name);
        ASSERT_FALSE(whole.empty());
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const std::string cut = whole.substr(0, length);
            MemorySource source(std::as_bytes(std::span(cut)));
            const auto read = read_all(source);
            ASSERT_FALSE(read.has_value()) << length;
            ASSERT_EQ(read.error().code, Code::corrupt) << length << read.error().message();
        }
    }
}

// Any byte but those that say nothing we keep may be wrong: then either an error, or the same contents.
TEST(ZipVectors, FlippedBitsNeverChangeContentsUnseen) {
    for (const char* name :
         {"ours-kinds.zip", "foreign-deflate.zip", "foreign-zip64.zip", "foreign-descriptor.zip"}) {
        SCOPED_TRACE(name);
        std::string bytes = bytes_of(folder / name);
        MemorySource source(std::as_bytes(std::span(bytes)));
        const auto whole = read_all(source);
        ASSERT_TRUE(whole.has_value());
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            const auto flip = [&] { bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8)); };
            flip();
            const auto read = read_all(source);
            flip();
            if (!read) continue;
            ASSERT_EQ(read->size(), whole->size()) << bit;
            for (std::size_t i = 0; i < read->size(); ++i) {
                const auto same = [&](const Read& other) { return other.contents == (*read)[i].contents; };
                ASSERT_TRUE(std::ranges::any_of(*whole, same)) << bit;
            }
        }
    }
}

}  // namespace
}  // namespace haul::zip

#include "zip/reader.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <zlib.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/digest.h"
#include "zip/cp437.h"
#include "zip/extra_field.h"
#include "zip/layout.h"
#include "zip/memory_source.h"
#include "zip/records.h"

namespace haul::zip {
namespace {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string deflated(const std::string& contents) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, contents.size()) + 16, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(contents.data()));
    stream.avail_in = static_cast<uInt>(contents.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

Entry entry_of(const std::string& contents, const std::string& stored, Method method) {
    Entry entry;
    entry.name = "a";
    entry.method = method;
    entry.size = contents.size();
    entry.compressed_size = stored.size();
    entry.crc32 = digest::crc32(0, bytes(contents));
    return entry;
}

Result<std::string> extract(const Entry& entry, const std::string& stored,
                            const std::vector<std::size_t>& cuts) {
    std::string contents;
    const auto sink = [&](std::span<const std::byte> some) {
        contents.append(reinterpret_cast<const char*>(some.data()), some.size());
        return Status();
    };
    Extractor extractor(entry, "archive");
    std::size_t at = 0;
    for (const std::size_t cut : cuts) {
        TRY(extractor.write(bytes(stored).subspan(at, cut - at), sink));
        at = cut;
    }
    TRY(extractor.write(bytes(stored).subspan(at), sink));
    TRY(extractor.end(sink));
    return contents;
}

TEST(Extractor, PiecesDoNotMatter) {
    EXPECT_TRUE(rc::check("any pieces of stored bytes give the contents", [] {
        const auto method = *rc::gen::element(Method::stored, Method::deflate);
        const auto letters = rc::gen::container<std::string>(rc::gen::inRange('a', 'e'));
        std::string contents = *letters;
        for (int doublings = *rc::gen::inRange(0, 14); doublings > 0; --doublings) contents += contents;
        const std::string stored = method == Method::stored ? contents : deflated(contents);
        auto cuts = *rc::gen::container<std::vector<std::size_t>>(
            rc::gen::inRange<std::size_t>(0, stored.size() + 1));
        std::ranges::sort(cuts);
        const auto out = extract(entry_of(contents, stored, method), stored, cuts);
        RC_ASSERT(out.has_value());
        RC_ASSERT(*out == contents);
    }));
}

TEST(Extractor, LargeContentsInOnePieceAreStreamed) {
    const std::string contents(3'000'000, 'x'), stored = deflated(contents);
    EXPECT_EQ(extract(entry_of(contents, stored, Method::deflate), stored, {}).value(), contents);
}

TEST(Extractor, StopsAtTheSizeAndNotAfterTheBomb) {
    const std::string contents(50'000'000, '\0'), stored = deflated(contents);
    Entry entry = entry_of(contents, stored, Method::deflate);
    entry.size = 100'000;
    std::uint64_t seen = 0;
    const auto sink = [&](std::span<const std::byte> some) {
        seen += some.size();
        return Status();
    };
    Extractor extractor(entry, "archive");
    const auto status = extractor.write(bytes(stored), sink);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, Code::corrupt);
    EXPECT_LE(seen, 100'000U);
}

TEST(Extractor, SaysWhatIsWrong) {
    const std::string contents = "contents", stored = deflated(contents);
    struct Case {
        const char* what;
        void (*damage)(Entry&, std::string&);
        const char* says;
    };
    const Case cases[] = {
        {"short", [](Entry&, std::string& s) { s.pop_back(); }, "cut short"},
        {"long", [](Entry&, std::string& s) { s += 'x'; }, "more stored bytes"},
        {"crc", [](Entry& e, std::string&) { e.crc32 ^= 1U; }, "CRC-32"},
        {"nothing", [](Entry&, std::string& s) { s.clear(); }, "cut short"},
    };
    for (const Case& row : cases) {
        for (const Method method : {Method::stored, Method::deflate}) {
            SCOPED_TRACE(row.what);
            std::string damaged = method == Method::stored ? contents : stored;
            Entry entry = entry_of(contents, damaged, method);
            row.damage(entry, damaged);
            const auto out = extract(entry, damaged, {});
            ASSERT_FALSE(out.has_value());
            EXPECT_EQ(out.error().code, Code::corrupt);
            EXPECT_NE(out.error().message().find(row.says), std::string::npos) << out.error().message();
        }
    }
}

TEST(Extractor, HandsOnTheSinksError) {
    const std::string contents = "contents";
    for (const Method method : {Method::stored, Method::deflate}) {
        const std::string stored = method == Method::stored ? contents : deflated(contents);
        Extractor extractor(entry_of(contents, stored, method), "archive");
        const auto full = [](std::span<const std::byte>) -> Status {
            return failure(Code::no_space, "write", "x", "full");
        };
        const auto status = extractor.write(bytes(stored), full);
        ASSERT_FALSE(status.has_value());
        EXPECT_EQ(status.error().code, Code::no_space);
    }
}

// A header that comes in pieces: told how much is needed, given that much, it is checked.
TEST(LocalHeader, SaysHowManyBytesItNeeds) {
    const Item item{.name = "some/name", .size = 5};
    std::string header(local_header_size(item), '\0');
    write_local_header(item, 7, std::as_writable_bytes(std::span(header)));
    Entry entry;
    entry.name = "some/name";
    entry.size = entry.compressed_size = 5;
    entry.crc32 = 7;
    for (std::size_t length = 0; length < header.size(); ++length) {
        std::uint64_t needed = 0;
        const auto said = check_local_header(entry, bytes(header).first(length), "archive", needed);
        ASSERT_FALSE(said.has_value());
        EXPECT_EQ(said.error().code, Code::not_found);
        EXPECT_EQ(needed, length < local_fixed ? local_fixed : header.size());
    }
    std::uint64_t needed = 0;
    EXPECT_EQ(check_local_header(entry, bytes(header + "behind"), "archive", needed).value(), header.size());
}

TEST(LocalHeader, LongExtraFieldsAreReadWithASecondRead) {
    Layout layout;
    layout.add({.name = "a", .size = 0});
    std::string image(layout.header_size(0), '\0');
    layout.write_header(0, 0, std::as_writable_bytes(std::span(image)));
    const std::string field = std::string("\x99\x99\xe8\x03", 4) + std::string(1000, 'x');
    image += field;
    image[28] = static_cast<char>((9 + field.size()) & 0xff);
    image[29] = static_cast<char>((9 + field.size()) >> 8U);
    MemorySource source(bytes(image));
    Entry entry;
    entry.name = "a";
    EXPECT_EQ(locate_data(source, entry).value(), image.size());
    const std::string cut = image.substr(0, image.size() - 1);
    MemorySource shorter(bytes(cut));
    EXPECT_EQ(locate_data(shorter, entry).error().code, Code::corrupt);
    entry.header_offset = 10'000'000;
    EXPECT_EQ(locate_data(source, entry).error().code, Code::corrupt);
}

// A large directory is read in windows, wherever their borders fall; errors of the source come through.
TEST(Directory, OfManyEntries) {
    Layout layout;
    std::vector<std::uint32_t> crcs;
    for (int i = 0; i < 70'000; ++i) {
        const std::string name = "a/rather/long/name/so/that/windows/are/passed/" + std::to_string(i);
        layout.add({.name = name, .mode = 0644});
        crcs.push_back(0);
    }
    std::string image(layout.image_size(), '\0');
    const auto into = std::as_writable_bytes(std::span(image));
    for (std::size_t i = 0; i < layout.count(); ++i)
        layout.write_header(i, 0, into.subspan(layout.header_offset(i), layout.header_size(i)));
    Tail(layout, crcs).fill(into.subspan(layout.directory_offset()));
    MemorySource source(bytes(image));
    const auto entries = read_directory(source, {});
    ASSERT_TRUE(entries.has_value()) << entries.error().message();
    ASSERT_EQ(entries->size(), layout.count());
    for (std::size_t i = 0; i < layout.count(); i += 999) {
        EXPECT_EQ((*entries)[i].name, layout.item(i).name);
        EXPECT_EQ((*entries)[i].header_offset, layout.header_offset(i));
        EXPECT_EQ((*entries)[i].limit, layout.data_end(i));
    }
}

TEST(Directory, ErrorsOfTheSourceComeThrough) {
    class Broken : public MemorySource {
      public:
        using MemorySource::MemorySource;
        [[nodiscard]] Status read(std::uint64_t, std::span<std::byte>) override {
            return failure(Code::unavailable, "read", "memory", "no answer");
        }
    };
    Broken source(bytes("0123456789012345678901234567890"));
    EXPECT_EQ(read_directory(source, {}).error().code, Code::unavailable);
}

TEST(ExtraField, NeverReadsBeyond) {
    EXPECT_TRUE(rc::check("any bytes, any id", [](const std::string& extra, std::uint16_t id) {
        (void)find_field(bytes(extra), id);
        (void)mtime_of(bytes(extra));
        (void)unicode_path_of(bytes(extra), "name");
        std::uint64_t value = full32;
        (void)Zip64Values(bytes(extra)).resolve(value);
    }));
}

TEST(Cp437, Table) {
    EXPECT_EQ(from_cp437("plain\n"), "plain\n");
    EXPECT_EQ(from_cp437("\x80\x81\x8e\x9a\xe1\xb0\xdb\xfe\xff"), "ÇüÄÜß░█■\xc2\xa0");
}

}  // namespace
}  // namespace haul::zip

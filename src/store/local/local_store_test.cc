#include "store/local/local_store.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "store/local/store_fixture.h"

namespace haul::store::local {
namespace {

TEST_F(LocalStoreTest, ListsInByteOrderOfTheWholePath) {
    put("a/x", "1");
    put("a.txt", "2");
    put("a0", "3");
    put("B", "4");
    put("a/b/c", "5");
    put("a/b-c", "6");
    EXPECT_EQ(names(), (Names{".", "B", "a.txt", "a", "a/b-c", "a/b", "a/b/c", "a/x", "a0"}));
    EXPECT_EQ(names("a"), (Names{"a", "a/b-c", "a/b", "a/b/c", "a/x"}));
}

TEST_F(LocalStoreTest, CursorGoesOnBehindItsPlace) {
    put("a/b/c", "5");
    put("a/d", "5");
    put("e", "5");
    const std::vector<std::pair<std::string, Names>> cases = {
        {"./", {"a", "a/b", "a/b/c", "a/d", "e"}},
        {"a/", {"a/b", "a/b/c", "a/d", "e"}},
        {"a/b/", {"a/b/c", "a/d", "e"}},
        {"a/b/c", {"a/d", "e"}},
        {"a/bb", {"a/d", "e"}},
        {"a/gone/x", {"e"}},
        {"e", {}},
        {"z", {}},
    };
    for (const auto& [after, expected] : cases) EXPECT_EQ(names({}, after), expected) << after;
    EXPECT_EQ(names("a", "a/b/"), (Names{"a/b/c", "a/d"}));
}

TEST_F(LocalStoreTest, ReadsExactRangesOfOneVersion) {
    put("f", "0123456789");
    const Version weak = list()[1].version;
    std::string three(3, ' ');
    ASSERT_TRUE(read("f", three, weak, 4).has_value());
    EXPECT_EQ(three, "456");
    const Version strong = seen_;
    EXPECT_TRUE(read("f", three, strong, 7).has_value());
    EXPECT_EQ(three, "789");
    EXPECT_EQ(read("f", three, {}, 8).error().code, Code::changed);
    put("f", "0123456789a");
    EXPECT_EQ(read("f", three, weak).error().code, Code::changed);
    EXPECT_EQ(read("f", three, strong).error().code, Code::changed);
    EXPECT_EQ(read("gone", three).error().code, Code::not_found);
    EXPECT_EQ(read("../f", three).error().code, Code::usage);
}

TEST_F(LocalStoreTest, ReadsManyFilesOfManyFolders) {
    std::vector<std::string> file_names, texts;
    for (int n = 0; n < 500; ++n) {
        file_names.push_back("d" + std::to_string(n / 50) + "/f" + std::to_string(n));
        texts.push_back(
            std::string(static_cast<std::size_t>(n * 37 % 5000), static_cast<char>('a' + n % 26)));
        put(file_names.back(), texts.back());
    }
    std::vector<std::string> got;
    for (const std::string& text : texts) got.emplace_back(text.size(), ' ');
    std::vector<Read> reads(500);
    for (std::size_t n = 0; n < reads.size(); ++n) {
        reads[n].name = file_names[n];
        reads[n].into = std::as_writable_bytes(std::span(got[n]));
    }
    store_->read_many(reads, {});
    for (const Read& read : reads) ASSERT_TRUE(read.result.has_value()) << read.result.error().message();
    EXPECT_EQ(got, texts);
}

TEST_F(LocalStoreTest, WritesManyAndLeavesNoTemporary) {
    for (const std::string scratch : {"", "work/tmp-"}) {
        std::vector<std::string> texts;
        for (int n = 0; n < 300; ++n) texts.push_back("text " + std::to_string(n));
        std::vector<Write> writes;
        for (int n = 0; n < 300; ++n) {
            writes.push_back(file("out" + scratch + "/" + std::to_string(n % 7) + "/f" + std::to_string(n),
                                  texts[static_cast<std::size_t>(n)]));
            writes.back().attributes.mode = 0640;
            writes.back().attributes.mtime_ns = 1'500'000'000'123'456'789;
        }
        store_->write_many(writes, {.scratch = scratch}, {});
        for (std::size_t n = 0; n < writes.size(); ++n) {
            ASSERT_TRUE(writes[n].result.has_value()) << writes[n].result.error().message();
            EXPECT_EQ(get(writes[n].name), texts[n]);
            const Object object = store_->stat({.name = writes[n].name})->object;
            EXPECT_EQ(object.attributes.mode, 0640U);
            EXPECT_EQ(object.attributes.mtime_ns, 1'500'000'000'123'456'789);
            EXPECT_EQ(object.version, writes[n].written);
        }
    }
    EXPECT_EQ(hidden(), Names{});
    EXPECT_TRUE(fs::is_empty(folder_ / "work"));
}

TEST_F(LocalStoreTest, WritesWithTheModeAskedForWhateverTheUmaskTakes) {
    const ::mode_t before = ::umask(027);
    std::vector<Write> writes;
    const std::vector<std::uint32_t> modes = {0600, 0666, 0777, 0444, 04755, 02644, 0};
    for (const std::uint32_t mode : modes) {
        Write write;
        write.name = fmt::format("{:04o}", mode);
        write.bytes = std::as_bytes(std::span("x"));
        write.attributes.mode = mode;
        write.attributes.mtime_ns = 5;
        writes.push_back(std::move(write));
    }
    store_->write_many(writes, {}, {});
    ::umask(before);
    for (const Write& write : writes) {
        ASSERT_TRUE(write.result.has_value()) << write.result.error().message();
        const Object object = store_->stat({.name = write.name})->object;
        EXPECT_EQ(object.attributes.mode, write.attributes.mode) << write.name;
        EXPECT_EQ(object.attributes.mtime_ns, 5) << write.name;
        EXPECT_EQ(object.version, write.written) << write.name;
    }
}

TEST_F(LocalStoreTest, UploadIsInvisibleUntilFinished) {
    for (const std::string scratch : {"", "work/part"}) {
        const std::string name = "parts" + scratch + "/p.zip";
        UploadRequest request;
        request.name = name;
        request.size = 10;
        request.scratch = scratch;
        auto upload = store_->open_upload(request);
        ASSERT_TRUE(upload.has_value()) << upload.error().message();
        const std::string text = "0123456789ab";
        Piece second{
            .number = 2, .offset = 6, .bytes = std::as_bytes(std::span(text).subspan(6)), .result = {}};
        (*upload)->put_many(std::span(&second, 1), {});
        ASSERT_TRUE(second.result.has_value());
        ASSERT_TRUE((*upload)->flush().has_value());
        request.id = (*upload)->id();
        upload = store_->open_upload(request);
        ASSERT_TRUE(upload.has_value()) << upload.error().message();
        Piece first{.number = 1, .offset = 0, .bytes = std::as_bytes(std::span(text).first(6)), .result = {}};
        (*upload)->put_many(std::span(&first, 1), {});
        EXPECT_FALSE(fs::exists(folder_ / name));
        auto object = (*upload)->finish({.size = 12, .crc32 = {}, .pieces = 2});
        ASSERT_TRUE(object.has_value()) << object.error().message();
        EXPECT_EQ(get(name), text);
        EXPECT_EQ(object->size, 12U);
        EXPECT_EQ(object->version, store_->stat({.name = name})->object.version);
    }
    EXPECT_EQ(hidden(), Names{});
}

}  // namespace
}  // namespace haul::store::local

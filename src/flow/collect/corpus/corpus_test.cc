#include "flow/collect/corpus/corpus.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/digest.h"
#include "base/test_folder.h"
#include "store/memory/memory_store.h"
#include "store/open_store.h"
#include "store/wrap/trace.h"

namespace haul::collect {
namespace {

void write(const std::string& path, const std::string& bytes) {
    const Status written = file::write_durably(AT_FDCWD, path, bytes, false);
    ASSERT_TRUE(written) << written.error().message();
}

std::string read(const std::string& path) { return file::read_whole(path, 1U << 30U).value_or("(none)"); }

// A corpus in a folder, and one in a service.
class CorpusTest : public ::testing::TestWithParam<bool> {
  protected:
    CorpusTest() {
        if (GetParam()) {
            address_ = store::parse_address(folder_.path()).value();
            store_ = store::open_store(address_, {}).value();
        } else {
            address_ = store::parse_address("s3://bucket/corpus").value();
            store_ = std::make_unique<store::memory::MemoryStore>(place_, 100);
        }
        store_ = std::make_unique<store::wrap::TraceStore>(std::move(store_), counters_);
        corpus_ = Corpus::open(address_, *store_, job_.path()).value();
    }
    test::Folder folder_, job_;
    std::shared_ptr<store::memory::Place> place_ = std::make_shared<store::memory::Place>();
    std::shared_ptr<store::wrap::Counters> counters_ = std::make_shared<store::wrap::Counters>();
    store::Address address_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Corpus> corpus_;
};

TEST_P(CorpusTest, APlacedFileIsThereAndItsTemporaryIsNot) {
    const std::string bytes = "sound";
    write(corpus_->incoming("k"), bytes);
    EXPECT_EQ(contents_of(corpus_->incoming("k"), {}).value().sha256, digest::sha256_hex(bytes));
    ASSERT_TRUE(corpus_->place("k", "audio/ab/abc.wav", {}));
    EXPECT_TRUE(corpus_->has("audio/ab/abc.wav").value());
    EXPECT_EQ(store::read_object(*store_, "audio/ab/abc.wav", 100).value(), bytes);
    EXPECT_EQ(read(corpus_->incoming("k")), "(none)");
    EXPECT_EQ(read(corpus_->at_hand("audio/ab/abc.wav", "k", {}).value()), bytes);
}

TEST_P(CorpusTest, LargeFilesGoInPieces) {
    std::string bytes(std::size_t{40} << 20U, 'x');
    bytes[3] = 'y';
    write(corpus_->incoming("k"), bytes);
    ASSERT_TRUE(corpus_->place("k", "audio/ab/abc.wav", {}));
    EXPECT_EQ(read(corpus_->at_hand("audio/ab/abc.wav", "again", {}).value()), bytes);
}

TEST_P(CorpusTest, WhatIsThereIsNotReplaced) {
    write(corpus_->incoming("k"), "first");
    ASSERT_TRUE(corpus_->place("k", "audio/ab/abc.wav", {}));
    write(corpus_->incoming("k"), "second");
    const Status again = corpus_->place("k", "audio/ab/abc.wav", {});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Code::exists);
    EXPECT_EQ(store::read_object(*store_, "audio/ab/abc.wav", 100).value(), "first");
    EXPECT_EQ(read(corpus_->incoming("k")), "second");
}

TEST_P(CorpusTest, SweepsWhatNobodyWants) {
    write(corpus_->incoming("old"), "12345");
    write(corpus_->incoming("wanted"), "1");
    const auto before = corpus_->temporaries().value();
    EXPECT_EQ(before.files, 2U);
    EXPECT_EQ(before.bytes, 6U);
    const auto swept = corpus_->sweep([](const std::string& key) { return Result<bool>(key == "wanted"); });
    ASSERT_TRUE(swept);
    EXPECT_EQ(swept->files, 1U);
    EXPECT_EQ(swept->bytes, 5U);
    EXPECT_EQ(read(corpus_->incoming("old")), "(none)");
    EXPECT_EQ(read(corpus_->incoming("wanted")), "1");
    EXPECT_EQ(corpus_->temporaries().value().files, 1U);
}

TEST_P(CorpusTest, SaysHowLongATemporaryIsLeftAlone) {
    write(corpus_->incoming("new"), "1");
    write(corpus_->incoming("old"), "1");
    const auto hour = std::chrono::hours(1);
    std::filesystem::last_write_time(corpus_->incoming("old"),
                                     std::filesystem::file_time_type::clock::now() - hour);
    EXPECT_GE(corpus_->temporaries().value().untouched, hour);
    EXPECT_LT(corpus_->temporaries().value().untouched, 2 * hour);
    EXPECT_GE(corpus_->temporaries().value().oldest, hour);  // of a birth behind its last change
}

TEST_P(CorpusTest, ATemporaryThatIsWrittenToGrowsOlder) {
    write(corpus_->incoming("k"), "1");
    struct ::statx status{};
    ASSERT_EQ(::statx(AT_FDCWD, corpus_->incoming("k").c_str(), 0, STATX_BTIME, &status), 0);
    ASSERT_TRUE((status.stx_mask & STATX_BTIME) != 0) << "this file system keeps no birth times";
    const auto later = std::chrono::seconds(status.stx_btime.tv_sec) + std::chrono::minutes(10);
    std::filesystem::last_write_time(corpus_->incoming("k"),
                                     std::chrono::file_clock::from_sys(std::chrono::sys_seconds(later)));
    const clock::Fixed fixed(std::chrono::hours(1), later);
    EXPECT_EQ(corpus_->temporaries().value().oldest, std::chrono::minutes(10));
    EXPECT_EQ(corpus_->temporaries().value().untouched, std::chrono::seconds(0));
}

TEST_P(CorpusTest, EachFolderIsListedOnceForTheFilesInIt) {
    const std::string folders = "abc";
    const auto id = [&](std::size_t n) { return fmt::format("a{}{:024}", folders[n % folders.size()], n); };
    constexpr std::size_t kFiles = 30;
    for (std::size_t n = 0; n < kFiles; n += 2) {
        write(corpus_->incoming("k"), std::to_string(n));
        const std::string name =
            fmt::format("audio/{}/{}.{}", id(n).substr(0, 2), id(n), n % 4 == 0 ? "mp3" : "wav");
        ASSERT_TRUE(corpus_->place("k", name, {}));
    }
    write(corpus_->incoming("k"), "no recording");
    ASSERT_TRUE(corpus_->place("k", "audio/aa/" + id(1).substr(0, 20) + ".wav", {}));
    const auto before = counters_->listings.load();
    for (std::size_t n = 0; n < kFiles; ++n) {
        const auto extension = corpus_->extension_of(id(n), {});
        ASSERT_TRUE(extension) << extension.error().message();
        const std::optional<std::string> wanted = n % 4 == 0 ? "mp3" : "wav";
        EXPECT_EQ(*extension, n % 2 == 0 ? wanted : std::nullopt) << n;
    }
    EXPECT_EQ(corpus_->extension_of("aa", {}).value(), std::nullopt);
    EXPECT_EQ(counters_->listings - before, folders.size());
}

TEST_P(CorpusTest, AbsentFilesAreFine) {
    EXPECT_TRUE(corpus_->drop("k"));
    EXPECT_TRUE(corpus_->remove("audio/ab/abc.wav"));
    EXPECT_FALSE(corpus_->has("audio/ab/abc.wav").value());
}

INSTANTIATE_TEST_SUITE_P(Folder, CorpusTest, ::testing::Values(true));
INSTANTIATE_TEST_SUITE_P(Service, CorpusTest, ::testing::Values(false));

}  // namespace
}  // namespace haul::collect

#include "flow/pack/meta_log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/random.h"

namespace haul::pack {
namespace {

class MetaLogTest : public testing::Test {
  protected:
    MetaLogTest() { std::filesystem::create_directories(folder_); }
    ~MetaLogTest() override { std::filesystem::remove_all(folder_); }
    static std::string text(const std::string& value) {
        store::Attributes attributes;
        attributes.content_type = value;
        return meta_text(attributes);
    }
    static std::string of(MetaLog::Reader& reader, std::size_t entry) {
        const auto meta = reader.of(entry);
        if (!meta) return meta.error().message();
        return meta->empty() ? "" : meta->at("content-type");
    }
    [[nodiscard]] bool has_files() const { return !std::filesystem::is_empty(folder_ + "/parts"); }
    const std::string folder_ = testing::TempDir() + "haul-meta-" + random::token_hex(8);
};

TEST_F(MetaLogTest, GivesBackWhatWasNotedOfFinishedEntries) {
    MetaLog log(folder_, 1);
    log.note(1, text("one"));
    log.note(4, text("four"));
    log.note(2, "");
    ASSERT_TRUE(log.append(1, 3));
    EXPECT_GT(log.waiting(), 0U);
    log.note(1, text("again"));  // read once more: what is kept stays
    ASSERT_TRUE(log.append(1, 5));
    EXPECT_EQ(log.waiting(), 0U);
    MetaLog::Reader reader(log);
    EXPECT_EQ(of(reader, 0), "");
    EXPECT_EQ(of(reader, 1), "one");
    EXPECT_EQ(of(reader, 2), "");
    EXPECT_EQ(of(reader, 4), "four");
    EXPECT_EQ(of(reader, 5), "");
    log.remove();
    EXPECT_FALSE(has_files());
}

TEST_F(MetaLogTest, ANewRevisionKeepsWhatLiesBeforeItsChange) {
    MetaLog log(folder_, 1);
    for (std::size_t entry = 0; entry < 6; ++entry) log.note(entry, text(std::to_string(entry)));
    ASSERT_TRUE(log.append(1, 4));
    log.forget_from(3);
    ASSERT_TRUE(log.append(2, 3));
    log.note(3, text("another"));
    ASSERT_TRUE(log.append(2, 6));
    MetaLog::Reader reader(log);
    EXPECT_EQ(of(reader, 2), "2");
    EXPECT_EQ(of(reader, 3), "another");
    EXPECT_EQ(of(reader, 4), "");
}

// The entry that is open was noted with its first stretch, which nobody reads again.
TEST_F(MetaLogTest, TheOpenEntryOutlivesAChangeBehindIt) {
    MetaLog log(folder_, 1);
    for (std::size_t entry = 0; entry < 6; ++entry) log.note(entry, text(std::to_string(entry)));
    log.forget_from(4);
    ASSERT_TRUE(log.append(2, 2));
    ASSERT_TRUE(log.append(2, 4));
    MetaLog::Reader reader(log);
    EXPECT_EQ(of(reader, 3), "3");
}

TEST_F(MetaLogTest, GoesOnWhereACheckpointSays) {
    std::uint64_t length = 0;
    {
        MetaLog log(folder_, 1);
        log.note(0, text("zero"));
        length = log.append(1, 1).value();
        log.note(1, text("lost"));
        ASSERT_TRUE(log.append(1, 2));
    }
    MetaLog log(folder_, 1);
    ASSERT_TRUE(log.load(1, length));
    log.note(1, text("one"));
    ASSERT_TRUE(log.append(1, 2));
    MetaLog::Reader reader(log);
    EXPECT_EQ(of(reader, 0), "zero");
    EXPECT_EQ(of(reader, 1), "one");
    EXPECT_EQ(MetaLog(folder_, 1).load(1, length - 1).error().code, Code::corrupt);
}

TEST_F(MetaLogTest, WithNothingToKeepThereIsNoFile) {
    MetaLog log(folder_, 1);
    EXPECT_EQ(log.append(1, 10).value(), 0U);
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/parts"));
}

}  // namespace
}  // namespace haul::pack

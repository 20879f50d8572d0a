#include "flow/unpack/batch.h"

#include <gtest/gtest.h>

#include "flow/unpack/work_harness.h"

namespace haul::unpack {
namespace {

TEST(CheckContents, AgainstCrcAndDigest) {
    struct Row {
        std::optional<std::uint32_t> crc32;
        std::string digest;
        bool fine;
    };
    for (const Row& row : {Row{std::nullopt, "", true}, Row{7, "", true}, Row{8, "", false},
                           Row{7, "d", true}, Row{7, "e", false}, Row{std::nullopt, "e", false}}) {
        Item item;
        item.path = "f";
        item.crc32 = row.crc32;
        item.digest = row.digest;
        const Status checked = check_contents(item, 7, "d");
        EXPECT_EQ(checked.has_value(), row.fine);
        if (!checked) {
            EXPECT_EQ(checked.error().code, Code::corrupt);
        }
    }
}

class BatchTest : public harness::UnpackTest {
  protected:
    static Item at(std::uint64_t begin, std::uint64_t size) {
        Item item;
        item.begin = begin;
        item.size = size;
        item.end = begin + size;
        return item;
    }
    Batch& batch() {
        if (!batch_) {
            own_.emplace(work(), 1);
            log_.emplace(work());
            batch_.emplace(work(), "a.zip", digest::Algorithm::none, *own_, *log_, 1);
        }
        return *batch_;
    }
    // All files of the archive, unpacked in one batch.
    void unpack(bool look = false) {
        const Scope all = scope();
        const auto index = all.indexes.get(archives_, 0, {}, {}).value();
        for (std::size_t i = 0; i < index->count(); ++i) batch().add(*index->item(i));
        const Status written = batch().write(0, look);
        ASSERT_TRUE(written) << written.error().message();
        EXPECT_TRUE(batch().empty());
    }
    // Failed items: "path reason", and what was done.
    std::string outcome() {
        std::string text;
        for (const ledger::Fact& fact : log_->take("t").facts) {
            const json::Value value = json::parse(*fact.value, "fact").value();
            text += fact.kind == kTotalFact
                        ? "done " + std::to_string(json::uint_at(value, "files", "fact").value())
                        : fact.key + " " + json::string_at(value, "reason", "fact").value() + ", ";
        }
        return text;
    }
    std::optional<OwnPaths> own_;
    std::optional<OutcomeLog> log_;
    std::optional<Batch> batch_;
};

TEST_F(BatchTest, TakesWhatLiesTogether) {
    constexpr std::uint64_t kMiB = 1U << 20U;
    EXPECT_TRUE(batch().takes(at(500 * kMiB, 8 * kMiB))) << "an empty one takes any";
    batch().add(at(100 * kMiB, kMiB));
    struct Row {
        std::uint64_t begin, size;
        bool takes;
    };
    for (const Row& row : {
             Row{101 * kMiB, kMiB, true},
             Row{102 * kMiB, kMiB, true},       // a gap of 1 MiB is read along
             Row{102 * kMiB + 1, kMiB, false},  // and no wider one
             Row{101 * kMiB - 1, kMiB, false},  // not in order
             Row{0, kMiB, false},
             Row{101 * kMiB, 8 * kMiB, true},
             Row{101 * kMiB, 32 * kMiB, false},
         }) {
        EXPECT_EQ(batch().takes(at(row.begin, row.size)), row.takes) << row.begin << " " << row.size;
    }
    Item packed = at(101 * kMiB, kMiB);
    packed.size = 40 * kMiB;
    EXPECT_FALSE(batch().takes(packed)) << "it is little in the archive, and much unpacked";
    EXPECT_EQ(batch().disk_size(), kMiB);
}

TEST_F(BatchTest, TakesSoManyAtMost) {
    batch().add(at(0, 1));
    for (std::uint64_t i = 1; i < 4096; ++i) {
        ASSERT_TRUE(batch().takes(at(i, 1))) << i;
        batch().add(at(i, 1));
    }
    EXPECT_FALSE(batch().takes(at(4096, 1)));
}

TEST_F(BatchTest, EachItemFailsAlone) {
    std::string zip = harness::zip_of({{"a", "good"}, {"b", "the contents"}, {"c", "mine"}, {"d", "same"}});
    zip.replace(zip.find("the contents"), 3, "THE");
    add_archive("a.zip", zip);
    put("c", "other");
    put("d", "same");
    unpack();
    EXPECT_EQ(outcome(), "b corrupt, c exists, done 2");
    EXPECT_EQ(content("a") + content("b") + content("c") + content("d"), "good(none)othersame");
    EXPECT_EQ(work().files_done, 2);
    EXPECT_EQ(work().bytes_done, 8);
}

TEST_F(BatchTest, LooksBeforeItWritesWhereFilesWereThere) {
    add_archive("a.zip", harness::zip_of({{"a", "1"}, {"b", "2"}}));
    unpack();
    EXPECT_FALSE(work().meets_existing) << "nothing was there";
    unpack();
    EXPECT_TRUE(work().meets_existing);
    const std::uint64_t writes = counters_->writes;
    unpack();
    EXPECT_EQ(counters_->writes, writes) << "nothing is written to find out that it is there";
    EXPECT_TRUE(work().meets_existing);
    EXPECT_EQ(outcome(), "done 6");
    for (const char* name : {"a", "b"}) ASSERT_TRUE(store::remove_object(destination_, name));
    unpack();
    EXPECT_FALSE(work().meets_existing) << "no longer";
    EXPECT_EQ(content("a") + content("b"), "12");
}

TEST_F(BatchTest, LooksBeforeItWritesWhenTold) {
    add_archive("a.zip", harness::zip_of({{"a", "1"}, {"b", "2"}}));
    put("a", "1");
    batch();  // its claim is written, too
    const std::uint64_t writes = counters_->writes;
    unpack(true);
    EXPECT_EQ(counters_->writes, writes + 1);
    EXPECT_EQ(outcome(), "done 2");
}

}  // namespace
}  // namespace haul::unpack

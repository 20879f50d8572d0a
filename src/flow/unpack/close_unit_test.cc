#include <gtest/gtest.h>

#include "flow/unpack/units.h"
#include "flow/unpack/work_harness.h"

namespace haul::unpack {
namespace {

constexpr auto kFolder = zip::Kind::folder;
constexpr auto kSymlink = zip::Kind::symlink;

class CloseTest : public harness::UnpackTest {
  protected:
    // What the unit came to: "path reason" of failed items, then its totals.
    std::string close() {
        lease_.key = "folders";
        engine::Context context = this->context();
        const auto outcome = handle_close(work(), context);
        if (!outcome) return outcome.error().message();
        std::string text;
        for (const ledger::Fact& fact : outcome->facts)
            text += fact.kind == kTotalFact     ? *fact.value
                    : fact.kind == kSkippedFact ? fact.key + " skipped, "
                                                : fact.key + " failed, ";
        return text;
    }
    std::string target(const std::string& name) {
        const auto found = store::find_object(destination_, name);
        return found && *found && (*found)->kind == store::Kind::symlink ? (*found)->target : "(none)";
    }
};

TEST_F(CloseTest, MakesSymlinksAndFolders) {
    add_archive("a.zip", harness::zip_of({{"e", {}, kFolder},
                                          {"e/inner", {}, kFolder},
                                          {"f", "a file is no matter of it"},
                                          {"in", "e/inner", kSymlink},
                                          {"out", "/etc", kSymlink}}));
    EXPECT_EQ(close(), R"({"files":0,"folders":2,"symlinks":2,"bytes":0})");
    EXPECT_EQ(target("in"), "e/inner");
    EXPECT_EQ(target("out"), "/etc");
    EXPECT_EQ(content("f"), "(none)");
    EXPECT_EQ(close(), R"({"files":0,"folders":2,"symlinks":2,"bytes":0})") << "equal symlinks are done";
}

TEST_F(CloseTest, RefusesWhatLeadsOutWhereAskedTo) {
    request_.symlinks_inside = true;
    add_archive("a.zip", harness::zip_of({{"a/in", "../b", kSymlink}, {"a/out", "../../b", kSymlink}}));
    EXPECT_EQ(close(), R"(a/out failed, {"files":0,"folders":0,"symlinks":1,"bytes":0})");
    EXPECT_EQ(target("a/in"), "../b");
    EXPECT_EQ(target("a/out"), "(none)");
}

TEST_F(CloseTest, TakesOnlyWhatIsWanted) {
    include_ = Glob::parse("e/").value();
    add_archive("a.zip", harness::zip_of({{"e", {}, kFolder}, {"g", {}, kFolder}, {"l", "e", kSymlink}}));
    EXPECT_EQ(close(), R"({"files":0,"folders":1,"symlinks":0,"bytes":0})");
}

TEST_F(CloseTest, WhatIsThereIsReplacedOnlyWhereAskedTo) {
    add_archive("a.zip", harness::zip_of({{"l", "new", kSymlink}, {"m", "new", kSymlink}}));
    put("l", "a file");
    store::Write write;
    write.name = "m";
    write.kind = store::Kind::symlink;
    write.bytes = std::as_bytes(std::span("old", 3));
    destination_.write_many({&write, 1}, {}, {});
    ASSERT_TRUE(write.result);
    EXPECT_EQ(close(), R"(l failed, m failed, {"files":0,"folders":0,"symlinks":0,"bytes":0})");
    EXPECT_EQ(target("m"), "old");
    request_.if_exists = IfExists::overwrite;
    EXPECT_EQ(close(), R"({"files":0,"folders":0,"symlinks":2,"bytes":0})");
    EXPECT_EQ(target("l") + target("m"), "newnew");
}

TEST_F(CloseTest, NewerSymlinksReplaceWhatIsOlder) {
    request_.if_exists = IfExists::newer;
    add_archive("a.zip", harness::zip_of({{"file", "new", kSymlink},
                                          {"folder", "new", kSymlink},
                                          {"later", "new", kSymlink},
                                          {"link", "new", kSymlink}}));
    const auto put_at = [this](const char* name, store::Kind kind, std::int64_t time) {
        store::Write write;
        write.name = name;
        write.kind = kind;
        if (kind == store::Kind::symlink) write.bytes = std::as_bytes(std::span("old", 3));
        write.attributes.mtime_ns = time;
        destination_.write_many({&write, 1}, {}, {});
        ASSERT_TRUE(write.result);
    };
    put_at("file", store::Kind::file, 1);
    put_at("folder", store::Kind::folder, 1);
    put_at("later", store::Kind::symlink, 1'600'000'000'000'000'000);  // as the member: not older
    put_at("link", store::Kind::symlink, 1);
    EXPECT_EQ(close(), R"(folder failed, later skipped, {"files":0,"folders":0,"symlinks":2,"bytes":0})");
    EXPECT_EQ(target("file") + target("link") + target("later"), "newnewold");
}

TEST_F(CloseTest, TheOwnFolderIsNobodysMember) {
    add_archive("a.zip",
                harness::zip_of({{".haul", {}, kFolder}, {".haul/l", "x", kSymlink}, {"e", {}, kFolder}}));
    EXPECT_EQ(close(), R"(.haul/l failed, .haul failed, {"files":0,"folders":1,"symlinks":0,"bytes":0})");
}

}  // namespace
}  // namespace haul::unpack

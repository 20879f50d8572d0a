#include "flow/unpack/placing.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "flow/unpack/work_harness.h"

namespace haul::unpack {
namespace {

TEST(LeadsOut, ByDepthAndWhatMayBeASymlink) {
    struct Row {
        const char* path;
        const char* target;
        bool out;
    };
    for (const Row& row : {
             Row{"link", "file", false},
             Row{"link", "folder/file", false},
             Row{"link", "./file", false},
             Row{"link", "/etc/passwd", true},
             Row{"link", "/", true},
             Row{"link", "..", true},
             Row{"link", "../file", true},
             Row{"a/link", "..", false},
             Row{"a/link", "../file", false},
             Row{"a/link", ".././/file", false},
             Row{"a/link", "../../file", true},
             Row{"a/b/link", "../../file", false},
             Row{"a/b/link", "../../../file", true},
             // What has the name may be a symlink to anywhere.
             Row{"a/b/link", "c/..", true},
             Row{"a/b/link", "../c/../d", true},
             Row{"link", "..file", false},
             Row{"link", "a/...", false},
         }) {
        EXPECT_EQ(leads_out(row.path, row.target), row.out) << row.path << " -> " << row.target;
    }
}

TEST(OwnFolder, IsTheOneAtTheTop) {
    for (const char* path : {".haul", ".haul/", ".haul/tmp/x"}) EXPECT_TRUE(in_own_folder(path)) << path;
    for (const char* path : {".haulage", "a/.haul", "a/.haul/x", ".", "haul", ".Haul/x"})
        EXPECT_FALSE(in_own_folder(path)) << path;
}

// What a local folder can do.
const store::Capabilities kFolder = [] {
    store::Capabilities can;
    can.keeps_modes = true;
    return can;
}();

Item item_at(const std::string& path) {
    Item item;
    item.path = path;
    return item;
}

TEST(PlacedName, CutsWhatIsTooLong) {
    const std::string longest(255, 'a'), longer(256, 'a'), other = longest + "b";
    Request request;
    for (const std::string& path : {longest, longer, "a/" + longer + "/b"})
        EXPECT_EQ(placed_name(request, kFolder, item_at(path)), path) << "without --rename-unfit";
    request.rename_unfit = true;
    for (const std::string& path : {std::string("a"), std::string("a/b/c"), longest, "a/" + longest})
        EXPECT_EQ(placed_name(request, kFolder, item_at(path)), path) << "it fits";
    const std::string cut = placed_name(request, kFolder, item_at(longer));
    EXPECT_EQ(cut.size(), 255);
    EXPECT_EQ(cut.substr(0, 238), std::string(238, 'a'));
    EXPECT_EQ(cut[238], '~');
    EXPECT_NE(cut, placed_name(request, kFolder, item_at(other))) << "the hash keeps them apart";
    EXPECT_EQ(placed_name(request, kFolder, item_at("x/" + longer)), "x/" + cut);
}

TEST(PlacedName, EscapesWhatIsNoNameThere) {
    store::Capabilities service;
    service.any_names = true;
    service.max_name = 100;
    Request plain, rename;
    rename.rename_unfit = true;
    const std::string longer(101, 'k');
    struct Row {
        std::string path, in_folder, at_service;
    };
    for (const Row& row : {
             Row{".", ".", "."},
             Row{"a//b", "%haul/a%2F%2Fb", "a//b"},
             Row{"/lead", "%haul/%2Flead", "/lead"},
             Row{"../x", "%haul/%2E%2E/x", "../x"},
             Row{"a/", "%haul/a%2F", "a/"},
             Row{"latin\xE9", "latin\xE9", "%haul/latin%E9"},
             Row{longer, longer, std::string(83, 'k') + "~" + digest::sha256_hex(longer).substr(0, 16)},
         }) {
        EXPECT_EQ(placed_name(plain, kFolder, item_at(row.path)), row.path);
        EXPECT_EQ(placed_name(plain, service, item_at(row.path)), row.path);
        EXPECT_EQ(placed_name(rename, kFolder, item_at(row.path)), row.in_folder);
        EXPECT_EQ(placed_name(rename, service, item_at(row.path)), row.at_service);
    }
}

TEST(Attributes, AreThoseThatTheDestinationKeeps) {
    Item item;
    item.mode = 0644;
    item.mtime_ns = 3;
    item.meta = {{"content-type", "text/plain"}, {"colour", "red"}};
    store::Capabilities service;
    service.keeps_metadata = true;
    const store::Attributes at_service = attributes_of({}, service, item);
    EXPECT_EQ(at_service.content_type, "text/plain");
    EXPECT_EQ(at_service.metadata, (std::map<std::string, std::string>{{"colour", "red"}}));
    EXPECT_FALSE(at_service.mode || at_service.mtime_ns);
    const store::Attributes in_folder = attributes_of({}, kFolder, item);
    EXPECT_EQ(in_folder.mode, 0644U);
    EXPECT_TRUE(in_folder.metadata.empty() && in_folder.content_type.empty());
}

TEST(Attributes, OwnersAndTheirBitsAreForTheOwnerOption) {
    Item item;
    item.mode = 06755;
    item.uid = 1;
    item.gid = 2;
    item.mtime_ns = 3;
    Request request;
    const store::Attributes usual = attributes_of(request, kFolder, item);
    EXPECT_EQ(usual.mode, 0755U);
    EXPECT_FALSE(usual.uid || usual.gid);
    EXPECT_EQ(usual.mtime_ns, 3);
    request.owner = true;
    const store::Attributes owned = attributes_of(request, kFolder, item);
    EXPECT_EQ(owned.mode, 06755U);
    EXPECT_EQ(owned.uid, 1U);
    EXPECT_EQ(owned.gid, 2U);
    EXPECT_FALSE(attributes_of(request, kFolder, {}).mode);
}

TEST(SomebodyElses, IsWhatOnlyAnOwnerMayDo) {
    Request request;
    struct Row {
        int os_error;
        bool is;
    };
    for (const Row& row : {Row{EPERM, true}, Row{EACCES, false}, Row{EROFS, false}, Row{ENOENT, false}}) {
        const Error error = os_error(row.os_error, "set mode of", "folder");
        EXPECT_EQ(is_somebody_elses(request, error), row.is) << row.os_error;
        EXPECT_EQ(is_somebody_elses(request, Error(error).within("write", "folder")), row.is);
    }
    request.owner = true;
    EXPECT_FALSE(is_somebody_elses(request, os_error(EPERM, "set owner of", "folder")));
}

class ExistingTest : public harness::UnpackTest {
  protected:
    static Item item() {
        Item item;
        item.path = "f";
        item.size = 3;
        item.crc32 = digest::crc32(0, std::as_bytes(std::span("new", 3)));
        item.mtime_ns = 100;
        return item;
    }
    // What is there, "" for nothing, and its time.
    void there(const std::string& bytes, std::int64_t mtime_ns) {
        if (bytes.empty()) return;
        store::Write write;
        write.name = "f";
        write.bytes = std::as_bytes(std::span(bytes));
        write.attributes.mtime_ns = mtime_ns;
        destination_.write_many({&write, 1}, {}, {});
        ASSERT_TRUE(write.result);
    }
};

struct Row {
    IfExists rule;
    const char* there;
    std::int64_t mtime_ns;
    bool own;  // an earlier run was about to put it there
    Decision looked;
};

class TheRule : public ExistingTest, public testing::WithParamInterface<Row> {};

TEST_P(TheRule, Decides) {
    const Row& row = GetParam();
    request_.if_exists = row.rule;
    there(row.there, row.mtime_ns);
    OwnPaths own(work(), 1);
    if (row.own) {
        ASSERT_TRUE(own.announce(0, {"f"}));
        ASSERT_TRUE(own.load());
    }
    const auto existing = look_before_writing(work(), own, item(), "f");
    ASSERT_TRUE(existing) << existing.error().message();
    EXPECT_EQ(existing->decision, row.looked) << existing->why;
    const bool explained = row.looked == Decision::skip || row.looked == Decision::fail;
    EXPECT_EQ(explained, !existing->why.empty() && row.looked != Decision::done) << existing->why;
    // A write that met it comes to the same, where the rule makes it create-only.
    const bool creates = row.rule == IfExists::same || row.rule == IfExists::fail;
    if (!creates || row.there[0] == '\0') return;
    EXPECT_EQ(after_collision(work(), own, item(), "f").value().decision, row.looked);
    EXPECT_EQ(before_writing(work(), own, item(), "f").value().decision, Decision::write);
}

INSTANTIATE_TEST_SUITE_P(All, TheRule,
                         testing::Values(Row{IfExists::same, "", 0, false, Decision::write},
                                         Row{IfExists::same, "new", 0, false, Decision::done},
                                         Row{IfExists::same, "old", 0, false, Decision::fail},
                                         Row{IfExists::same, "longer", 0, false, Decision::fail},
                                         Row{IfExists::fail, "", 0, false, Decision::write},
                                         Row{IfExists::fail, "new", 0, false, Decision::fail},
                                         Row{IfExists::fail, "new", 0, true, Decision::done},
                                         Row{IfExists::fail, "old", 0, true, Decision::fail},
                                         Row{IfExists::overwrite, "", 0, false, Decision::write},
                                         Row{IfExists::overwrite, "old", 0, false, Decision::write},
                                         Row{IfExists::overwrite, "new", 0, false, Decision::write},
                                         Row{IfExists::newer, "", 0, false, Decision::write},
                                         Row{IfExists::newer, "old", 99, false, Decision::write},
                                         Row{IfExists::newer, "old", 100, false, Decision::skip},
                                         Row{IfExists::newer, "new", 101, false, Decision::skip},
                                         Row{IfExists::newer, "new", 101, true, Decision::done}));

TEST_F(ExistingTest, OwnPathsAreKeptOnlyWhereTheRuleAsks) {
    for (const IfExists rule : {IfExists::same, IfExists::overwrite, IfExists::fail, IfExists::newer}) {
        request_.if_exists = rule;
        OwnPaths own(work(), 7);
        ASSERT_TRUE(own.announce(0, {"a", "folder/b"}));
        ASSERT_TRUE(own.announce(0, {"a", "folder/b"})) << "the same list of an earlier run";
        OwnPaths again(work(), 7), other(work(), 70);
        ASSERT_TRUE(again.load() && other.load());
        const bool asks = rule == IfExists::fail || rule == IfExists::newer;
        EXPECT_EQ(needs_own_paths(request_), asks);
        EXPECT_EQ(again.contains("folder/b"), asks);
        EXPECT_FALSE(again.contains("folder") || again.contains("c"));
        EXPECT_FALSE(other.contains("a")) << "of another unit";
    }
}

}  // namespace
}  // namespace haul::unpack

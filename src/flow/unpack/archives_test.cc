#include "flow/unpack/archives.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/test_folder.h"
#include "flow/unpack/work_harness.h"

namespace haul::unpack {
namespace {

class ArchivesTest : public testing::Test {
  protected:
    void put(const std::string& name, const std::string& bytes = harness::zip_of({{"f", "f"}})) {
        const std::filesystem::path path = folder_.path(name);
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << bytes;
    }
    Result<Archives> find(const std::string& name = ".") {
        return find_archives(store::parse_address(folder_.path(name)).value());
    }
    test::Folder folder_;
};

TEST_F(ArchivesTest, AFoldersZipsInOrder) {
    for (const char* name : {"b.zip", "a.ZIP", "sub/c.Zip", "notes.txt", "zip", ".zipped"}) put(name);
    std::filesystem::create_directory(folder_.path("d.zip"));
    const auto found = find();
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_FALSE(found->set);
    EXPECT_EQ(found->names, (std::vector<std::string>{"a.ZIP", "b.zip", "sub/c.Zip"}));
    EXPECT_EQ(found->identities.size(), 3);
}

TEST_F(ArchivesTest, OneZipOfAnyName) {
    for (const char* name : {"a.zip", "archive", "a.jar"}) {
        put(name);
        const auto found = find(name);
        ASSERT_TRUE(found) << found.error().message();
        EXPECT_EQ(found->names, std::vector<std::string>{name});
    }
}

TEST_F(ArchivesTest, AnIdentityIsOfNameAndContent) {
    put("a.zip", "one");
    const std::string first = find("a.zip").value().identities[0];
    EXPECT_EQ(find("a.zip").value().identities[0], first);
    put("b.zip", "one");
    EXPECT_NE(find("b.zip").value().identities[0], first);
    put("a.zip", "three");
    EXPECT_NE(find("a.zip").value().identities[0], first);
}

TEST_F(ArchivesTest, WhatIsNotThereIsToldWithARemedy) {
    put("folder/notes.txt");
    put("unfinished/part-00001.zip");
    put("unfinished/part-00001.jsonl.zst");
    put("begun/.haul/claim-000001.json");
    put("begun/a.zip");
    struct Row {
        const char* name;
        const char* why;
    };
    for (const Row& row :
         {Row{"none", "No such file"}, Row{"none.zip", "it does not exist"},
          Row{"folder", "no set and no ZIP is here"}, Row{"unfinished", "it is not complete"},
          Row{"begun", "it is not complete"}, Row{"folder/notes.txt/x", "it is a file"}}) {
        const auto found = find(row.name);
        ASSERT_FALSE(found) << row.name;
        EXPECT_EQ(found.error().code, Code::not_found) << row.name;
        EXPECT_NE(found.error().message().find(row.why), std::string::npos) << found.error().message();
        EXPECT_NE(found.error().remedy, "") << row.name;
    }
}

TEST_F(ArchivesTest, PartsAloneAreZipsLikeOthers) {
    put("part-00001.zip");
    put("part-00002.zip");
    EXPECT_EQ(find().value().names.size(), 2);
}

}  // namespace
}  // namespace haul::unpack

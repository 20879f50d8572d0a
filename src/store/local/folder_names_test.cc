#include "store/local/folder_names.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace haul::store::local {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> all_of(FolderNames& names) {
    std::vector<std::string> all;
    for (;;) {
        const auto key = names.next();
        EXPECT_TRUE(key.has_value());
        if (!key.has_value() || key->empty()) return all;
        all.emplace_back(*key);
    }
}

TEST(FolderNames, AreTheSameHoweverFewAreHeld) {
    std::string pattern = (fs::temp_directory_path() / "haul-names-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    std::vector<std::string> expected;
    for (int at = 0; at < 700; ++at) {
        std::string name =
            std::to_string(at * 7919 % 1000) + std::string(static_cast<std::size_t>(at % 200), '-');
        name += std::to_string(at);
        if (at % 5 == 0) {
            fs::create_directory(fs::path(pattern) / name);
            expected.push_back(name + "/");
        } else {
            ASSERT_EQ(::close(::creat((pattern + "/" + name).c_str(), 0644)), 0);
            expected.push_back(name);
        }
    }
    std::ranges::sort(expected);
    for (const std::size_t limit : {1U, 3U, 699U, 700U, 100'000U}) {
        const file::Fd folder(::open(pattern.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        const NamesRequest request{
            .folder = folder.get(), .subject = pattern, .limit = limit, .sort_folder = pattern};
        auto names = FolderNames::read(request);
        ASSERT_TRUE(names.has_value()) << names.error().message();
        EXPECT_EQ(names->held(), limit < 700 ? 0U : 700U);
        EXPECT_EQ(all_of(*names), expected) << limit;
    }
    fs::remove_all(pattern);
}

TEST(FolderNames, SayWhereTheyCouldNotSort) {
    const file::Fd folder(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const NamesRequest request{
        .folder = folder.get(), .subject = "/", .limit = 1, .sort_folder = "/nowhere/at/all"};
    const auto names = FolderNames::read(request);
    ASSERT_FALSE(names.has_value());
    EXPECT_EQ(names.error().subject, "/nowhere/at/all");
    EXPECT_NE(names.error().operation, "list");
    EXPECT_FALSE(names.error().remedy.empty());
}

}  // namespace
}  // namespace haul::store::local

#include <gtest/gtest.h>

#include "flow/unpack/units.h"
#include "flow/unpack/work_harness.h"

namespace haul::unpack {
namespace {

using harness::File;
constexpr auto kFolder = zip::Kind::folder;
constexpr auto kSymlink = zip::Kind::symlink;

struct Row {
    const char* name;
    std::vector<std::vector<File>> archives;
    const char* why;  // empty: nothing is wrong
};

class NameCheck : public harness::UnpackTest, public testing::WithParamInterface<Row> {};

TEST_P(NameCheck, RefusesBeforeAnythingIsWritten) {
    const Row& row = GetParam();
    for (std::size_t i = 0; i < row.archives.size(); ++i)
        add_archive(std::to_string(i) + ".zip", harness::zip_of(row.archives[i]));
    const Scope all = scope();
    const Status checked = check_names(all.request, all.archives, all.indexes, all.shutdown);
    if (*row.why == '\0') {
        EXPECT_TRUE(checked) << checked.error().message();
        return;
    }
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Code::corrupt);
    EXPECT_NE(checked.error().detail.find(row.why), std::string::npos) << checked.error().message();
    EXPECT_NE(checked.error().remedy, "");
}

INSTANTIATE_TEST_SUITE_P(
    All, NameCheck,
    testing::Values(
        Row{"apart", {{{"a", "1"}, {"b/c", "2"}}, {{"b/d", "3"}}}, ""},
        Row{"twice", {{{"a", "1"}}, {{"a", "1"}}}, "a: a member of this name was met before"},
        Row{"one_folder", {{{"b", {}, kFolder}, {"b/c", "2"}}, {{"b", {}, kFolder}}}, ""},
        Row{"file_and_folder", {{{"b", {}, kFolder}}, {{"b", "2"}}}, "b: a member of this name"},
        Row{"own_folder", {{{".haul/x", "1"}}}, ".haul/x: it would lie in .haul/"},
        Row{"a_name_like_it", {{{".haulage", "1"}, {"a/.haul", "2"}}}, ""},
        Row{"through_a_link", {{{"l", "/etc", kSymlink}}, {{"l/passwd", "1"}}}, "through a symlink"},
        Row{"link_comes_later", {{{"l/a/b", "1"}}, {{"l/a", "/etc", kSymlink}}}, "through a symlink"},
        Row{"beside_a_link", {{{"l", "/etc", kSymlink}, {"ll/x", "1"}, {"x/l", "2"}}}, ""}),
    [](const auto& row) { return row.param.name; });

TEST_F(NameCheck, EndsWhenStopped) {
    add_archive("a.zip", harness::zip_of({{"a", "1"}}));
    const Scope all = scope();
    engine::Shutdown shutdown(false);
    shutdown.request_drain();
    const Status checked = check_names(all.request, all.archives, all.indexes, shutdown);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Code::interrupted);
}

}  // namespace
}  // namespace haul::unpack

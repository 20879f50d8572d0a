#include "cli/exit_code.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace haul::cli {
namespace {

TEST(ExitCodes, AreWhatScriptsRelyOn) {
    const std::vector<std::pair<Code, int>> rows = {
        {Code::internal, 1},    {Code::usage, 2},         {Code::not_found, 4},   {Code::exists, 5},
        {Code::changed, 1},     {Code::corrupt, 5},       {Code::unsupported, 1}, {Code::denied, 6},
        {Code::unavailable, 6}, {Code::timed_out, 6},     {Code::no_space, 7},    {Code::busy, 8},
        {Code::fenced, 8},      {Code::interrupted, 130}, {Code::io, 1},
    };
    ASSERT_EQ(rows.size(), static_cast<std::size_t>(Code::io) + 1);
    for (const auto& [code, exit] : rows) EXPECT_EQ(exit_code_of(code), exit) << name_of(code);
}

TEST(ExitCodes, NoErrorLooksLikeSuccess) {
    for (int i = 0; i <= static_cast<int>(Code::io); ++i) {
        EXPECT_NE(exit_code_of(static_cast<Code>(i)), kProven);
        EXPECT_NE(exit_code_of(static_cast<Code>(i)), kIncomplete);
    }
}

}  // namespace
}  // namespace haul::cli

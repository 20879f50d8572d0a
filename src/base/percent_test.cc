#include "base/percent.h"

#include <gtest/gtest.h>

namespace haul::text {
namespace {

struct Case {
    std::string_view escaped;
    std::optional<std::string> decoded;
};

class Percent : public testing::TestWithParam<Case> {};

TEST_P(Percent, IsDecodedOrRefused) {
    EXPECT_EQ(percent_decoded(GetParam().escaped), GetParam().decoded) << GetParam().escaped;
}

INSTANTIATE_TEST_SUITE_P(All, Percent,
                         testing::Values(Case{"", ""}, Case{"plain+text", "plain+text"}, Case{"a%20b", "a b"},
                                         Case{"%25%2f%2F", "%//"}, Case{"%C3%a9", "\xC3\xA9"},
                                         Case{"%2520", "%20"}, Case{"%00", std::string(1, '\0')},
                                         Case{"%", std::nullopt}, Case{"a%2", std::nullopt},
                                         Case{"%zz", std::nullopt}, Case{"%2g", std::nullopt},
                                         Case{"%-1", std::nullopt}));

}  // namespace
}  // namespace haul::text

#include "base/percent.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

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

TEST(PercentEncoding, EscapesBytes) {
    struct Row {
        std::string text;
        bool keep_slash;
        std::string encoded;
    };
    for (const Row& row :
         std::vector<Row>{{"", false, ""},
                          {"aZ09-._~", false, "aZ09-._~"},
                          {"a/b c", false, "a%2Fb%20c"},
                          {"a/b c", true, "a/b%20c"},
                          {"+=(@)%*'", true, "%2B%3D%28%40%29%25%2A%27"},
                          {std::string("\0\x7f\xe1\x88\xb4", 5), false, "%00%7F%E1%88%B4"}}) {
        EXPECT_EQ(percent_encoded(row.text, row.keep_slash), row.encoded);
    }
}

}  // namespace
}  // namespace haul::text

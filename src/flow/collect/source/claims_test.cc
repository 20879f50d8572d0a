#include "flow/collect/source/claims.h"

#include <gtest/gtest.h>

namespace haul::collect {
namespace {

TEST(Claims, Languages) {
    const std::pair<const char*, const char*> cases[] = {
        {"de", "de"},   {"EN-us", "en"},      {"pt_BR", "pt"}, {"zh-Hans", "zh"}, {"", ""},
        {"deu", "deu"}, {"German", "German"}, {"d", "d"},      {"12", "12"}};
    for (const auto& [tag, language] : cases) EXPECT_EQ(claimed_language(tag), language);
}

TEST(Claims, ShortenedAtAWholeCharacter) {
    EXPECT_EQ(shortened("abc", 3), "abc");
    EXPECT_EQ(shortened("abcd", 3), "abc");
    EXPECT_EQ(shortened("ab\xc3\xa4", 3), "ab");
    EXPECT_EQ(shortened("\xf0\x9f\x98\x80", 3), "");
}

TEST(Claims, Durations) {
    const std::pair<const char*, std::optional<double>> cases[] = {{"5025", 5025.0},
                                                                   {"83:45", 5025.0},
                                                                   {"1:23:45", 5025.0},
                                                                   {"01:00", 60.0},
                                                                   {"12.5", 12.5},
                                                                   {"0", std::nullopt},
                                                                   {"", std::nullopt},
                                                                   {"-5", std::nullopt},
                                                                   {"1:2:3:4", std::nullopt},
                                                                   {"1:-2", std::nullopt},
                                                                   {"one", std::nullopt},
                                                                   {"1:", std::nullopt},
                                                                   {"1e99", std::nullopt},
                                                                   {"99999999999999", std::nullopt},
                                                                   {"nan", std::nullopt}};
    for (const auto& [text, seconds] : cases) EXPECT_EQ(claimed_duration(text), seconds) << text;
}

TEST(Claims, Dates) {
    const std::pair<const char*, const char*> cases[] = {
        {"Wed, 02 Oct 2002 15:00:00 +0200", "2002-10-02T13:00:00.000Z"},
        {"2003-12-13T18:30:02Z", "2003-12-13T18:30:02Z"},
        {"2003-12-13T18:30:02.25+01:00", "2003-12-13T18:30:02.25+01:00"},
        {"2003-12-13T18:30:02", ""},
        {"2003-12-13T18:30:02.Z", ""},
        {"yesterday", ""},
        {"", ""}};
    for (const auto& [text, date] : cases) EXPECT_EQ(claimed_date(text), date) << text;
}

}  // namespace
}  // namespace haul::collect

#include "http/date.h"

#include <gtest/gtest.h>

namespace haul::http {
namespace {

TEST(HttpDate, AllFormsAreRead) {
    const std::pair<const char*, const char*> cases[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37.000Z"},
        {"Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37.000Z"},
        {"Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37.000Z"},
        {"Wed, 02 Oct 2002 15:00:00 +0200", "2002-10-02T13:00:00.000Z"},
        {"02 Oct 2002 08:00:00 EST", "2002-10-02T13:00:00.000Z"},
    };
    for (const auto& [text, date] : cases) {
        const auto read = parse_date(text);
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(clock::utc_text(*read), date) << text;
    }
    for (const char* text : {"", "soon", "120", "Sun, 99 Nov 1994 08:49:37 GMT"})
        EXPECT_FALSE(parse_date(text)) << text;
    EXPECT_FALSE(parse_date(std::string(100'000, '1')));
    EXPECT_TRUE(parse_date("Sun, 06 Nov 9994 08:49:37 GMT"));
}

}  // namespace
}  // namespace haul::http

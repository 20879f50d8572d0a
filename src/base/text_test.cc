#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

using namespace std::string_literals;

namespace haul::text {
namespace {

struct Utf8Row {
    std::string bytes;
    bool valid;
    const char* why;
};
const Utf8Row kUtf8[] = {
    {"", true, "empty"},
    {"plain", true, "ASCII"},
    {"\0"s, true, "NUL is a character"},
    {"eight by\xC3\xA9", true, "behind a whole word of ASCII"},
    {"\xC2\x80", true, "U+0080, first of two bytes"},
    {"\xDF\xBF", true, "U+07FF, last of two"},
    {"\xE0\xA0\x80", true, "U+0800, first of three"},
    {"\xED\x9F\xBF", true, "U+D7FF, before the surrogates"},
    {"\xEE\x80\x80", true, "U+E000, behind the surrogates"},
    {"\xEF\xBF\xBF", true, "U+FFFF, last of three"},
    {"\xF0\x90\x80\x80", true, "U+10000, first of four"},
    {"\xF4\x8F\xBF\xBF", true, "U+10FFFF, the last"},
    {"\x80", false, "continuation alone"},
    {"\xBF", false, "continuation alone"},
    {"\xC0\x80", false, "overlong NUL"},
    {"\xC1\xBF", false, "overlong, two bytes"},
    {"\xE0\x80\x80", false, "overlong, three bytes"},
    {"\xE0\x9F\xBF", false, "overlong, three bytes, highest"},
    {"\xF0\x80\x80\x80", false, "overlong, four bytes"},
    {"\xF0\x8F\xBF\xBF", false, "overlong, four bytes, highest"},
    {"\xED\xA0\x80", false, "first surrogate"},
    {"\xED\xBF\xBF", false, "last surrogate"},
    {"\xF4\x90\x80\x80", false, "U+110000"},
    {"\xF5\x80\x80\x80", false, "lead byte beyond Unicode"},
    {"\xFF", false, "never a lead byte"},
    {"\xC3", false, "truncated, two bytes"},
    {"\xE2\x82", false, "truncated, three bytes"},
    {"\xF0\x9F\x98", false, "truncated, four bytes"},
    {"\xC3(", false, "ASCII instead of a continuation"},
    {"\xE2(\xAC", false, "ASCII in the middle"},
    {"12345678\xFF", false, "behind a whole word of ASCII"},
    {"1234\xFFpadpadpad", false, "within the first word"},
};

TEST(Text, Utf8IsTheOneOfRfc3629) {
    for (const Utf8Row& row : kUtf8) EXPECT_EQ(is_utf8(row.bytes), row.valid) << row.why;
}

TEST(Text, FirstCodePoint) {
    struct Row {
        std::string bytes;
        char32_t value;
        std::size_t length;
    };
    for (const Row& row : {Row{"", 0, 0}, Row{"a", 'a', 1}, Row{"éx", 0xE9, 2}, Row{"€", 0x20AC, 3},
                           Row{"😀", 0x1F600, 4}, Row{"\xFF", 0, 0}, Row{"\xC3", 0, 0}}) {
        const CodePoint c = first_code_point(row.bytes);
        EXPECT_EQ(c.value, row.value) << row.bytes;
        EXPECT_EQ(c.length, row.length) << row.bytes;
    }
}

TEST(Text, Ascii) {
    EXPECT_TRUE(is_ascii(""));
    EXPECT_TRUE(is_ascii("\x7F\x01"));
    for (std::size_t at = 0; at < 20; ++at) {
        std::string bytes(20, 'a');
        bytes[at] = '\x80';
        EXPECT_FALSE(is_ascii(bytes)) << at;
    }
}

TEST(Text, Printable) {
    const std::pair<std::string, std::string> rows[] = {
        {"", ""},
        {"plain é €", "plain é €"},
        {"a\nb\tc", "a\\nb\\tc"},
        {"\0"s, "\\x00"},
        {"\x1B[31m", "\\x1b[31m"},
        {"\r\x7F", "\\x0d\\x7f"},
        {"\xFF\xFE", "\\xff\\xfe"},
        {"\xC2\x9B", "\\xc2\\x9b"},  // C1 CSI: terminals act on it
        {"\xC2\xA0", "\xC2\xA0"},
        {"\xC3", "\\xc3"},
        {"caf\xE9 x", "caf\\xe9 x"},
        {"a\u202Etxt.exe", "a\\xe2\\x80\\xaetxt.exe"},  // would show the rest from right to left
        {"\u2028\u2066", "\\xe2\\x80\\xa8\\xe2\\x81\\xa6"},
        {"\u2027\u202F\u0639", "\u2027\u202F\u0639"},
    };
    for (const auto& [bytes, shown] : rows) EXPECT_EQ(printable(bytes), shown);
}

TEST(Text, Base64KnownTexts) {
    const std::pair<std::string, std::string> rows[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xFF\xFE\xFD", "//79"},
        {"\xFB\xF0", "+/A="},
    };
    for (const auto& [bytes, encoded] : rows) {
        EXPECT_EQ(base64(bytes), encoded);
        EXPECT_EQ(base64_decode(encoded), bytes);
    }
}

TEST(Text, Base64RefusesAnythingElse) {
    for (const std::string_view bad :
         {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Zm9v=", "Zm9v====", "Zg==Zg==", "Z=g=", "Zm9\n", " Zm9",
          "Zm-_", "Zh==", "Zm9=", "A===", "\xFFm9v"}) {
        EXPECT_EQ(base64_decode(bad), std::nullopt) << bad;
    }
}

TEST(Text, Hex) {
    const std::string bytes = "\x00\x0F\xA5\xFF"s;
    EXPECT_EQ(hex(std::as_bytes(std::span(bytes))), "000fa5ff");
    EXPECT_EQ(hex_decode("000fa5ff"), bytes);
    EXPECT_EQ(hex_decode("000FA5FF"), bytes);
    EXPECT_EQ(hex_decode(""), "");
    for (const std::string_view bad : {"0", "0g", "g0", "0x", " 0", "000", "-1"}) {
        EXPECT_EQ(hex_decode(bad), std::nullopt) << bad;
    }
}

TEST(Text, LowerAndTrimmed) {
    EXPECT_EQ(lower("aZ\xC3\x89[@"), "az\xC3\x89[@");
    EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
    EXPECT_EQ(trimmed(" \n"), "");
    EXPECT_EQ(trimmed(""), "");
}

TEST(Text, Base32) {  // RFC 4648, section 10
    const std::pair<std::string_view, std::string_view> cases[] = {{"", ""},
                                                                   {"f", "my"},
                                                                   {"fo", "mzxq"},
                                                                   {"foo", "mzxw6"},
                                                                   {"foob", "mzxw6yq"},
                                                                   {"fooba", "mzxw6ytb"},
                                                                   {"foobar", "mzxw6ytboi"}};
    for (const auto& [bytes, encoded] : cases) EXPECT_EQ(base32(bytes), encoded);
    EXPECT_EQ(base32("\xFF\xFF\xFF\xFF\xFF"), "77777777");
}

RC_GTEST_PROP(TextProperty, EncodingsComeBack, (const std::string& bytes)) {
    RC_ASSERT(base64_decode(base64(bytes)) == bytes);
    RC_ASSERT(hex_decode(hex(std::as_bytes(std::span(bytes)))) == bytes);
    RC_ASSERT(is_utf8(printable(bytes)));
}

TEST(Text, DisplayWidth) {
    const std::pair<std::string, std::size_t> rows[] = {
        {"", 0},  {"abc", 3}, {"é", 1},      {"e\xCC\x81", 1}, {"日本", 4}, {"😀", 2},
        {"ｱ", 1}, {"…", 1},   {"a\xFFz", 3}, {"\x01", 0},      {"한글", 4},
    };
    for (const auto& [utf8, width] : rows) EXPECT_EQ(display_width(utf8), width) << utf8;
}

TEST(Text, Elide) {
    struct Row {
        std::string text;
        std::size_t cells;
        std::string shown;
    };
    const Row rows[] = {
        {"", 0, ""},
        {"short", 5, "short"},
        {"short", 9, "short"},
        {"abcdefgh", 5, "ab…gh"},
        {"abcdefgh", 4, "ab…h"},
        {"abcdefgh", 2, "a…"},
        {"abcdefgh", 1, "…"},
        {"abcdefgh", 0, ""},
        {"日本語文字", 5, "日…字"},
        {"日本語文字", 4, "日…"},
        {"日本語文字", 2, "…"},
        {"abcde\xCC\x81x", 3, "a…x"},
    };
    for (const Row& row : rows)
        EXPECT_EQ(elide(row.text, row.cells), row.shown) << row.text << " in " << row.cells;
}

RC_GTEST_PROP(TextProperty, ElideAlwaysFits, (const std::string& bytes, std::uint8_t cells)) {
    RC_ASSERT(display_width(elide(bytes, cells)) <= cells);
}

}  // namespace
}  // namespace haul::text

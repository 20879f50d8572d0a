#include "format/line_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace haul::format {
namespace {

using namespace std::string_literals;

std::string text_of(std::string_view value) {
    std::string out;
    LineWriter line(out);
    line.text("v", value);
    line.close();
    return out;
}

TEST(LineWriter, EscapesWhatJsonAsksFor) {
    struct Case {
        std::string value, line;
    };
    const Case cases[] = {
        {"", R"({"v":""})"},
        {"plain name.jpg", R"({"v":"plain name.jpg"})"},
        {"a\"b\\c/d", R"({"v":"a\"b\\c/d"})"},
        {"a\nb\tc\rd\be\ff", R"({"v":"a\nb\tc\rd\be\ff"})"},
        {"\x01\x1f\x7f"s, "{\"v\":\"\\u0001\\u001f\x7f\"}"},
        {"nul\0!"s, "{\"v\":\"nul\\u0000!\"}"},
        {"\u00e9 \U0001F600", "{\"v\":\"\u00e9 \U0001F600\"}"},
        {"bad\xff\nend", "{\"v\":\"bad\uFFFD\\nend\"}"},
        {"cut\xF0\x9F\x98", "{\"v\":\"cut\uFFFD\uFFFD\uFFFD\"}"},
    };
    for (const Case& c : cases) EXPECT_EQ(text_of(c.value), c.line);
}

TEST(LineWriter, EveryByteReadsBackThroughAnotherParser) {
    std::string all;
    for (int c = 0; c < 0x80; ++c) all.push_back(static_cast<char>(c));
    EXPECT_EQ(nlohmann::json::parse(text_of(all))["v"], all);
}

TEST(LineWriter, PutsBytesThatAreNotTextIntoBase64) {
    std::string out;
    LineWriter line(out);
    line.bytes("path", "a\xff");
    line.bytes("target", "\u00e9\n");
    line.close();
    EXPECT_EQ(out, "{\"path_b64\":\"Yf8=\",\"target\":\"\u00e9\\n\"}");
}

TEST(LineWriter, WritesNumbersAtTheirLimits) {
    std::string out;
    LineWriter line(out);
    line.number("a", 0);
    line.number("b", UINT64_MAX);
    line.signed_number("c", INT64_MIN);
    line.checksum("d", 0x00abcdefU);
    line.flag("e", true);
    line.texts("f", {{"k\n", "v"}, {"x", "\""}});
    line.close();
    EXPECT_EQ(out, R"({"a":0,"b":18446744073709551615,"c":-9223372036854775808,"d":"00abcdef","e":true,)"
                   R"("f":{"k\n":"v","x":"\""}})");
}

}  // namespace
}  // namespace haul::format

#include "base/json.h"

#include <gtest/gtest.h>

#include <limits>

using namespace std::string_literals;

namespace haul::json {
namespace {

TEST(Json, TextsThatAreRefusedNameTheDocument) {
    const std::string deep = std::string(65, '[') + std::string(65, ']');
    for (const std::string& bad : {""s, " "s, "{"s, "}"s, "{\"a\":}"s, "{\"a\":1,}"s, "[1 2]"s, "nul"s, "01"s,
                                   "1e999"s, "'a'"s, "\"\xFF\""s, "\"\\ud800\""s, "{} x"s, "\"a\nb\""s,
                                   "{\"a\" 1}"s, deep, std::string(1'000'000, '[')}) {
        const auto value = parse(bad, "part list of part 3");
        ASSERT_FALSE(value) << bad.substr(0, 40);
        EXPECT_EQ(value.error().code, Code::corrupt);
        EXPECT_EQ(value.error().subject, "part list of part 3");
        EXPECT_FALSE(value.error().detail.empty());
        EXPECT_EQ(value.error().detail.find("json.exception"), std::string::npos) << value.error().detail;
    }
}

TEST(Json, DepthCountsOnlyRealBrackets) {
    EXPECT_TRUE(parse(std::string(64, '[') + std::string(64, ']'), "x"));
    EXPECT_TRUE(parse("\"" + std::string(1000, '[') + "\"", "x"));
    EXPECT_TRUE(parse("\"\\\"" + std::string(1000, '{') + "\"", "x"));
    EXPECT_TRUE(parse("[" + std::string("[],") + "[[]],[[]]]", "x"));
}

struct FieldRow {
    const char* text;  // of field "f", nullptr: absent
    bool string, uint, integer, boolean;
};
const FieldRow kFields[] = {
    {nullptr, false, false, false, false},
    {"null", false, false, false, false},
    {"\"x\"", true, false, false, false},
    {"\"\"", true, false, false, false},
    {"0", false, true, true, false},
    {"7", false, true, true, false},
    {"-7", false, false, true, false},
    {"9223372036854775807", false, true, true, false},
    {"9223372036854775808", false, true, false, false},
    {"18446744073709551615", false, true, false, false},
    {"18446744073709551616", false, false, false, false},
    {"-9223372036854775808", false, false, true, false},
    {"1.0", false, false, false, false},
    {"1e2", false, false, false, false},
    {"true", false, false, false, true},
    {"false", false, false, false, true},
    {"[]", false, false, false, false},
    {"{}", false, false, false, false},
};

TEST(Json, FieldsOfTheRightTypeOnly) {
    for (const FieldRow& row : kFields) {
        const std::string text =
            row.text == nullptr ? R"({"other":1})" : R"({"f":)" + std::string(row.text) + "}";
        const Value object = parse(text, "doc").value();
        EXPECT_EQ(string_at(object, "f", "doc").has_value(), row.string) << text;
        EXPECT_EQ(uint_at(object, "f", "doc").has_value(), row.uint) << text;
        EXPECT_EQ(int_at(object, "f", "doc").has_value(), row.integer) << text;
        EXPECT_EQ(bool_at(object, "f", "doc").has_value(), row.boolean) << text;

        const bool absent = row.text == nullptr || row.text == "null"s;
        const auto maybe_string = find_string(object, "f", "doc");
        const auto maybe_uint = find_uint(object, "f", "doc");
        const auto maybe_int = find_int(object, "f", "doc");
        EXPECT_EQ(maybe_string.has_value(), row.string || absent) << text;
        EXPECT_EQ(maybe_uint.has_value(), row.uint || absent) << text;
        EXPECT_EQ(maybe_int.has_value(), row.integer || absent) << text;
        if (absent) {
            EXPECT_EQ(*maybe_string, std::nullopt);
            EXPECT_EQ(*maybe_uint, std::nullopt);
            EXPECT_EQ(*maybe_int, std::nullopt);
        }
    }
}

TEST(Json, Values) {
    const Value object = parse(R"({"s":"é","u":18446744073709551615,"i":-5,"b":true})", "doc").value();
    EXPECT_EQ(string_at(object, "s", "doc").value(), "é");
    EXPECT_EQ(uint_at(object, "u", "doc").value(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(int_at(object, "i", "doc").value(), -5);
    EXPECT_TRUE(bool_at(object, "b", "doc").value());
    EXPECT_EQ(find_string(object, "s", "doc").value(), "é");
    EXPECT_EQ(find_uint(object, "u", "doc").value(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(find_int(object, "i", "doc").value(), -5);
    const Value made = {{"n", 5}};
    EXPECT_EQ(uint_at(made, "n", "doc").value(), 5U);
}

TEST(Json, ErrorsNameDocumentAndField) {
    const Value object = parse(R"({"size":"x"})", "doc").value();
    const auto wrong = uint_at(object, "size", "manifest of part 7");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().message(), "read manifest of part 7: field \"size\" is not a whole number");
    const auto missing = uint_at(object, "crc", "manifest of part 7");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().message(), "read manifest of part 7: field \"crc\" is missing");
    for (const std::string_view text : {"[]", "1", "null", "\"f\""}) {
        const auto value = parse(text, "doc").value();
        EXPECT_EQ(string_at(value, "f", "doc").error().detail, "not a JSON object") << text;
        EXPECT_EQ(find_uint(value, "f", "doc").error().code, Code::corrupt) << text;
    }
}

TEST(Json, DumpNeverThrows) {
    EXPECT_EQ(dump(Value{{"a", "\xFF"}}), "{\"a\":\"\xEF\xBF\xBD\"}");
    Ordered ordered;
    ordered["z"] = 1;
    ordered["a"] = "\xC3";
    EXPECT_EQ(dump(ordered), "{\"z\":1,\"a\":\"\xEF\xBF\xBD\"}");
    EXPECT_EQ(dump(Value{{"a", 1}}, 2), "{\n  \"a\": 1\n}");
}

TEST(Json, BytesComeBack) {
    for (const std::string& path :
         {""s, "plain"s, "é/日本"s, "caf\xE9"s, "\xFF\x00\xFE"s, "a\0b"s, "new\nline\x7F"s}) {
        Ordered object;
        put_bytes(object, "path", path);
        const Value again = parse(dump(object), "doc").value();
        EXPECT_EQ(find_bytes(again, "path", "doc").value(), path);
    }
    Ordered invalid;
    put_bytes(invalid, "target", "\xFF");
    EXPECT_EQ(dump(invalid), R"({"target_b64":"/w=="})");
}

TEST(Json, BytesThatAreRefused) {
    const auto read = [](std::string_view text) {
        return find_bytes(parse(text, "doc").value(), "path", "doc");
    };
    EXPECT_EQ(read("{}").value(), std::nullopt);
    for (const std::string_view bad : {R"({"path":1})", R"({"path_b64":1})", R"({"path_b64":"/w="})",
                                       R"({"path":"a","path_b64":"/w=="})", "[]"}) {
        ASSERT_FALSE(read(bad)) << bad;
        EXPECT_EQ(read(bad).error().code, Code::corrupt);
    }
}

}  // namespace
}  // namespace haul::json

#include "store/s3/credentials_text.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "store/s3/command_line.h"

namespace haul::store::s3 {
namespace {

TEST(CredentialsText, ReadsTimes) {
    struct Row {
        std::string text;
        std::optional<long> seconds;
    };
    for (const Row& row : std::vector<Row>{{"2013-05-24T00:00:00Z", 1369353600},
                                           {"2013-05-24T00:00:00.123Z", 1369353600},
                                           {"2013-05-24T02:00:00+02:00", 1369353600},
                                           {"2013-05-23T19:00:00-0500", 1369353600},
                                           {"2013-05-24T00:00:00", 1369353600},
                                           {"2013-02-30T00:00:00Z", std::nullopt},
                                           {"2013-05-24T24:00:00Z", std::nullopt},
                                           {"2013-05-24 00:00:00Z", std::nullopt},
                                           {"2013-05-24T00:00:00Zx", std::nullopt},
                                           {"tomorrow", std::nullopt},
                                           {"", std::nullopt}}) {
        const auto time = time_from(row.text);
        ASSERT_EQ(time.has_value(), row.seconds.has_value()) << row.text;
        if (!time) continue;
        EXPECT_EQ(std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count(),
                  *row.seconds)
            << row.text;
    }
}

TEST(CredentialsText, ReadsJsonAndRepeatsNoneOfIt) {
    const auto good = credentials_from(
        R"({"AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2013-05-24T00:00:00Z","More":1})",
        "Token", "it");
    ASSERT_TRUE(good.has_value()) << good.error().message();
    EXPECT_EQ(good->access_key + good->secret_key + good->session_token, "AST");
    EXPECT_TRUE(good->expires.has_value());
    const auto bare = credentials_from(R"({"AccessKeyId":"A","SecretAccessKey":"S"})", "Token", "it");
    ASSERT_TRUE(bare.has_value());
    EXPECT_FALSE(bare->expires.has_value());
    for (const std::string text : {"", "hunter2", "[]", R"({"AccessKeyId":"hunter2"})",
                                   R"({"AccessKeyId":"A","SecretAccessKey":["hunter2"]})",
                                   R"({"AccessKeyId":"A","SecretAccessKey":"hunter2","Expiration":"soon"})",
                                   R"({"AccessKeyId":"A","SecretAccessKey":"hunter2","Token":7})"}) {
        const auto bad = credentials_from(text, "Token", "it");
        ASSERT_FALSE(bad.has_value()) << text;
        EXPECT_EQ(bad.error().code, Code::corrupt);
        EXPECT_FALSE(bad.error().message().contains("hunter2")) << bad.error().message();
    }
}

TEST(CommandLine, IsSplitAsAShellDoes) {
    struct Row {
        std::string line;
        std::optional<std::vector<std::string>> words;
    };
    for (const Row& row : std::vector<Row>{
             {"/bin/x --a b", {{"/bin/x", "--a", "b"}}},
             {"  x\t y  ", {{"x", "y"}}},
             {R"("/a b/x" 'c "d"' e\ f)", {{"/a b/x", "c \"d\"", "e f"}}},
             {R"("a\"b\\c\d" '\\')", {{R"(a"b\c\d)", R"(\\)"}}},
             {R"(a"b"'c' "" '')", {{"abc", "", ""}}},
             {"x $HOME *", {{"x", "$HOME", "*"}}},
             {"", {std::vector<std::string>{}}},
             {"x 'y", std::nullopt},
             {"x \"y", std::nullopt},
         }) {
        EXPECT_EQ(split_command(row.line), row.words) << row.line;
    }
}

}  // namespace
}  // namespace haul::store::s3

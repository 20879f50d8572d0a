#include "store/s3/profile.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store/s3/ini.h"
#include "store/s3/test_environment.h"

namespace haul::store::s3 {
namespace {

TEST(Ini, ReadsKeysCommentsAndNesting) {
    const auto sections = parse_ini(
        "\xEF\xBB\xBF# first\r\n[ default ] ; why\r\nRegion = eu-west-1 # Ireland\r\n; more\r\n\r\n"
        "key=a=b#c\nempty =\ns3 =\n  addressing_style = path ; x\n\tMax_Queue = 7\nlong = a\n  b\n"
        "[profile x]\nregion = 1\n[profile x]\nregion = 2\n",
        "f");
    ASSERT_TRUE(sections.has_value()) << sections.error().message();
    const Sections expected = {{"default",
                                {{"region", "eu-west-1"},
                                 {"key", "a=b#c"},
                                 {"empty", ""},
                                 {"s3", ""},
                                 {"s3.addressing_style", "path"},
                                 {"s3.max_queue", "7"},
                                 {"long", "a\nb"}}},
                               {"profile x", {{"region", "2"}}}};
    EXPECT_EQ(*sections, expected);
}

TEST(Ini, NamesFileAndLineOfWhatIsWrongAndNotItsText) {
    struct Row {
        std::string text, line;
    };
    for (const Row& row : std::vector<Row>{{"[a]\nhunter2\n", "line 2"},
                                           {"\n\n[hunter2\n", "line 3"},
                                           {"hunter2 = x\n", "line 1"},
                                           {"[a]\n= hunter2", "line 2"},
                                           {"[a]\n  hunter2 = 1", "line 2"},
                                           {"[a]\ns3 =\n  hunter2", "line 3"}}) {
        const auto sections = parse_ini(row.text, "/the/file");
        ASSERT_FALSE(sections.has_value()) << row.text;
        EXPECT_EQ(sections.error().code, Code::usage);
        EXPECT_TRUE(sections.error().message().contains("/the/file: " + row.line))
            << sections.error().message();
        EXPECT_FALSE(sections.error().message().contains("hunter2"));
    }
}

TEST(ReadProfile, MergesBothFiles) {
    test::Environment environment;
    environment.file(
        ".aws/config",
        "[default]\nregion = old\n[profile default]\nregion = r\nfrom = config\n[profile \"a b\"]\nx = 1\n"
        "[other]\nx = 1\n[services s]\ns3 =\n  endpoint_url = u\n[sso-session q]\nx = 1\n");
    environment.file(".aws/credentials", "[default]\nfrom = credentials\n[only]\ny = 2\n");
    const auto profile = read_profile();
    ASSERT_TRUE(profile.has_value()) << profile.error().message();
    EXPECT_EQ(profile->name, "default");
    EXPECT_FALSE(profile->named);
    EXPECT_EQ(profile->value("default", "region"), "r");
    EXPECT_EQ(profile->value("default", "from"), "credentials");
    EXPECT_EQ(profile->value("a b", "x"), "1");
    EXPECT_EQ(profile->value("only", "y"), "2");
    EXPECT_EQ(profile->value("other", "x"), std::nullopt);
    EXPECT_TRUE(profile->has("only") && !profile->has("other") && !profile->has("q"));
    EXPECT_EQ(profile->services.at("s").at("s3.endpoint_url"), "u");
}

TEST(ReadProfile, TakesFilesAndNameFromTheEnvironment) {
    test::Environment environment;
    const auto nothing = read_profile();
    ASSERT_TRUE(nothing.has_value());
    EXPECT_TRUE(nothing->config.empty() && nothing->credentials.empty());
    environment.set("AWS_CONFIG_FILE", environment.file("c", "[profile p]\nregion = c\n"));
    environment.set("AWS_SHARED_CREDENTIALS_FILE", "~/s");
    environment.file("s", "[q]\nregion = s\n");
    environment.set("AWS_DEFAULT_PROFILE", "p");
    EXPECT_EQ(read_profile()->value("p", "region"), "c");
    environment.set("AWS_PROFILE", "q");
    const auto profile = read_profile();
    ASSERT_TRUE(profile.has_value()) << profile.error().message();
    EXPECT_EQ(profile->name, "q");
    EXPECT_TRUE(profile->named);
    EXPECT_EQ(profile->value("q", "region"), "s");
    environment.set("AWS_PROFILE", "r");
    const auto missing = read_profile();
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, Code::usage);
    environment.set("AWS_CONFIG_FILE", "/dev/null");
    environment.set("AWS_PROFILE", "q");
    EXPECT_TRUE(read_profile().has_value());
}

}  // namespace
}  // namespace haul::store::s3

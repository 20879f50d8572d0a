#include "store/s3/settings.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "store/s3/test_environment.h"

namespace haul::store::s3 {
namespace {

using Variables = std::map<std::string, std::string>;

Result<Settings> settings_in(const Variables& variables, const std::string& config,
                             const std::string& address) {
    test::Environment environment;
    for (const auto& [name, value] : variables) environment.set(name, value);
    if (!config.empty()) environment.file(".aws/config", config);
    const Profile profile = TRY(read_profile());
    return settings_of(TRY(parse_address(address)), profile);
}

struct Row {
    Variables variables;
    std::string config, address, region, url;
};

std::vector<Row> rows_of_sources() {
    const std::string plain = "[default]\nregion = eu-west-1\n";
    const std::string services =
        "[default]\nservices = mine\nendpoint_url = https://all\n[services mine]\n"
        "s3 =\n  endpoint_url = https://just-s3:9000/\nec2 =\n  endpoint_url = https://ec2\n";
    return {
        {{}, "", "s3://b/x", "us-east-1", "https://b.s3.us-east-1.amazonaws.com"},
        {{}, "", "s3://b.c/x", "us-east-1", "https://s3.us-east-1.amazonaws.com/b.c"},
        {{}, "", "s3://B_c/x", "us-east-1", "https://s3.us-east-1.amazonaws.com/B_c"},
        {{}, plain, "s3://b", "eu-west-1", "https://b.s3.eu-west-1.amazonaws.com"},
        {{{"AWS_DEFAULT_REGION", "cn-north-1"}},
         plain,
         "s3://b",
         "cn-north-1",
         "https://b.s3.cn-north-1.amazonaws.com.cn"},
        {{{"AWS_DEFAULT_REGION", "x"}, {"AWS_REGION", "y"}},
         plain,
         "s3://b",
         "y",
         "https://b.s3.y.amazonaws.com"},
        {{{"AWS_REGION", "y"}}, plain, "s3://b?region=z", "z", "https://b.s3.z.amazonaws.com"},
        {{}, services, "s3://b", "us-east-1", "https://just-s3:9000/b"},
        {{}, "[default]\nendpoint_url = https://all\n", "s3://b", "us-east-1", "https://all/b"},
        {{},
         "[default]\nendpoint_url = https://all\ns3 =\n addressing_style = virtual\n",
         "s3://b",
         "us-east-1",
         "https://b.all"},
        {{},
         "[default]\ns3 =\n addressing_style = path\n",
         "s3://b",
         "us-east-1",
         "https://s3.us-east-1.amazonaws.com/b"},
        {{}, services, "s3://b?path-style=false", "us-east-1", "https://b.just-s3:9000"},
        {{{"AWS_ENDPOINT_URL", "http://one"}}, services, "s3://b", "us-east-1", "http://one/b"},
        {{{"AWS_ENDPOINT_URL", "http://one"}, {"AWS_ENDPOINT_URL_S3", "http://TWO/"}},
         services,
         "s3://b",
         "us-east-1",
         "http://two/b"},
        {{{"AWS_ENDPOINT_URL", "http://one"}},
         services,
         "s3://b?endpoint=http://three:1",
         "us-east-1",
         "http://three:1/b"},
        {{{"AWS_ENDPOINT_URL", "http://one"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}},
         services,
         "s3://b",
         "us-east-1",
         "https://b.s3.us-east-1.amazonaws.com"},
        {{{"AWS_PROFILE", "p"}},
         plain + "[profile p]\nregion = p-1",
         "s3://b",
         "p-1",
         "https://b.s3.p-1.amazonaws.com"},
    };
}

TEST(Settings, FirstFoundWins) {
    for (const Row& row : rows_of_sources()) {
        const auto settings = settings_in(row.variables, row.config, row.address);
        ASSERT_TRUE(settings.has_value()) << row.url << ": " << settings.error().message();
        EXPECT_EQ(settings->region, row.region) << row.url;
        EXPECT_EQ(bucket_url(*settings), row.url);
    }
}

TEST(Settings, SayBucketPrefixAndCertificates) {
    const auto settings = settings_in({}, "[default]\nca_bundle = ~/x.pem\n", "s3://b/a/c/");
    ASSERT_TRUE(settings.has_value());
    EXPECT_EQ(settings->bucket, "b");
    EXPECT_EQ(settings->prefix, "a/c/");
    EXPECT_TRUE(settings->ca_file.ends_with("/x.pem") && settings->ca_file.starts_with("/"))
        << settings->ca_file;
    const auto others =
        settings_in({{"AWS_CA_BUNDLE", "/y.pem"}}, "[default]\nca_bundle = /x.pem\n", "s3://b");
    ASSERT_TRUE(others.has_value());
    EXPECT_EQ(others->ca_file, "/y.pem");
    EXPECT_EQ(others->prefix, "");
}

TEST(Settings, RefuseWhatMakesNoSense) {
    const std::vector<Row> rows = {
        {{{"AWS_ENDPOINT_URL", "one"}}, "", "s3://b", "", "AWS_ENDPOINT_URL"},
        {{{"AWS_ENDPOINT_URL_S3", "https://user:hunter2@one"}}, "", "s3://b", "", "AWS_ENDPOINT_URL_S3"},
        {{{"AWS_REGION", "a.evil.com/"}}, "", "s3://b", "", "region"},
        {{}, "[default]\ns3 =\n  addressing_style = round\n", "s3://b", "", "round"},
        {{}, "[default]\nendpoint_url = ftp://x\n", "s3://b", "", "config [default]"},
        {{}, "", "s3://b c/x", "", "bucket"},
        {{}, "", "s3://arn:aws:s3:eu-west-1:1:accesspoint/x", "", "ARN"},
        {{{"AWS_PROFILE", "nowhere"}}, "[default]\n", "s3://b", "", "nowhere"},
    };
    for (const Row& row : rows) {
        const auto settings = settings_in(row.variables, row.config, row.address);
        ASSERT_FALSE(settings.has_value()) << row.url;
        EXPECT_EQ(settings.error().code, Code::usage);
        EXPECT_FALSE(settings.error().remedy.empty()) << row.url;
        EXPECT_TRUE(settings.error().message().contains(row.url)) << settings.error().message();
        EXPECT_FALSE(settings.error().message().contains("hunter2"));
    }
}

}  // namespace
}  // namespace haul::store::s3

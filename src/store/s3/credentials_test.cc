#include "store/s3/credentials.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "http/client.h"
#include "store/s3/test_environment.h"

namespace haul::store::s3 {
namespace {

struct Row {
    std::map<std::string, std::string> variables;
    std::string config, credentials;
    std::string expected;  // "access secret token", or a part of the error
};

Result<Credentials> found(const Row& row) {
    test::Environment environment;
    for (const auto& [name, value] : row.variables) environment.set(name, value);
    if (!row.config.empty()) environment.file(".aws/config", row.config);
    if (!row.credentials.empty()) environment.file(".aws/credentials", row.credentials);
    http::Client client;
    const Profile profile = TRY(read_profile());
    const auto source = TRY(find_credentials(profile, "us-east-1", client));
    return source->get();
}

std::string keys(const std::string& letter) {
    return "aws_access_key_id = A" + letter + "\naws_secret_access_key = S" + letter + "\n";
}

constexpr const char* kProgram =
    R"(credential_process = sh -c 'echo "{\"Version\": 1, \"AccessKeyId\": \"AP\", \"SecretAccessKey\": \"$0\"}"' "S P")";

TEST(FindCredentials, TakesTheFirstThatIsThere) {
    const std::map<std::string, std::string> environment = {{"AWS_ACCESS_KEY_ID", "AE"},
                                                            {"AWS_SECRET_ACCESS_KEY", "SE"}};
    auto with_token = environment;
    with_token["AWS_SESSION_TOKEN"] = "TE";
    const std::string in_config = "[default]\n" + keys("C"), in_credentials = "[default]\n" + keys("F");
    const std::vector<Row> rows = {
        {environment, in_config, in_credentials, "AE SE "},
        {with_token, in_config, in_credentials, "AE SE TE"},
        {{}, in_config, in_credentials, "AF SF "},
        {{}, in_config, "", "AC SC "},
        {{}, "[default]\naws_session_token = TC\n", in_credentials, "AF SF "},
        {{}, "", in_credentials + "aws_session_token = TF\n", "AF SF TF"},
        {{{"AWS_PROFILE", "p"}}, "[profile p]\n" + keys("P"), in_credentials, "AP SP "},
        {{}, std::string("[default]\n") + kProgram, "", "AP S P "},
        {{}, std::string("[default]\n") + kProgram, in_credentials, "AF SF "},
    };
    for (const Row& row : rows) {
        const auto credentials = found(row);
        ASSERT_TRUE(credentials.has_value()) << row.expected << ": " << credentials.error().message();
        EXPECT_EQ(credentials->access_key + " " + credentials->secret_key + " " + credentials->session_token,
                  row.expected);
    }
}

TEST(FindCredentials, SaysWhatIsWrongAndNoSecret) {
    const std::string arn = "role_arn = arn:aws:iam::1:role/r\n";
    const std::vector<Row> rows = {
        {{}, "", "", "AWS_ACCESS_KEY_ID"},
        {{}, "", "", ".aws/credentials"},
        {{}, "", "", "[default]"},
        {{}, "", "", "AWS_EC2_METADATA_DISABLED"},
        {{{"AWS_ACCESS_KEY_ID", "hunter2"}}, "", "", "only one of"},
        {{{"AWS_WEB_IDENTITY_TOKEN_FILE", "/hunter2"}}, "", "", "AWS_ROLE_ARN"},
        {{}, "", "[default]\naws_secret_access_key = hunter2\n", "only one of"},
        {{}, "[default]\nsso_session = hunter2\n", "", "single sign-on"},
        {{}, "[default]\nsso_start_url = hunter2\n", "", "single sign-on"},
        {{}, "[default]\n" + arn, "", "neither source_profile"},
        {{},
         "[default]\nsource_profile = x\ncredential_source = Environment\n" + arn,
         "",
         "source_profile and"},
        {{}, "[default]\nsource_profile = gone\n" + arn, "", "gone"},
        {{},
         "[default]\nsource_profile = b\n" + arn + "[profile b]\nsource_profile = default\n" + arn,
         "",
         "leads back"},
        {{}, "[default]\nsource_profile = default\n" + arn, "", "leads back"},
        {{}, "[default]\nsource_profile = b\n" + arn + "[profile b]\nregion = x\n", "", "has no credentials"},
        {{}, "[default]\ncredential_source = Moon\n" + arn, "", "Moon"},
        {{}, "[default]\ncredential_source = Environment\n" + arn, "", "Environment"},
        {{}, "[default]\nmfa_serial = hunter2\ncredential_source = Environment\n" + arn, "", "mfa_serial"},
        {{}, "[default]\ncredential_process = 'hunter2\n", "", "quote"},
        {{},
         "[default]\ncredential_process = sh -c 'echo hunter2; echo hunter2 >&2; exit 3'\n",
         "",
         "ended with 3"},
        {{}, "[default]\ncredential_process = echo hunter2\n", "", "Version 1"},
        {{},
         "[default]\ncredential_process = echo '{\"Version\": 2, \"SecretAccessKey\": \"hunter2\"}'\n",
         "",
         "Version 1"},
        {{}, "[default]\ncredential_process = /nowhere/program hunter2\n", "", "/nowhere/program"},
        {{{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "hunter2"}}, "", "", "begin with"},
    };
    for (const Row& row : rows) {
        const auto credentials = found(row);
        ASSERT_FALSE(credentials.has_value()) << row.expected;
        EXPECT_FALSE(credentials.error().remedy.empty()) << row.expected;
        EXPECT_TRUE(credentials.error().message().contains(row.expected)) << credentials.error().message();
        EXPECT_FALSE((credentials.error().message() + credentials.error().remedy).contains("hunter2"))
            << credentials.error().message();
    }
}

TEST(FindCredentials, SendsContainerTokensToTrustedHostsOnly) {
    for (const std::string url :
         {"http://example.com/x", "http://127.0.0.1@example.com/", "http://localhost.example.com/",
          "http://127.0.0.1.example.com/", "ftp://localhost/", "http://169.254.170.3/",
          "http://localhost\\@example.com/", "https://a@b/", "http://[::2]/"}) {
        const auto credentials = found({{{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}}, "", "", ""});
        ASSERT_FALSE(credentials.has_value()) << url;
        EXPECT_EQ(credentials.error().code, Code::usage) << url;
    }
}

TEST(FindCredentials, ReadsTheFilesAgainAfterARefusal) {
    test::Environment environment;
    environment.file(".aws/credentials", "[default]\n" + keys("1"));
    http::Client client;
    const auto source = find_credentials(*read_profile(), "us-east-1", client);
    ASSERT_TRUE(source.has_value());
    const auto first = (*source)->get();
    ASSERT_TRUE(first.has_value());
    environment.file(".aws/credentials", "[default]\n" + keys("2"));
    EXPECT_EQ((*source)->get()->access_key, "A1");
    (*source)->refuse(*first);
    EXPECT_EQ((*source)->get()->access_key, "A2");
}

}  // namespace
}  // namespace haul::store::s3

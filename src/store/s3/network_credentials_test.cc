// Sources that ask over the network, against a server of the test's own.
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "http/client.h"
#include "http/scripted_server.h"
#include "store/s3/credentials.h"
#include "store/s3/test_environment.h"

namespace haul::store::s3 {
namespace {

// Answers by "METHOD /target", and keeps what it was asked.
class Service {
  public:
    using Answers = std::map<std::string, std::string>;  // whole replies
    explicit Service(Answers answers)
        : answers_(std::move(answers)),
          server_([this](const http::Seen& seen, http::Line& line) { answer(seen, line); }) {}
    [[nodiscard]] std::string url(const std::string& path = "") const { return server_.url(path); }
    [[nodiscard]] std::vector<http::Seen> seen() {
        const std::scoped_lock lock(mutex_);
        return seen_;
    }

  private:
    void answer(const http::Seen& seen, http::Line& line) {
        const std::scoped_lock lock(mutex_);
        seen_.push_back(seen);
        const auto found = answers_.find(seen.method + " " + seen.target);
        line.send(found == answers_.end() ? http::reply(404, "hunter2") : found->second);
    }

    std::mutex mutex_;
    std::vector<http::Seen> seen_;
    Answers answers_;
    http::ScriptedServer server_;
};

std::string value(const http::Seen& seen, const std::string& name) {
    const auto found = seen.headers.find(name);
    return found == seen.headers.end() ? "" : found->second;
}

Result<Credentials> found() {
    http::Client client;
    const Profile profile = TRY(read_profile());
    return TRY(find_credentials(profile, "eu-west-1", client))->get();
}

std::string text(const Result<Credentials>& credentials) {
    if (!credentials) return credentials.error().message();
    return credentials->access_key + " " + credentials->secret_key + " " + credentials->session_token +
           (credentials->expires ? " ends" : "");
}

const std::string kJson = http::reply(
    200,
    R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2099-01-01T00:00:00Z"})");

std::string sts(const std::string& action, const std::string& letter) {
    return http::reply(
        200, "<" + action + R"(Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><)" + action +
                 "Result><Credentials><AccessKeyId>A" + letter + "</AccessKeyId><SecretAccessKey>S" + letter +
                 "</SecretAccessKey><SessionToken>T" + letter +
                 "</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></" + action +
                 "Result></" + action + "Response>");
}

TEST(NetworkCredentials, OfAContainer) {
    test::Environment environment;
    Service service({{"GET /x?y=1", kJson}});
    environment.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", service.url("/x?y=1"));
    environment.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "one");
    EXPECT_EQ(text(found()), "A S T ends");
    environment.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", environment.file("token", "two\n"));
    EXPECT_EQ(text(found()), "A S T ends");
    ASSERT_EQ(service.seen().size(), 2U);
    EXPECT_EQ(value(service.seen()[0], "authorization"), "one");
    EXPECT_EQ(value(service.seen()[1], "authorization"), "two");
    environment.file("token", "two\r\nx: y");
    EXPECT_TRUE(text(found()).contains("line break"));
    environment.file("token", "two");
    environment.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", service.url("/gone?hunter2"));
    EXPECT_TRUE(text(found()).contains("404")) << text(found());
    EXPECT_FALSE(text(found()).contains("hunter2"));
}

TEST(NetworkCredentials, OfAnInstance) {
    test::Environment environment;
    const std::string roles = "/latest/meta-data/iam/security-credentials/";
    Service service({{"PUT /latest/api/token", http::reply(200, "tok")},
                     {"GET " + roles, http::reply(200, "role one\nrole two")},
                     {"GET " + roles + "role%20one", kJson}});
    environment.set("AWS_EC2_METADATA_DISABLED", "false");
    environment.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", service.url("/"));
    EXPECT_EQ(text(found()), "A S T ends");
    const auto seen = service.seen();
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(value(seen[0], "x-aws-ec2-metadata-token-ttl-seconds"), "21600");
    EXPECT_EQ(value(seen[1], "x-aws-ec2-metadata-token"), "tok");
    EXPECT_EQ(value(seen[2], "x-aws-ec2-metadata-token"), "tok");
    environment.set("AWS_EC2_METADATA_DISABLED", "TRUE");
    EXPECT_TRUE(text(found()).contains("AWS_EC2_METADATA_DISABLED"));
    EXPECT_EQ(service.seen().size(), 3U);
}

TEST(NetworkCredentials, SayWhatWasLookedAtWhereThisIsNoInstance) {
    test::Environment environment;
    Service service({{"PUT /latest/api/token", http::reply(500, "hunter2")}});
    environment.set("AWS_EC2_METADATA_DISABLED", "false");
    environment.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", service.url());
    const auto nothing = found();
    ASSERT_FALSE(nothing.has_value());
    EXPECT_EQ(nothing.error().code, Code::denied);
    EXPECT_EQ(nothing.error().retry, Retry::after_credentials);
    EXPECT_TRUE(nothing.error().remedy.contains("AWS_ACCESS_KEY_ID")) << nothing.error().remedy;
    const std::string message = nothing.error().message();
    for (const std::string part :
         {"AWS_ACCESS_KEY_ID", "[default]", "AWS_CONTAINER", "instance metadata at http"})
        EXPECT_TRUE(message.contains(part)) << message;
    EXPECT_FALSE(message.contains("hunter2"));
    EXPECT_EQ(service.seen().size(), 2U) << "one attempt more";
}

TEST(NetworkCredentials, OfARoleThroughAProfile) {
    test::Environment environment;
    Service service({{"POST /", sts("AssumeRole", "R")}});
    environment.set("AWS_ENDPOINT_URL_STS", service.url());
    environment.file(
        ".aws/config",
        "[default]\nrole_arn = arn:aws:iam::1:role/a b\nsource_profile = base\nexternal_id = e&1\n"
        "duration_seconds = 900\nrole_session_name = me\n[profile base]\naws_access_key_id = AB\n"
        "aws_secret_access_key = SB\naws_session_token = TB\n");
    EXPECT_EQ(text(found()), "AR SR TR ends");
    const auto seen = service.seen();
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].body,
              "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%20b&"
              "RoleSessionName=me&"
              "DurationSeconds=900&ExternalId=e%261");
    EXPECT_TRUE(value(seen[0], "authorization").contains("Credential=AB/"))
        << value(seen[0], "authorization");
    EXPECT_TRUE(value(seen[0], "authorization").contains("/eu-west-1/sts/aws4_request"));
    EXPECT_EQ(value(seen[0], "x-amz-security-token"), "TB");
}

TEST(NetworkCredentials, OfAChainOfRoles) {
    test::Environment environment;
    Service service({{"POST /", sts("AssumeRole", "R")}});
    environment.set("AWS_ENDPOINT_URL_STS", service.url());
    environment.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", service.url("/c"));
    environment.file(".aws/config",
                     "[default]\nrole_arn = two\nsource_profile = one\n[profile one]\nrole_arn = one\n"
                     "credential_source = EcsContainer\n");
    EXPECT_TRUE(text(found()).contains("404")) << text(found());
    Service second({{"POST /", sts("AssumeRole", "R")}, {"GET /c", kJson}});
    environment.set("AWS_ENDPOINT_URL_STS", second.url());
    environment.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", second.url("/c"));
    EXPECT_EQ(text(found()), "AR SR TR ends");
    const auto seen = second.seen();
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_TRUE(seen[1].body.contains("RoleArn=one&") &&
                value(seen[1], "authorization").contains("Credential=A/"));
    EXPECT_TRUE(seen[2].body.contains("RoleArn=two&") &&
                value(seen[2], "authorization").contains("Credential=AR/"));
}

TEST(NetworkCredentials, OfAWebIdentity) {
    test::Environment environment;
    Service service({{"POST /", sts("AssumeRoleWithWebIdentity", "W")}});
    environment.set("AWS_ENDPOINT_URL", service.url());
    const std::string path = environment.file("jwt", "to+ken\n");
    environment.file(".aws/config", "[default]\nrole_arn = p\nweb_identity_token_file = " + path + "\n");
    EXPECT_EQ(text(found()), "AW SW TW ends");
    environment.set("AWS_WEB_IDENTITY_TOKEN_FILE", path);
    environment.set("AWS_ROLE_ARN", "e");
    environment.set("AWS_ROLE_SESSION_NAME", "pod");
    EXPECT_EQ(text(found()), "AW SW TW ends");
    const auto seen = service.seen();
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0].body,
              "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=p&RoleSessionName=haul&"
              "WebIdentityToken=to%2Bken");
    EXPECT_TRUE(seen[1].body.contains("RoleArn=e&RoleSessionName=pod&")) << seen[1].body;
    EXPECT_EQ(value(seen[0], "authorization"), "") << "the token is all that says who we are";
}

TEST(NetworkCredentials, SayWhatTheTokenServiceSaid) {
    test::Environment environment;
    environment.file(".aws/config", "[default]\nrole_arn = arn-r\ncredential_source = Environment\n");
    const auto asked = [&](const std::string& reply) {
        Service service({{"POST /", reply}});
        environment.set("AWS_ENDPOINT_URL_STS", service.url());
        environment.file(".aws/config",
                         "[default]\nrole_arn = arn-r\nsource_profile = b\n[profile b]\n"
                         "aws_access_key_id = A\naws_secret_access_key = hunter2\n");
        const auto credentials = found();
        EXPECT_FALSE(credentials.has_value());
        EXPECT_EQ(credentials.error().code, Code::denied);
        return credentials.error().message();
    };
    const std::string refused = asked(http::reply(
        403,
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>"));
    EXPECT_TRUE(refused.contains("AccessDenied: not you") && refused.contains("arn-r")) << refused;
    EXPECT_FALSE(refused.contains("hunter2"));
    EXPECT_TRUE(asked(http::reply(500, "<html>")).contains("500"));
    EXPECT_TRUE(asked(http::reply(200, "<AssumeRoleResponse/>")).contains("no credentials"));
    EXPECT_TRUE(asked(http::reply(200, "no XML")).contains("no credentials"));
}

}  // namespace
}  // namespace haul::store::s3

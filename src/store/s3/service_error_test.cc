#include "store/s3/service_error.h"

#include <gtest/gtest.h>

#include <vector>

namespace haul::store::s3 {
namespace {

struct Row {
    int status;
    const char* code;  // of the body; empty: no body
    bool create_only;
    Code expected;
    Retry retry;
};

TEST(ServiceError, Table) {
    const std::vector<Row> rows = {
        {404, "NoSuchKey", false, Code::not_found, Retry::never},
        {404, "", false, Code::not_found, Retry::never},
        {404, "NoSuchUpload", false, Code::not_found, Retry::never},
        {412, "PreconditionFailed", false, Code::changed, Retry::never},
        {412, "PreconditionFailed", true, Code::exists, Retry::never},
        {412, "", true, Code::exists, Retry::never},
        {409, "ConditionalRequestConflict", true, Code::unavailable, Retry::later},
        {403, "AccessDenied", false, Code::denied, Retry::never},
        {403, "", false, Code::denied, Retry::never},
        {400, "ExpiredToken", false, Code::denied, Retry::after_credentials},
        {404, "XAdminUserNotFound", false, Code::denied, Retry::after_credentials},
        {403, "InvalidObjectState", false, Code::unsupported, Retry::never},
        {503, "SlowDown", false, Code::unavailable, Retry::later},
        {500, "InternalError", false, Code::unavailable, Retry::later},
        {502, "", false, Code::unavailable, Retry::later},
        {429, "", false, Code::unavailable, Retry::later},
        {407, "", false, Code::denied, Retry::never},
        {400, "RequestTimeout", false, Code::unavailable, Retry::later},
        {400, "BadDigest", false, Code::corrupt, Retry::never},
        {400, "XAmzContentChecksumMismatch", false, Code::corrupt, Retry::never},
        {507, "", false, Code::no_space, Retry::never},
        {400, "SomethingNew", false, Code::io, Retry::never},
        {200, "InternalError", true, Code::unavailable, Retry::later},
        {200, "PreconditionFailed", true, Code::exists, Retry::never},
        {200, "SomethingNew", true, Code::unavailable, Retry::later},
    };
    for (const Row& row : rows) {
        http::Answer answer;
        answer.status = row.status;
        if (*row.code != '\0') answer.body = std::string("<Error><Code>") + row.code + "</Code></Error>";
        const Error error = service_error(answer, {"write", "s3://b/k", row.create_only});
        EXPECT_EQ(error.code, row.expected) << row.status << " " << row.code << ": " << error.message();
        EXPECT_EQ(error.retry, row.retry) << row.status << " " << row.code;
        EXPECT_EQ(error.subject, "s3://b/k");
    }
}

TEST(ServiceError, SaysTheServicesWords) {
    http::Answer answer;
    answer.status = 503;
    answer.headers = {{"x-amz-request-id", "R1"}, {"x-amz-id-2", "H2"}, {"retry-after", "7"}};
    answer.body = "<Error><Code>SlowDown</Code><Message>Reduce your rate\x01</Message></Error>";
    const Error error = service_error(answer, {"read", "s3://b/k"});
    for (const char* word : {"503", "SlowDown", "Reduce your rate", "R1", "H2"})
        EXPECT_NE(error.detail.find(word), std::string::npos) << error.detail;
    EXPECT_EQ(error.retry_after, std::chrono::seconds(7));
    EXPECT_EQ(error.detail.find('\x01'), std::string::npos);
}

TEST(ServiceError, AnotherRegionIsNamed) {
    http::Answer answer;
    answer.status = 301;
    answer.headers = {{"x-amz-bucket-region", "eu-west-1"}};
    EXPECT_NE(service_error(answer, {"list", "s3://b"}).remedy.find("AWS_REGION=eu-west-1"),
              std::string::npos);
}

}  // namespace
}  // namespace haul::store::s3

// Create-only writes and ends of uploads at a service that knows no If-None-Match, against a server of the
// test's own.
#include "store/s3/look_first.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "http/scripted_server.h"
#include "store/s3/upload.h"
#include "store/s3/writer.h"

namespace haul::store::s3 {
namespace {

using testing::ElementsAre;

class NoCredentials final : public CredentialSource {
  public:
    Result<Credentials> get() override { return Credentials{"key", "secret", ""}; }
    void refuse(const Credentials&) override {}
};

class LookFirst : public testing::Test {
  protected:
    std::set<std::string> there;  // targets: "/bucket/a"
    int looks_answer = 404;       // of what is not there

    // In order: "HEAD /bucket/a", with " if-none-match" behind where it was sent.
    [[nodiscard]] std::vector<std::string> asked() {
        const std::scoped_lock lock(mutex_);
        return std::exchange(asked_, {});
    }
    static Write create(const std::string& name, Kind kind = Kind::file) {
        Write write;
        write.name = name;
        write.kind = kind;
        write.condition.kind = Condition::Kind::create_only;
        return write;
    }
    Status write(Write one) {
        write_objects(*bucket_, std::span(&one, 1), {});
        return std::move(one.result);
    }
    [[nodiscard]] const std::shared_ptr<Bucket>& bucket() const { return bucket_; }

  private:
    std::string answer(const http::Seen& seen) {
        const std::scoped_lock lock(mutex_);
        const std::string condition = seen.headers.contains("if-none-match") ? " if-none-match" : "";
        asked_.push_back(seen.method + " " + seen.target + condition);
        if (seen.method == "HEAD") return http::reply(there.contains(seen.target) ? 200 : looks_answer, "");
        if (seen.target.ends_with("?uploads="))
            return http::reply(
                200, "<InitiateMultipartUploadResult><UploadId>7</UploadId></InitiateMultipartUploadResult>");
        return http::reply(
            200, "<CompleteMultipartUploadResult><ETag>\"1\"</ETag></CompleteMultipartUploadResult>",
            "ETag: \"1\"\r\n");
    }

    std::mutex mutex_;
    std::vector<std::string> asked_;
    http::ScriptedServer server_{
        [this](const http::Seen& seen, http::Line& line) { line.send(answer(seen)); }};
    std::shared_ptr<Bucket> bucket_ = std::make_shared<Bucket>(
        Settings{.endpoint = server_.url(""),
                 .region = "us-east-1",
                 .path_style = true,
                 .ca_file = "",
                 .bucket = "bucket",
                 .prefix = ""},
        "s3://bucket", ServiceOptions{}, std::make_unique<http::Client>(), std::make_unique<NoCredentials>());
};

TEST_F(LookFirst, WhereTheServiceKnowsTheConditionNothingIsLookedAt) {
    EXPECT_TRUE(write(create("a")));
    EXPECT_THAT(asked(), ElementsAre("PUT /bucket/a if-none-match"));
}

TEST_F(LookFirst, WhatIsNotThereIsWrittenPlainly) {
    bucket()->create_by_looking();
    EXPECT_TRUE(write(create("a")));
    EXPECT_THAT(asked(), ElementsAre("HEAD /bucket/a", "PUT /bucket/a"));
}

TEST_F(LookFirst, WhatIsThereIsNeverWrittenOver) {
    bucket()->create_by_looking();
    there = {"/bucket/a"};
    const Status result = write(create("a"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::exists);
    EXPECT_EQ(result.error().subject, "s3://bucket/a");
    EXPECT_THAT(asked(), ElementsAre("HEAD /bucket/a"));
}

TEST_F(LookFirst, AFolderIsItsKey) {
    bucket()->create_by_looking();
    there = {"/bucket/a"};
    EXPECT_TRUE(write(create("a", Kind::folder)));
    EXPECT_THAT(asked(), ElementsAre("HEAD /bucket/a/", "PUT /bucket/a/"));
}

TEST_F(LookFirst, WhatMayReplaceIsNotLookedAt) {
    bucket()->create_by_looking();
    Write plain = create("a");
    plain.condition = {};
    EXPECT_TRUE(write(std::move(plain)));
    EXPECT_THAT(asked(), ElementsAre("PUT /bucket/a"));
}

TEST_F(LookFirst, WhatCannotBeLookedAtIsNotWritten) {
    bucket()->create_by_looking();
    looks_answer = 503;
    const Status result = write(create("a"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().retry, Retry::later);
    EXPECT_THAT(asked(), testing::Each(testing::StartsWith("HEAD ")));
}

TEST_F(LookFirst, OfABatchEachHasItsOwnResult) {
    bucket()->create_by_looking();
    there = {"/bucket/b"};
    std::vector<Write> writes = {create("a"), create("b"), create("c", Kind::symlink), create("d")};
    write_objects(*bucket(), writes, {});
    EXPECT_TRUE(writes[0].result);
    EXPECT_EQ(writes[1].result.error().code, Code::exists);
    EXPECT_EQ(writes[2].result.error().code, Code::unsupported);
    EXPECT_TRUE(writes[3].result);
    EXPECT_THAT(asked(), testing::UnorderedElementsAre("HEAD /bucket/a", "HEAD /bucket/b", "HEAD /bucket/d",
                                                       "PUT /bucket/a", "PUT /bucket/d"));
}

TEST_F(LookFirst, AnUploadEndsOnlyWhereNothingIs) {
    bucket()->create_by_looking();
    there = {"/bucket/a"};
    UploadRequest request;
    request.name = "a";
    request.condition.kind = Condition::Kind::create_only;
    const auto upload = S3Upload::open(bucket(), request, false);
    ASSERT_TRUE(upload) << upload.error().message();
    EXPECT_THAT(asked(), ElementsAre("POST /bucket/a?uploads="));
    const auto finished = (*upload)->finish({.size = 0, .crc32 = {}, .pieces = 0});
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().code, Code::exists);
    EXPECT_THAT(asked(), ElementsAre("HEAD /bucket/a"));
    looks_answer = 403;
    there.clear();
    EXPECT_FALSE((*upload)->finish({.size = 0, .crc32 = {}, .pieces = 0}));
    for (const std::string& one : asked()) EXPECT_FALSE(one.starts_with("POST")) << one;
}

}  // namespace
}  // namespace haul::store::s3

#include "store/s3/sign.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"

namespace haul::store::s3 {
namespace {

using Time = std::chrono::system_clock::time_point;

// "20150830T123600Z"
Time time_of(const std::string& text) {
    const auto number = [&text](std::size_t at, std::size_t length) {
        return std::stoi(text.substr(at, length));
    };
    const std::chrono::year_month_day day(std::chrono::year(number(0, 4)),
                                          std::chrono::month(static_cast<unsigned>(number(4, 2))),
                                          std::chrono::day(static_cast<unsigned>(number(6, 2))));
    return std::chrono::sys_days(day) + std::chrono::hours(number(9, 2)) +
           std::chrono::minutes(number(11, 2)) + std::chrono::seconds(number(13, 2));
}

std::string header(const http::Request& request, std::string_view name) {
    std::string all;
    for (const http::Header& one : request.headers) {
        if (one.name == name) all += (all.empty() ? "" : "|") + one.value;
    }
    return all;
}

TEST(Sign, AgreesWithAnotherImplementation) {
    const auto text = file::read_whole(HAUL_SOURCE_DIR "/tests/vectors/sigv4/requests.json", 1U << 20U);
    ASSERT_TRUE(text.has_value()) << text.error().message();
    const auto rows = json::parse(*text, "requests.json");
    ASSERT_TRUE(rows.has_value());
    ASSERT_GT(rows->size(), 30U);
    for (const json::Value& row : *rows) {
        const std::string body = row["body"];
        http::Request request{
            .method = row["method"], .url = row["url"], .body = std::as_bytes(std::span(body))};
        for (const json::Value& pair : row["headers"]) request.headers.push_back({pair[0], pair[1]});
        const Credentials credentials{row["access_key"], row["secret_key"], row["token"]};
        const Signer signer(row["region"], row["service"]);
        for (int times = 0; times < 2; ++times) {  // the second time over the headers of the first
            signer.sign(request, credentials, time_of(row["time"]));
            EXPECT_EQ(header(request, "authorization"), row["authorization"].get<std::string>())
                << row["name"];
        }
    }
}

// The examples of "Signature Calculations for the Authorization Header: Transferring Payload in a Single
// Chunk" in the S3 API Reference, with the signatures printed there.
struct Example {
    std::string method, target;
    std::vector<http::Header> headers;
    std::string body, signature;
};

TEST(Sign, GivesThePublishedSignaturesOfS3) {
    const std::vector<Example> examples = {
        {"GET",
         "/test.txt",
         {{"Range", "bytes=0-9"}},
         "",
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        {"PUT",
         "/test%24file.text",
         {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
         "Welcome to Amazon S3.",
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
        {"GET", "/?lifecycle=", {}, "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
        {"GET",
         "/?max-keys=2&prefix=J",
         {},
         "",
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    };
    const Signer signer("us-east-1");
    const Credentials credentials{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
    for (const Example& example : examples) {
        http::Request request{.method = example.method,
                              .url = "https://examplebucket.s3.amazonaws.com" + example.target,
                              .headers = example.headers};
        request.headers.push_back({"X-Amz-Content-Sha256", digest::sha256_hex(example.body)});
        signer.sign(request, credentials, time_of("20130524T000000Z"));
        EXPECT_TRUE(header(request, "authorization").ends_with("Signature=" + example.signature))
            << example.target << " " << header(request, "authorization");
    }
}

TEST(Sign, ReplacesWhatAnEarlierSignatureAdded) {
    const Signer signer("eu-west-1");
    http::Request request{.url = "https://h/b/k",
                          .headers = {{"Authorization", "old"}, {"X-Amz-Date", "old"}}};
    signer.sign(request, {"one", "secret", "token"}, time_of("20240101T000000Z"));
    signer.sign(request, {"two", "secret2", ""}, time_of("20240102T000000Z"));
    EXPECT_EQ(request.headers.size(), 4U);
    EXPECT_EQ(header(request, "x-amz-date"), "20240102T000000Z");
    EXPECT_EQ(header(request, "x-amz-security-token"), "");
    EXPECT_EQ(header(request, "x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
    EXPECT_TRUE(header(request, "authorization").contains("Credential=two/20240102/eu-west-1/s3/"));
    http::Request fresh{.url = "https://h/b/k"};
    Signer("eu-west-1").sign(fresh, {"two", "secret2", ""}, time_of("20240102T000000Z"));
    EXPECT_EQ(header(fresh, "authorization"), header(request, "authorization"))
        << "the key of a day was kept";
}

// Ten thousand requests a second are to be signed on one core beside everything else. The bound is far above
// what it takes (about 5 µs), so that only another order of magnitude fails on a busy machine.

}  // namespace
}  // namespace haul::store::s3

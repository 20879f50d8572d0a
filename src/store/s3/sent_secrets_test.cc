#include "store/s3/sent_secrets.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace haul::store::s3 {
namespace {

std::string hidden(const http::Request& request, std::string text) {
    SentSecrets(request).hide(text);
    return text;
}

TEST(SentSecrets, AreHiddenWhereverTheyStand) {
    http::Request request;
    request.headers = {{"host", "here"},
                       {"x-amz-security-token", "to/k+en=\x01"},
                       {"authorization", "AWS4-HMAC-SHA256 Credential=AK/20261126/x, Signature=0123abcd"}};
    EXPECT_EQ(hidden(request, "no: to/k+en=\x01, to/k+en=\x01; here"), "no: …, …; here");
    EXPECT_EQ(hidden(request, "printed: " + text::printable("to/k+en=\x01")), "printed: …");
    EXPECT_EQ(hidden(request, "Signature=0123abcd of AK"), "Signature=… of AK");
    EXPECT_EQ(hidden(request, "nothing of it: to/k+en"), "nothing of it: to/k+en");
}

TEST(SentSecrets, WithoutAnyNothingChanges) {
    http::Request request;
    request.headers = {{"x-amz-security-token", ""}, {"authorization", "Basic"}};
    EXPECT_EQ(hidden(request, "a text"), "a text");
}

}  // namespace
}  // namespace haul::store::s3

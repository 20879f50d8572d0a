// What is mended when a service refuses a request, against a server of the test's own.
#include "store/s3/bucket.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/scripted_server.h"
#include "store/s3/complaint.h"

namespace haul::store::s3 {
namespace {

using namespace std::chrono_literals;

// Gives "key-1" until it is refused, then "key-2" and so on.
class Numbered final : public CredentialSource {
  public:
    Result<Credentials> get() override { return Credentials{key(), "secret", "token-" + key()}; }
    void refuse(const Credentials& refused) override {
        if (refused.access_key == key()) ++given;
    }
    int given = 1;

  private:
    [[nodiscard]] std::string key() const { return "key-" + std::to_string(given); }
};

std::string header(const http::Seen& seen, const std::string& name) {
    const auto found = seen.headers.find(name);
    return found == seen.headers.end() ? "" : found->second;
}

std::string error_reply(int status, const std::string& code) {
    return http::reply(status, "<Error><Code>" + code + "</Code></Error>");
}

class Mending : public testing::Test {
  protected:
    // The server says this.
    std::function<std::string(const http::Seen&)> says = [](const http::Seen&) {
        return http::reply(200, "");
    };

    [[nodiscard]] Result<http::Answer> send(const std::string& method) {
        return bucket_.send(bucket_.request(method, "a"), {"stat", "a"}, {});
    }
    // "HEAD key-1 HEAD key-2": what was asked, by whom.
    [[nodiscard]] std::string asked() {
        const std::scoped_lock lock(mutex_);
        std::string all;
        for (const http::Seen& seen : seen_) {
            const std::string token = header(seen, "x-amz-security-token");
            all += (all.empty() ? "" : " ") + seen.method + " " + token.substr(6);
        }
        return all;
    }
    [[nodiscard]] std::vector<http::Seen> seen() {
        const std::scoped_lock lock(mutex_);
        return seen_;
    }
    [[nodiscard]] Numbered& credentials() { return *credentials_; }

  private:
    std::string answer(const http::Seen& seen) {
        const std::scoped_lock lock(mutex_);
        seen_.push_back(seen);
        return says(seen);
    }

    std::mutex mutex_;
    std::vector<http::Seen> seen_;
    http::ScriptedServer server_{
        [this](const http::Seen& seen, http::Line& line) { line.send(answer(seen)); }};
    Numbered* credentials_ = new Numbered;  // the bucket's
    Bucket bucket_{Settings{.endpoint = server_.url(""),
                            .region = "us-east-1",
                            .path_style = true,
                            .ca_file = "",
                            .bucket = "bucket",
                            .prefix = ""},
                   "s3://bucket",
                   {},
                   std::make_unique<http::Client>(),
                   std::unique_ptr<CredentialSource>(credentials_)};
};

std::string after_the_first(const http::Seen& seen, const std::string& refusal) {
    if (header(seen, "x-amz-security-token") != "token-key-1") return http::reply(200, "");
    return seen.method == "HEAD" ? http::reply(400, "") : refusal;
}

TEST_F(Mending, AHeadThatIsRefusedWithoutAWordIsExplainedByAGet) {
    says = [](const http::Seen& seen) { return after_the_first(seen, error_reply(400, "ExpiredToken")); };
    EXPECT_TRUE(send("HEAD").has_value());
    EXPECT_EQ(asked(), "HEAD key-1 GET key-1 HEAD key-2");
    EXPECT_EQ(header(seen()[1], "range"), "bytes=0-0");
}

TEST_F(Mending, ARefusalForAnotherReasonIsSaidAndNotTriedAgain) {
    says = [](const http::Seen& seen) {
        return seen.method == "HEAD" ? http::reply(403, "") : error_reply(403, "AccessDenied");
    };
    const auto answer = send("HEAD");
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, Code::denied);
    EXPECT_TRUE(answer.error().message().contains("AccessDenied")) << answer.error().message();
    EXPECT_EQ(asked(), "HEAD key-1 GET key-1");
}

TEST_F(Mending, AHeadThatOthersMendedMeanwhileIsSentAgain) {
    says = [this](const http::Seen& seen) {
        const bool first = header(seen, "x-amz-security-token") == "token-key-1";
        if (first) credentials().given = 2;  // by another thread
        return first ? http::reply(400, "") : http::reply(200, "");
    };
    EXPECT_TRUE(send("HEAD").has_value());
    EXPECT_EQ(asked(), "HEAD key-1 GET key-2 HEAD key-2");
}

TEST_F(Mending, CredentialsThatOthersRenewedMeanwhileAreNotRefused) {
    says = [this](const http::Seen& seen) {
        const bool first = header(seen, "x-amz-security-token") == "token-key-1";
        if (first) credentials().given = 2;  // by another thread
        return first ? error_reply(400, "ExpiredToken") : http::reply(200, "");
    };
    EXPECT_TRUE(send("GET").has_value());
    EXPECT_EQ(asked(), "GET key-1 GET key-2");
}

// The server's clock is an hour ahead; its refusals have a body or none.
std::string judged(const http::Seen& seen, bool with_body) {
    const std::string date = "Date: Tue, 14 Nov 2023 23:13:20 GMT\r\n";  // 1'700'003'600
    if (header(seen, "x-amz-date") == "20231114T231320Z") return http::reply(200, "", date);
    return http::reply(403, with_body ? "<Error><Code>RequestTimeTooSkewed</Code></Error>" : "", date);
}

TEST_F(Mending, AWrongClockIsLearntAndTheRequestSignedAgain) {
    const clock::Fixed now{0ns, 1'700'000'000s};
    says = [](const http::Seen& seen) { return judged(seen, true); };
    EXPECT_TRUE(send("GET").has_value());
    EXPECT_TRUE(send("GET").has_value());
    EXPECT_EQ(asked(), "GET key-1 GET key-1 GET key-1") << "it is learnt once";
}

TEST_F(Mending, AWrongClockIsLearntFromAHead) {
    const clock::Fixed now{0ns, 1'700'000'000s};
    says = [](const http::Seen& seen) { return judged(seen, false); };
    EXPECT_TRUE(send("HEAD").has_value());
    EXPECT_EQ(asked(), "HEAD key-1 HEAD key-1");
}

TEST(Complaint, IsSilentWhereAClockIsOnlyALittleOff) {
    http::Exchange exchange;
    exchange.answer.status = 403;
    exchange.answer.headers = {{"date", "Tue, 14 Nov 2023 22:16:20 GMT"}};  // three minutes ahead
    EXPECT_EQ(complaint_of(exchange, 1'700'000'000s, 0s), Complaint::silent);
    EXPECT_EQ(complaint_of(exchange, 1'700'000'000s, -600s), Complaint::clock);
    exchange.answer.status = 404;
    EXPECT_EQ(complaint_of(exchange, 1'700'000'000s, -600s), Complaint::none);
}

}  // namespace
}  // namespace haul::store::s3

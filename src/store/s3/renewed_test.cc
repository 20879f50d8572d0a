#include "store/s3/renewed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace haul::store::s3 {
namespace {

using namespace std::chrono_literals;

constexpr auto kStart = std::chrono::nanoseconds(1'700'000'000s);

// Gives "1", "2", ..., each for an hour, until told otherwise.
class Giving {
  public:
    Source source() {
        return {.name = "the test", .fetch = [this]() -> Result<Credentials> {
                    ++asked;
                    if (fails) return failure(make_error(Code::unavailable, "ask", "service", "it is out"));
                    Credentials credentials{repeat ? "same" : std::to_string(asked), "secret", ""};
                    if (lifetime > 0s) {
                        const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock::wall());
                        credentials.expires = std::chrono::system_clock::time_point(now + lifetime);
                    }
                    return credentials;
                }};
    }
    int asked = 0;
    bool fails = false, repeat = false;
    std::chrono::seconds lifetime = 1h;
};

struct Given {
    Giving giving;
    Renewed renewed{giving.source()};
    clock::Fixed now{0ns, kStart};

    std::string key() {
        auto credentials = renewed.get();
        return credentials ? credentials->access_key : std::string(name_of(credentials.error().code));
    }
};

TEST(Renewed, AsksFiveMinutesBeforeTheEnd) {
    Given given;
    EXPECT_EQ(given.key(), "1");
    given.now.advance(54min);
    EXPECT_EQ(given.key(), "1");
    EXPECT_EQ(given.giving.asked, 1);
    given.now.advance(61s);
    EXPECT_EQ(given.key(), "2");
    EXPECT_EQ(given.key(), "2");
    EXPECT_EQ(given.giving.asked, 2);
}

TEST(Renewed, AsksSoonerWhereTheyLiveShorter) {
    Given given;
    given.giving.lifetime = 4min;
    EXPECT_EQ(given.key(), "1");
    given.now.advance(2min);
    EXPECT_EQ(given.key(), "1");
    given.now.advance(61s);
    EXPECT_EQ(given.key(), "2");
}

TEST(Renewed, KeepsThoseWithoutAnEnd) {
    Given given;
    given.giving.lifetime = 0s;
    EXPECT_EQ(given.key(), "1");
    given.now.advance(24h * 1000);
    EXPECT_EQ(given.key(), "1");
}

TEST(Renewed, KeepsOldOnesAsLongAsTheyAreGood) {
    Given given;
    EXPECT_EQ(given.key(), "1");
    given.giving.fails = true;
    given.now.advance(56min);
    EXPECT_EQ(given.key(), "1");
    EXPECT_EQ(given.key(), "1");
    EXPECT_EQ(given.giving.asked, 2) << "tries again only after a while";
    given.now.advance(61s);
    EXPECT_EQ(given.key(), "1");
    EXPECT_EQ(given.giving.asked, 3);
    given.now.advance(4min);
    const auto over = given.renewed.get();
    ASSERT_FALSE(over.has_value());
    EXPECT_EQ(over.error().code, Code::denied);
    EXPECT_EQ(over.error().retry, Retry::after_credentials);
    EXPECT_FALSE(over.error().remedy.empty());
    EXPECT_TRUE(over.error().message().contains("it is out")) << over.error().message();
    EXPECT_EQ(given.key(), "denied");
    EXPECT_EQ(given.giving.asked, 4) << "a crowd of callers asks once";
    given.giving.fails = false;
    given.now.advance(11s);
    EXPECT_EQ(given.key(), "5");
}

TEST(Renewed, RenewsThoseThatWereRefused) {
    Given given;
    const auto first = given.renewed.get();
    ASSERT_TRUE(first.has_value());
    given.renewed.refuse({"another", "secret", ""});
    EXPECT_EQ(given.key(), "1");
    given.renewed.refuse(*first);
    EXPECT_EQ(given.key(), "2");
    given.renewed.refuse(*first);  // by a request that was under way meanwhile
    EXPECT_EQ(given.key(), "2");
}

TEST(Renewed, SaysWhereNoNewerOnesAreThere) {
    Given given;
    given.giving.repeat = true;
    const auto first = given.renewed.get();
    ASSERT_TRUE(first.has_value());
    given.renewed.refuse(*first);
    const auto second = given.renewed.get();
    ASSERT_FALSE(second.has_value());
    EXPECT_TRUE(second.error().message().contains("refused")) << second.error().message();
    EXPECT_FALSE(second.error().message().contains("secret"));
    EXPECT_EQ(given.key(), "denied");
    given.now.advance(31s);
    EXPECT_EQ(given.key(), "same") << "the service may judge them again";
}

TEST(Renewed, RefusesWhatHasExpiredAlready) {
    Given given;
    given.giving.lifetime = 1s;
    Renewed late({.name = "late", .fetch = [&given] {
                      auto credentials = given.giving.source().fetch();
                      given.now.advance(2s);
                      return credentials;
                  }});
    const auto credentials = late.get();
    ASSERT_FALSE(credentials.has_value());
    EXPECT_TRUE(credentials.error().message().contains("expired")) << credentials.error().message();
}

TEST(Renewed, OneThreadAsksAndTheOthersGoOnOrWait) {
    clock::Fixed now{0ns, kStart};
    std::atomic<int> asked = 0;
    std::latch inside(1), may_end(1);
    Renewed renewed({.name = "slow", .fetch = [&]() -> Result<Credentials> {
                         if (++asked == 2) {
                             inside.count_down();
                             may_end.wait();
                         }
                         const auto lifetime = asked == 1 ? 60s : 3600s;
                         return Credentials{
                             std::to_string(asked), "secret", "",
                             std::chrono::system_clock::time_point(
                                 std::chrono::duration_cast<std::chrono::seconds>(kStart) + lifetime)};
                     }});
    ASSERT_EQ(renewed.get()->access_key, "1");
    now.advance(50s);
    auto renewing = std::async(std::launch::async, [&] { return renewed.get()->access_key; });
    inside.wait();
    EXPECT_EQ(renewed.get()->access_key, "1") << "they are still good";
    now.advance(20s);
    auto waiting = std::async(std::launch::async, [&] { return renewed.get()->access_key; });
    may_end.count_down();
    EXPECT_EQ(renewing.get(), "2");
    EXPECT_EQ(waiting.get(), "2");
    EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace haul::store::s3

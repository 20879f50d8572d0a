// How long calls are tried at an endpoint that is down, and what tells that it is.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "store/memory/memory_store.h"
#include "store/wrap/fault.h"
#include "store/wrap/retry.h"

namespace haul::store::wrap {
namespace {

using namespace std::chrono_literals;

using Sign = std::optional<clock::Nanoseconds>;

// A store behind an endpoint whose last sign of life is as the test says.
class Distant final : public ForwardingStore {
  public:
    Distant(std::unique_ptr<Store> target, std::function<Sign()> sign)
        : ForwardingStore(std::move(target)), sign_(std::move(sign)) {}
    [[nodiscard]] Capabilities capabilities() const override {
        Capabilities can = ForwardingStore::capabilities();
        can.last_sign_of_life = sign_();
        return can;
    }

  private:
    std::function<Sign()> sign_;
};

class RetryInAnOutage : public testing::Test {
  protected:
    clock::Fixed fixed_{10'000s, 10'000s};
    std::shared_ptr<OutageWait> wait_ = std::make_shared<OutageWait>();

    // How long a call is tried that always fails, and what it says then.
    clock::Nanoseconds tried(const std::function<Sign()>& sign) {
        auto faulty = std::make_unique<FaultStore>(std::make_unique<memory::MemoryStore>(),
                                                   *FaultPlan::parse("stat:1x*:error=timed_out"));
        RetryStore store(std::make_unique<Distant>(std::move(faulty), sign), {.budget = 1000, .wait = wait_});
        const auto begun = clock::boot();
        const auto found = store.stat({.name = "f"});
        EXPECT_FALSE(found.has_value());
        if (!found.has_value()) error_ = found.error();
        return clock::boot() - begun;
    }
    Error error_;
};

TEST_F(RetryInAnOutage, EndsSoonWhereSomebodyElseWaits) {
    const OutageWait::Elsewhere engine(*wait_);
    for (const auto last : {0s, 9'000s, 10'000s}) {
        const auto took = tried([last] { return last; });
        EXPECT_GE(took, 30s);
        EXPECT_LE(took, 60s);
        EXPECT_EQ(error_.code, Code::unavailable);
        EXPECT_NE(error_.detail.find("nothing has come through for"), std::string::npos) << error_.detail;
    }
}

TEST_F(RetryInAnOutage, WaitsItselfWhereNobodyElseDoes) {
    {
        const OutageWait::Elsewhere engine(*wait_);
    }
    EXPECT_GE(tried([] { return 0s; }), 14min);
    EXPECT_EQ(error_.code, Code::timed_out);
}

// However slow the line is: something comes through.
TEST_F(RetryInAnOutage, GoesOnWhileTheEndpointLives) {
    const OutageWait::Elsewhere engine(*wait_);
    EXPECT_GE(tried([] { return clock::boot() - 29s; }), 14min);
    EXPECT_EQ(error_.code, Code::timed_out);
}

TEST_F(RetryInAnOutage, GoesOnWhereThereIsNoEndpoint) {
    const OutageWait::Elsewhere engine(*wait_);
    EXPECT_GE(tried([] { return std::nullopt; }), 14min);
}

TEST_F(RetryInAnOutage, CountsWhileAnyCallIsOpen) {
    const OutageWait::Elsewhere engine(*wait_);
    RetryBudget budget({.wait = wait_}, [] { return Sign(9'000s); });
    const Error error = make_error(Code::unavailable, "read", "x", "no answer");
    {
        Attempts first(budget);
        EXPECT_TRUE(first.again(error, {})) << "before it, nobody asked";
        fixed_.advance(31s);
        Attempts second(budget);
        EXPECT_FALSE(second.again(error, {}));
    }
    Attempts third(budget);
    EXPECT_TRUE(third.again(error, {}));
}

}  // namespace
}  // namespace haul::store::wrap

#include "report/numbers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace haul::report {
namespace {

Numbers::Source gives(const std::string& name, double value) {
    return [=](std::vector<Number>& numbers) { numbers.push_back({.name = name, .value = value}); };
}

TEST(Numbers, AreShownInTheirOrderWhileTheirOwnersLive) {
    Numbers numbers;
    std::optional<Numbers::Shown> first(numbers.show(gives("a", 1)));
    const auto second = numbers.show(gives("b", 2));
    ASSERT_EQ(numbers.now().size(), 2U);
    EXPECT_EQ(numbers.now()[0].name, "a");
    EXPECT_EQ(numbers.now()[1].value, 2);
    first.reset();
    ASSERT_EQ(numbers.now().size(), 1U);
    EXPECT_EQ(numbers.now()[0].name, "b");
}

TEST(Numbers, AnOwnerWaitsForWhoIsAskingIt) {
    Numbers numbers;
    std::atomic<bool> asked = false, gone = false, was_gone = false;
    std::optional<Numbers::Shown> shown(numbers.show([&](std::vector<Number>&) {
        asked = true;
        for (int i = 0; i < 1000; ++i) std::this_thread::yield();
        was_gone = gone.load();
    }));
    std::thread asker([&] { static_cast<void>(numbers.now()); });
    while (!asked) std::this_thread::yield();
    shown.reset();
    gone = true;
    asker.join();
    EXPECT_FALSE(was_gone);
}

}  // namespace
}  // namespace haul::report

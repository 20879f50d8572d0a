#include "flow/collect/trouble.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace haul::collect {
namespace {

using namespace std::chrono_literals;

Error away() { return make_error(Code::unavailable, "GET", "http://h/a", "the server answered 500"); }

TEST(Trouble, AHostThatIsAwayIsWaitedFor) {
    const clock::Fixed fixed(1s, 1s);
    Trouble trouble(2000s);
    trouble.worked("unit", "source");
    trouble.worked("unit", "other");
    clock::sleep(1s, {});
    for (int i = 0; i < 100; ++i) {
        for (int unit = 0; unit < 10; ++unit)
            EXPECT_EQ(trouble.of(std::to_string(unit), "source", away()).code, Code::unavailable);
        trouble.worked("unit", "other");
        clock::sleep(10s, {});
    }
    clock::sleep(1001s, {});
    EXPECT_EQ(trouble.of("1", "source", away()).code, Code::io);
}

TEST(Trouble, AnItemThatIsBrokenWhileOthersWorkIsCounted) {
    const clock::Fixed fixed(1s, 1s);
    Trouble trouble(1h);
    const auto fail_all = [&](Code code) {
        for (int unit = 0; unit < 10; ++unit)
            EXPECT_EQ(trouble.of(std::to_string(unit), "source", away()).code, code);
    };
    fail_all(Code::unavailable);
    clock::sleep(1s, {});
    trouble.worked("unit", "source");
    for (int i = 0; i < 3; ++i) fail_all(Code::unavailable);
    fail_all(Code::io);
    const Error error = trouble.of("1", "source", away());
    EXPECT_EQ(error.code, Code::io);
    EXPECT_EQ(error.root().code, Code::unavailable);
    EXPECT_FALSE(error.remedy.empty());
    // Another of the same source begins to fail only now.
    EXPECT_EQ(trouble.of("another", "source", away()).code, Code::unavailable);
}

TEST(Trouble, AHostThatThrottlesIsNoFailureUntilNothingOfItWorksForTooLong) {
    const clock::Fixed fixed(1s, 1s);
    Trouble trouble(1h);
    const auto throttled = [&] {
        Error error = away();
        error.retry_after = std::chrono::seconds(60);
        return trouble.of("unit", "source", std::move(error)).code;
    };
    for (int minute = 0; minute < 300; ++minute) {
        EXPECT_EQ(throttled(), Code::unavailable) << minute;
        if (minute % 50 == 0) trouble.worked("another", "source");
        clock::sleep(60s, {});
    }
    clock::sleep(1h, {});
    EXPECT_EQ(throttled(), Code::io);
    trouble.worked("another", "source");
    EXPECT_EQ(throttled(), Code::unavailable);
}

TEST(Trouble, AnItemThatFailsAloneIsBroken) {
    Trouble trouble(1h);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(trouble.of("unit", "source", away()).code, Code::unavailable);
    EXPECT_EQ(trouble.of("unit", "source", away()).code, Code::io);
    EXPECT_EQ(trouble.of("unit", "source", away()).code, Code::io);
    trouble.worked("unit", "source");
    EXPECT_EQ(trouble.of("unit", "source", away()).code, Code::unavailable);
}

TEST(Trouble, WhatItKeepsIsBounded) {
    const clock::Fixed fixed(1s, 1s);
    Trouble trouble(1h);
    constexpr std::size_t kMany = 3 * Trouble::kMostKept;
    const auto fail = [&](std::size_t unit) {
        return trouble.of(std::to_string(unit), "source", away()).code;
    };
    for (std::size_t unit = 0; unit < kMany; ++unit) EXPECT_EQ(fail(unit), Code::unavailable);
    EXPECT_EQ(trouble.kept(), Trouble::kMostKept);
    clock::sleep(1s, {});
    trouble.worked("unit", "source");
    // Those that are kept come to their end; then there is room for the next.
    for (int times = 1; times < 4; ++times)
        for (std::size_t unit = 0; unit < kMany; ++unit) EXPECT_EQ(fail(unit), Code::unavailable);
    for (int times = 0; times < 5; ++times)
        for (std::size_t unit = 0; unit < Trouble::kMostKept; ++unit) EXPECT_EQ(fail(unit), Code::io);
    EXPECT_EQ(trouble.kept(), 0U);
    EXPECT_EQ(fail(kMany), Code::unavailable);
    EXPECT_EQ(trouble.kept(), 1U);
}

TEST(Trouble, WhatHasItsEndIsForgotten) {
    Trouble trouble(1h);
    for (const char* const unit : {"a", "b", "c", "d", "e"})
        EXPECT_EQ(trouble.of(unit, "source", away()).code, Code::unavailable);
    EXPECT_EQ(trouble.kept(), 5U);
    trouble.settled("a", "source");
    trouble.settled("nobody", "source");
    trouble.settled("b", "another");
    trouble.worked("b", "source");
    EXPECT_EQ(trouble.of("c", "source", make_error(Code::corrupt, "GET", "http://h/c", "a page")).code,
              Code::corrupt);
    EXPECT_EQ(trouble.kept(), 2U);
}

TEST(Trouble, AThrottleIsNoFailure) {
    Trouble trouble(1h);
    Error error = away();
    error.retry_after = 1s;
    for (int i = 0; i < 100; ++i) EXPECT_EQ(trouble.of("unit", "source", error).code, Code::unavailable);
}

TEST(Trouble, WhatIsCorruptSaysWhatToDo) {
    Trouble trouble(1h);
    const Error corrupt = make_error(Code::corrupt, "fetch", "http://h/a", "a page, not media");
    EXPECT_FALSE(trouble.of("unit", "source", corrupt).remedy.empty());
    EXPECT_EQ(trouble.of("unit", "source", Error(corrupt).with_remedy("x")).remedy, "x");
}

TEST(Trouble, SourcesAreShownWithoutSecrets) {
    EXPECT_EQ(shown_source("https://user:word@a.example/feed?auth=1"), "https://a.example/feed");
    EXPECT_EQ(shown_source("/data/what? #1"), "/data/what? #1");
    EXPECT_EQ(shown_source("who reads? I do"), "who reads? I do");
}

}  // namespace
}  // namespace haul::collect

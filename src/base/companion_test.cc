#include "base/companion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <string>
#include <thread>

#include "base/clock.h"

using namespace std::chrono_literals;
using ::testing::HasSubstr;

namespace haul::process {
namespace {

Companion shell(const std::string& script) {
    return Companion::start({.argv = {"/bin/sh", "-c", script}, .environment = {}, .input = {}}).value();
}

bool exists(::pid_t pid) { return ::kill(pid, 0) == 0; }

TEST(Companion, AnswersLineForLine) {
    Companion child = shell("while read -r line; do echo \"<$line>\"; done");
    EXPECT_EQ(child.ask("one", 1min, {}).value(), "<one>");
    EXPECT_EQ(child.ask("", 1min, {}).value(), "<>");
    const std::string huge(300'000, 'x');
    EXPECT_EQ(child.ask(huge, 1min, {}).value(), "<" + huge + ">");
    EXPECT_FALSE(child.ended());
}

TEST(Companion, SaysWhatItSaidWhenItEnded) {
    Companion child = shell("read -r line; echo \"no $line here\" >&2; exit 7");
    const auto answer = child.ask("room", 1min, {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::io);
    EXPECT_THAT(answer.error().detail, HasSubstr("exit code 7"));
    EXPECT_TRUE(child.ended());
    EXPECT_EQ(child.ask("again", 1min, {}).error().code, Code::io);
}

TEST(Companion, AnAnswerRightBeforeTheEndCounts) {
    Companion child = shell("read -r line; echo done");
    EXPECT_EQ(child.ask("x", 1min, {}).value(), "done");
    EXPECT_EQ(child.ask("x", 1min, {}).error().code, Code::io);
}

TEST(Companion, AMuteOneIsEnded) {
    Companion child = shell("exec sleep 600");
    const ::pid_t pid = child.pid();
    EXPECT_EQ(child.ask("x", 50ms, {}).error().code, Code::timed_out);
    EXPECT_TRUE(child.ended());
    EXPECT_FALSE(exists(pid));
}

TEST(Companion, AStopEndsIt) {
    Companion child = shell("exec sleep 600");
    std::stop_source stop;
    std::jthread later([&] {
        std::this_thread::sleep_for(20ms);
        stop.request_stop();
    });
    EXPECT_EQ(child.ask("x", 10min, stop.get_token()).error().code, Code::interrupted);
    EXPECT_TRUE(child.ended());
}

TEST(Companion, AnEndlessAnswerIsRefused) {
    Companion child = shell("exec tr '\\0' x </dev/zero");
    EXPECT_THAT(child.ask("x", 1min, {}, 1U << 20U).error().detail, HasSubstr("too long"));
}

TEST(Companion, GoesWithItsOwner) {
    ::pid_t pid = 0;
    {
        Companion child = shell("sleep 600 & echo $!; read -r line");
        pid = std::stoi(child.ask("", 1min, {}).value());
        ASSERT_TRUE(exists(pid));
    }
    // A grandchild is not ours to reap: gone, or waiting for whoever reaps it.
    for (int i = 0; i < 1000 && exists(pid); ++i) std::this_thread::sleep_for(5ms);
    EXPECT_FALSE(exists(pid));
}

TEST(Companion, WhatIsNoProgramIsSaid) {
    EXPECT_EQ(Companion::start({.argv = {"/nowhere/program"}, .environment = {}, .input = {}}).error().code,
              Code::not_found);
}

}  // namespace
}  // namespace haul::process

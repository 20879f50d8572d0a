// Children here are shell scripts in the place of haul-speech, whose own answers tests/speech and
// tests/collect look at: what matters is what becomes of children that misbehave.
#include "flow/collect/ear/ear.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/test_folder.h"

using namespace std::chrono_literals;
using ::testing::HasSubstr;

namespace haul::collect {
namespace {

class EarTest : public ::testing::Test {
  protected:
    // `body`: what is done with each $name.
    std::unique_ptr<Ears> ears(const std::string& body, unsigned count = 1,
                               std::chrono::nanoseconds limit = 1min) {
        const std::string script = folder_.path("ear");
        const std::string text = "#!/bin/sh\nwhile read -r name; do\n" + body + "\ndone\n";
        EXPECT_TRUE(file::write_durably(AT_FDCWD, script, text, false, 0755));
        return Ears::create({.program = script, .models = {}, .count = count, .limit = limit}).value();
    }
    test::Folder folder_;
};

TEST_F(EarTest, AnswersWithoutPathAndVerdict) {
    const auto some = ears(R"(echo "{\"path\":\"$name\",\"duration\":1,\"verdict\":{}}")");
    EXPECT_EQ(json::dump(some->hear("a.wav", {}).value()), R"({"duration":1})");
    EXPECT_EQ(some->deaths(), 0U);
}

TEST_F(EarTest, AChildThatEndsIsReplaced) {
    const auto some =
        ears(R"([ "$name" = bad ] && { echo "no room" >&2; exit 9; }; echo "{\"n\":\"$name\"}")");
    EXPECT_TRUE(some->hear("good", {}));
    const auto bad = some->hear("bad", {});
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, Code::io);
    EXPECT_TRUE(bad.error().child_died);
    EXPECT_FALSE(bad.error().remedy.empty());
    EXPECT_THAT(bad.error().message(), HasSubstr("listen to bad"));
    EXPECT_THAT(bad.error().message(), HasSubstr("no room"));
    EXPECT_TRUE(some->hear("good", {}));
    EXPECT_EQ(some->deaths(), 1U);
}

TEST_F(EarTest, AChildThatHangsIsReplaced) {
    const auto some = ears(R"([ "$name" = bad ] && exec sleep 600; echo "{}")", 1, 100ms);
    const Error error = some->hear("bad", {}).error();
    EXPECT_EQ(error.code, Code::io);
    EXPECT_TRUE(error.child_died);
    // Starting a shell may take longer than that on a busy machine.
    for (int i = 0; i < 100; ++i)
        if (some->hear("good", {})) return;
    FAIL() << "no child answers any more";
}

TEST_F(EarTest, WhatIsNoAnswerIsAnError) {
    const auto some = ears("echo nonsense");
    const Error error = some->hear("a", {}).error();
    EXPECT_EQ(error.code, Code::corrupt);
    EXPECT_FALSE(error.child_died);
    EXPECT_EQ(ears("echo '[1]'")->hear("a", {}).error().code, Code::corrupt);
}

TEST_F(EarTest, ADecoderThatWasGivenUpIsNoVerdict) {
    const auto some =
        ears(R"(echo "{\"path\":\"$name\",\"error\":{\"code\":\"$name\",\"message\":\"no progress\"}}")");
    const Error error = some->hear("timed_out", {}).error();
    EXPECT_EQ(error.code, Code::io);
    EXPECT_TRUE(error.child_died);
    EXPECT_THAT(error.message(), HasSubstr("no progress"));
    EXPECT_TRUE(some->hear("corrupt", {}));
    EXPECT_EQ(some->deaths(), 1U);
}

TEST_F(EarTest, StopsWhileItWaits) {
    const auto some = ears("exec sleep 600");
    std::stop_source stop;
    std::vector<std::jthread> waiting;
    waiting.reserve(3);
    for (int i = 0; i < 3; ++i)
        waiting.emplace_back(
            [&] { EXPECT_EQ(some->hear("a", stop.get_token()).error().code, Code::interrupted); });
    std::this_thread::sleep_for(20ms);
    stop.request_stop();
}

TEST_F(EarTest, ManyAskAtOnce) {
    const auto some = ears(R"(echo "{\"n\":\"$name\"}")", 3);
    std::vector<std::jthread> asking;
    asking.reserve(16);
    for (int i = 0; i < 16; ++i) {
        asking.emplace_back([&, i] {
            for (int j = 0; j < 20; ++j) {
                const std::string name = std::to_string(i) + "-" + std::to_string(j);
                const auto heard = some->hear(name, {});
                ASSERT_TRUE(heard) << heard.error().message();
                EXPECT_EQ(heard->at("n"), name);
            }
        });
    }
}

TEST_F(EarTest, ANameWithALineBreakIsRefused) {
    EXPECT_EQ(ears("echo {}")->hear("a\nb", {}).error().code, Code::unsupported);
}

TEST(Ear, WithoutTheProgramItSaysHowToGetIt) {
    const auto none = Ears::create({.program = "/nowhere/haul-speech"});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, Code::unsupported);
    EXPECT_THAT(none.error().remedy, HasSubstr("./haul listen"));
}

}  // namespace
}  // namespace haul::collect

// A decoder whose child dies, hangs, spins or lies. The children are this program, started with another word.
#include <dirent.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "base/clock.h"
#include "base/number.h"
#include "base/test_folder.h"
#include "speech/decode/child.h"
#include "speech/decode/decoder.h"
#include "speech/decode/wav_file.h"
#include "speech/decode/wire.h"

#ifdef HAUL_UNDER_ASAN
// Children that are to die of a signal do; they have no environment that could say so.
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
    return "handle_segv=0:handle_sigbus=0";
}
#endif

namespace haul::speech {
namespace {

using testing::HasSubstr;
using wire::Kind;

// --- children -----------------------------------------------------------------------------------------

constexpr int kSocket = wire::kChildSocket;

template <class... Value>
void say(Kind kind, const Value&... value) {
    if (wire::send(kSocket, kind, value...) != 0) ::_exit(0);
}
void say_nothing(Kind kind) { say(kind, std::span<const std::byte>()); }
void say_began() { say(Kind::began, wire::Began{.rate = 16000, .channels = 1}); }
void say_samples(float value, std::size_t count = 16000) {
    const std::vector<float> samples(count, value);
    say(Kind::samples, std::as_bytes(std::span(samples)));
}
void say_whole() { say(Kind::ended, wire::Ended{.source_values = 10}); }

// What each does with a file after it said that it is ready.
const std::map<std::string, void (*)()> kChildren = {
    {"dies", [] { say_began(), say_samples(0.5F), static_cast<void>(::raise(SIGSEGV)); }},
    {"dies-before-audio", [] { static_cast<void>(::raise(SIGBUS)); }},
    {"spins",
     [] {
         say_began(), say_samples(0.5F);
         while (true) ::getppid();
     }},
    {"sleeps", [] { say_began(), say_samples(0.5F), ::pause(); }},
    {"trickles",
     [] {
         say_began();
         for (std::uint64_t at = 1; at < 50; ++at) say(Kind::reading, wire::Reading{at}), ::usleep(20'000);
         ::pause();
     }},
    {"no-memory",
     [] {
         say_began(), say_samples(0.5F), say(Kind::ended, wire::Ended{.ending = wire::Ending::no_memory});
     }},
};

// What no child of ours says.
const std::map<std::string, void (*)()> kLiars = {
    {"reads-beyond", [] { say(Kind::reading, wire::Reading{~std::uint64_t{0}}), ::pause(); }},
    {"floods",
     [] {
         say_began();
         while (true) say_samples(0.5F);
     }},
    {"not-a-number", [] { say_began(), say_samples(std::nanf("")), say_whole(); }},
    {"too-loud", [] { say_began(), say_samples(1.5F), say_whole(); }},
    {"samples-first", [] { say_samples(0.5F), say_whole(); }},
    {"begins-twice", [] { say_began(), say_began(), say_whole(); }},
    {"whole-of-nothing", [] { say_whole(); }},
    {"no-rate", [] { say(Kind::began, wire::Began{.rate = 0, .channels = 1}), say_whole(); }},
    {"odd-claim",
     [] {
         say(Kind::began, wire::Began{.claimed_seconds = INFINITY, .rate = 16000, .channels = 1});
         say_whole();
     }},
    {"clipped-more-than-all",
     [] { say_began(), say(Kind::ended, wire::Ended{.source_values = 1, .clipped = 2}); }},
    {"unknown-ending", [] { say_began(), say(Kind::ended, wire::Ended{.ending = wire::Ending{77}}); }},
    {"unknown-kind", [] { say(Kind{99}, wire::Reading{}); }},
    {"ready-again", [] { say_nothing(Kind::ready); }},
    {"short-packet", [] { say(Kind::ended, wire::Reading{}); }},
    {"part-of-a-float", [] { say_began(), say(Kind::samples, std::array<char, 3>{}); }},
    {"too-large", [] { say_began(), say_samples(0.5F, 20000), say_whole(); }},
    {"with-a-file", [] { say(Kind::ended, wire::Ended{}, 0); }},
};

// "dies-once MARKER": the first sends 1.5 s and dies; the next one sends 3 s that count upwards.
void die_once(const std::string& marker) {
    const bool first = ::close(::open(marker.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600)) == 0;
    say_began();
    for (int second = 0; second < 3; ++second) {
        std::vector<float> samples(16000);
        for (std::size_t i = 0; i < samples.size(); ++i)
            samples[i] = static_cast<float>(static_cast<std::size_t>(second) * 16000 + i) / 65536;
        if (first && second == 1) samples.resize(8000);
        say(Kind::samples, std::as_bytes(std::span(samples)));
        if (first && second == 1) static_cast<void>(::raise(SIGKILL));
    }
    say_whole();
}

int be_child(const std::vector<std::string>& words) {
    if (words[0] == "decode-child") run_decoder_child();
    if (words[0] == "exits") return 3;
    if (words[0] == "cannot") {
        wire::NotReady why{.os_error = ENOSYS};
        wire::put(why.step, "filter system calls");
        say(Kind::not_ready, why);
        return 1;
    }
    say_nothing(Kind::ready);
    const auto packet = std::make_unique<wire::Packet>();
    while (wire::receive(kSocket, *packet) == wire::Received::packet)
        if (words[0] == "dies-once")
            die_once(words.at(1));
        else
            (kLiars.contains(words[0]) ? kLiars : kChildren).at(words[0])();
    return 0;
}

// --- tests --------------------------------------------------------------------------------------------

DecodeOptions with_child(std::vector<std::string> words) {
    DecodeOptions options;
    options.program = {"/proc/self/exe"};
    options.program.insert(options.program.end(), words.begin(), words.end());
    return options;
}

class DecoderFaults : public testing::Test {
  protected:
    DecoderFaults() { test::Wav{}.write(wav_, test::tone(3, 16000, 300, 5000)); }

    Result<Decoded> decode(Decoder& decoder) {
        samples_.clear();
        return decoder.decode(wav_,
                              [&](std::span<const float> block) -> Status {
                                  samples_.insert(samples_.end(), block.begin(), block.end());
                                  return {};
                              },
                              {});
    }
    Result<Decoded> decode_by(const DecodeOptions& options) {
        auto decoder = Decoder::create(options);
        if (!decoder) return failure(decoder.error());
        return decode(*decoder);
    }

    const test::Folder folder_;
    const std::string wav_ = folder_.path("a.wav");
    std::vector<float> samples_;
};

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::vector<::pid_t> children() {
    std::vector<::pid_t> found;
    const auto text = file::read_whole("/proc/thread-self/children", 65536);
    std::string_view rest = *text;
    while (!rest.empty()) {
        const auto word = rest.substr(0, rest.find(' '));
        found.push_back(text::whole_number<::pid_t>(word).value_or(0));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    return found;
}

TEST_F(DecoderFaults, ProgramThatIsMissingOrEndsOrCannotBeConfined) {
    DecodeOptions missing;
    missing.program = {"/nowhere/haul-speech", "decode-child"};
    EXPECT_EQ(Decoder::create(missing).error().code, Code::not_found);
    EXPECT_THAT(Decoder::create(with_child({"exits"})).error().message(), HasSubstr("ended with 3"));
    const Error cannot = Decoder::create(with_child({"cannot"})).error();
    EXPECT_EQ(cannot.code, Code::unsupported);
    EXPECT_THAT(cannot.message(), HasSubstr("could not filter system calls: Function not implemented"));
    EXPECT_TRUE(children().empty());
}

TEST_F(DecoderFaults, ChildThatDiedIsReplacedAndNothingComesTwice) {
    const auto decoded = decode_by(with_child({"dies-once", folder_.path("marker")}));
    ASSERT_TRUE(decoded) << decoded.error().message();
    EXPECT_FALSE(decoded->cut);
    ASSERT_EQ(samples_.size(), 48000U);
    for (std::size_t i = 0; i < samples_.size(); ++i)
        ASSERT_EQ(samples_[i], static_cast<float>(i) / 65536) << i;
}

TEST_F(DecoderFaults, FileThatKillsEveryChildIsCutOrRefused) {
    const auto cut = decode_by(with_child({"dies"}));
    ASSERT_TRUE(cut) << cut.error().message();
    EXPECT_EQ(cut->samples, 16000U);
    EXPECT_EQ(samples_.size(), 16000U);
    ASSERT_TRUE(cut->cut);
    EXPECT_EQ(cut->cut->code, Code::corrupt);
    EXPECT_THAT(cut->cut->detail, HasSubstr("signal 11"));

    const auto refused = decode_by(with_child({"dies-before-audio"}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::corrupt);
    EXPECT_THAT(refused.error().detail, HasSubstr("signal 7"));
}

TEST_F(DecoderFaults, ProcessorTimeIsLimited) {
    DecodeOptions options = with_child({"spins"});
    options.processor_time = std::chrono::seconds(1);
    const auto cut = decode_by(options);
    ASSERT_TRUE(cut) << cut.error().message();
    EXPECT_EQ(samples_.size(), 16000U);
    ASSERT_TRUE(cut->cut);
    EXPECT_EQ(cut->cut->code, Code::timed_out);
    EXPECT_THAT(cut->cut->detail, HasSubstr("processor time"));
}

TEST_F(DecoderFaults, ChildThatDoesNotGetOnIsGivenUp) {
    for (const char* child : {"sleeps", "trickles"}) {
        DecodeOptions options = with_child({child});
        options.patience = std::chrono::milliseconds(300);
        const auto cut = decode_by(options);
        const Error why = cut ? cut->cut.value() : cut.error();
        EXPECT_EQ(why.code, Code::timed_out) << child << ": " << why.message();
        EXPECT_THAT(why.detail, HasSubstr("no progress"));
    }
}

TEST_F(DecoderFaults, ChildWithoutMemoryIsReplaced) {
    Decoder decoder = *Decoder::create(with_child({"no-memory"}));
    const auto cut = decode(decoder);
    ASSERT_TRUE(cut) << cut.error().message();
    EXPECT_EQ(samples_.size(), 16000U);
    EXPECT_THAT(cut->cut.value().detail, HasSubstr("more than 256MiB of memory"));
    EXPECT_TRUE(children().empty());
    EXPECT_TRUE(decode(decoder));
}

TEST_F(DecoderFaults, LiesAreNotBelieved) {
    for (const auto& [child, what] : kLiars) {
        DecodeOptions options = with_child({child});
        options.longest = std::chrono::seconds(4);
        const auto decoded = decode_by(options);
        const Error why = !decoded ? decoded.error() : decoded->cut.value_or(Error{});
        EXPECT_EQ(why.code, Code::corrupt) << child << ": " << why.message();
        EXPECT_THAT(why.detail, HasSubstr("said what it may not")) << child;
        for (const float value : samples_) ASSERT_LE(std::fabs(value), 1) << child;
        EXPECT_LE(samples_.size(), 64000U) << child;
    }
    EXPECT_TRUE(children().empty());
}

// The decoder child of thread `owner`, as it is at this moment; 0: none.
::pid_t child_of(::pid_t owner) {
    const auto text = file::read_whole("/proc/self/task/" + std::to_string(owner) + "/children", 65536);
    return text ? text::whole_number<::pid_t>(text->substr(0, text->find(' '))).value_or(0) : 0;
}

TEST_F(DecoderFaults, ChildKilledAtRandomMomentsLosesNothing) {
    test::Wav{.rate = 44100, .channels = 2}.write(wav_, test::tone(20, 44100, 300, 5000, 2));
    constexpr int kKills = 80;
    std::mt19937 dice(20);
    const std::size_t before = open_descriptors();
    {
        Decoder decoder = *Decoder::create({});
        std::atomic<int> kills = 0;
        std::jthread killer([&, us = ::gettid()] {
            while (kills < kKills) {
                clock::sleep(std::chrono::microseconds(dice() % 20000), {});
                if (const ::pid_t child = child_of(us); child > 0 && ::kill(child, SIGKILL) == 0) ++kills;
            }
        });
        while (kills < kKills) {
            const auto decoded = decode(decoder);
            if (decoded && !decoded->cut) {
                EXPECT_EQ(samples_.size(), 320000U);
                continue;
            }
            const Error why = decoded ? *decoded->cut : decoded.error();
            EXPECT_THAT(why.message(), HasSubstr("signal 9")) << why.message();
        }
        killer.join();
        const auto after = decode(decoder);
        ASSERT_TRUE(after) << after.error().message();
        EXPECT_FALSE(after->cut);
    }
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_TRUE(children().empty());
}

// Returns once it is dead; its parent, that is we, will still find it so.
void kill_for_good(::pid_t child) {
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ::siginfo_t how{};
    ASSERT_EQ(::waitid(P_PID, static_cast<::id_t>(child), &how, WEXITED | WNOWAIT), 0);
}

TEST_F(DecoderFaults, FileIsWholeAfterOneKillAndReportedAfterTwo) {
    test::Wav{.rate = 8000}.write(wav_, test::tone(20, 8000, 300, 5000));
    std::mt19937 dice(21);
    const std::size_t before = open_descriptors();
    {
        Decoder decoder = *Decoder::create({});
        const ::pid_t us = ::gettid();
        for (int file = 0; file < 20; ++file) {
            // Between files; and at blocks so early that no child has sent its last one.
            if (const ::pid_t idle = child_of(us); idle > 0 && dice() % 2 == 0) kill_for_good(idle);
            const int due = static_cast<int>(dice() % 3);
            int killed = 0;
            ::pid_t last = 0;
            std::size_t until_kill = dice() % 5;
            const auto decoded = decoder.decode(wav_,
                                                [&](std::span<const float>) -> Status {
                                                    // What the last one had sent still comes.
                                                    const ::pid_t child = killed < due ? child_of(us) : 0;
                                                    if (child <= 0 || child == last || until_kill-- > 0)
                                                        return {};
                                                    kill_for_good(child);
                                                    last = child;
                                                    ++killed;
                                                    until_kill = dice() % 5;
                                                    return {};
                                                },
                                                {});
            ASSERT_TRUE(decoded) << decoded.error().message();
            ASSERT_EQ(killed, due);
            EXPECT_EQ(decoded->cut.has_value(), due == 2);
            EXPECT_EQ(decoded->samples == 320000, due < 2);
        }
    }
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_TRUE(children().empty());
}

}  // namespace

int be_child_for_tests(const std::vector<std::string>& words) { return be_child(words); }

}  // namespace haul::speech

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (!words.empty() && !words[0].starts_with("--")) return haul::speech::be_child_for_tests(words);
    testing::InitGoogleMock(&argc, argv);
    return RUN_ALL_TESTS();
}

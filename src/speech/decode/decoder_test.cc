#include "speech/decode/decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "base/test_folder.h"
#include "speech/decode/wav_file.h"

namespace haul::speech {
namespace {

using test::tone;
using test::Wav;
using testing::HasSubstr;

struct Heard {
    Result<Decoded> result;
    std::vector<float> samples;
    std::size_t largest_block = 0;
};

// The whole suite shares one child, as files do in earnest.
Heard listen(const std::string& path) {
    static Decoder decoder = *Decoder::create({});
    Heard heard{Decoded{}, {}};
    heard.result = decoder.decode(path,
                                  [&](std::span<const float> block) -> Status {
                                      heard.samples.insert(heard.samples.end(), block.begin(), block.end());
                                      heard.largest_block = std::max(heard.largest_block, block.size());
                                      return {};
                                  },
                                  {});
    return heard;
}

// Of a tone: its amplitude is sqrt(2) times this.
double rms(std::span<const float> samples) {
    double sum = 0;
    for (const float value : samples) sum += static_cast<double>(value) * value;
    return std::sqrt(sum / static_cast<double>(samples.size()));
}

std::size_t rising_zeros(std::span<const float> samples) {
    std::size_t count = 0;
    for (std::size_t i = 1; i < samples.size(); ++i) count += samples[i - 1] < 0 && samples[i] >= 0 ? 1 : 0;
    return count;
}

TEST(Decoder, ToneKeepsPitchAndLoudnessAtAnyRate) {
    const test::Folder folder;
    for (const std::uint32_t rate : {8000U, 11025U, 16000U, 22050U, 44100U, 48000U, 96000U}) {
        const std::string path = folder.path("tone.wav");
        Wav{.rate = rate, .channels = 2}.write(path, tone(2, rate, 440, 8192, 2));
        const Heard heard = listen(path);
        ASSERT_TRUE(heard.result) << heard.result.error().message();
        EXPECT_EQ(heard.result->decoder, "pcm_s16le in wav");
        EXPECT_EQ(heard.result->source_rate, rate);
        EXPECT_EQ(heard.result->source_channels, 2U);
        EXPECT_FALSE(heard.result->cut) << heard.result->cut->message();
        EXPECT_NEAR(*heard.result->claimed_seconds, 2, 0.01);
        EXPECT_EQ(heard.result->samples, heard.samples.size());
        EXPECT_NEAR(static_cast<double>(heard.samples.size()), 32000, 2) << rate;
        EXPECT_NEAR(rms(heard.samples), 0.25 / std::sqrt(2), 0.002) << rate;
        EXPECT_NEAR(static_cast<double>(rising_zeros(heard.samples)), 880, 2) << rate;
        EXPECT_LE(heard.largest_block, 16000U);
    }
}

TEST(Decoder, ChannelsAreAveraged) {
    const test::Folder folder;
    std::vector<std::int16_t> values;
    for (int i = 0; i < 16000; ++i)
        for (const int value : {16384, 0, -8192, 0}) values.push_back(static_cast<std::int16_t>(value));
    Wav{.channels = 4}.write(folder.path("four.wav"), values);
    const Heard heard = listen(folder.path("four.wav"));
    ASSERT_TRUE(heard.result);
    ASSERT_EQ(heard.samples.size(), 16000U);
    EXPECT_TRUE(
        std::all_of(heard.samples.begin(), heard.samples.end(), [](float v) { return v == 0.0625F; }));
}

TEST(Decoder, WhatIsNoNumberBecomesSilenceAndWhatIsTooLoudTheLoudest) {
    const test::Folder folder;
    std::vector<float> values(16000, 0.5F);
    values[100] = std::numeric_limits<float>::quiet_NaN();
    values[101] = std::numeric_limits<float>::infinity();
    values[102] = -3e30F;
    Wav{.format = 3}.write(folder.path("odd.wav"), values);
    const Heard heard = listen(folder.path("odd.wav"));
    ASSERT_TRUE(heard.result) << heard.result.error().message();
    ASSERT_EQ(heard.samples.size(), 16000U);
    EXPECT_THAT(std::vector<float>(heard.samples.begin() + 99, heard.samples.begin() + 104),
                testing::ElementsAre(0.5F, 0, 0, -1, 0.5F));
}

TEST(Decoder, ClippedIsTheShareAtFullScale) {
    const test::Folder folder;
    std::vector<std::int16_t> values(10000, 100);
    std::fill_n(values.begin(), 500, std::int16_t{32767});
    std::fill_n(values.begin() + 500, 500, std::int16_t{-32768});
    Wav{}.write(folder.path("s16.wav"), values);
    EXPECT_DOUBLE_EQ(listen(folder.path("s16.wav")).result->clipped, 0.1);

    std::vector<std::uint8_t> bytes(10000, 128);
    std::fill_n(bytes.begin(), 200, std::uint8_t{255});
    std::fill_n(bytes.begin() + 200, 50, std::uint8_t{0});
    Wav{}.write(folder.path("u8.wav"), bytes);
    EXPECT_DOUBLE_EQ(listen(folder.path("u8.wav")).result->clipped, 0.025);
}

TEST(Decoder, TruncatedFileIsUsedAndSaid) {
    const test::Folder folder;
    Wav{.data_bytes = 16000 * 2 * 60}.write(folder.path("cut.wav"), tone(2, 16000, 300, 5000));
    const Heard heard = listen(folder.path("cut.wav"));
    ASSERT_TRUE(heard.result);
    EXPECT_EQ(heard.samples.size(), 32000U);
    ASSERT_TRUE(heard.result->cut);
    EXPECT_EQ(heard.result->cut->code, Code::corrupt);
    EXPECT_THAT(heard.result->cut->detail, HasSubstr("truncated"));
    EXPECT_THAT(heard.result->cut->detail, HasSubstr("second 2.0"));
    EXPECT_EQ(heard.result->cut->kept, "2.0 s of audio");
}

TEST(Decoder, WhatCannotBeHeardSaysWhy) {
    const test::Folder folder;
    std::ofstream(folder.path("empty")).flush();
    std::ofstream(folder.path("text")) << "It is no recording, only a few words.\n";
    std::ofstream(folder.path("list.m3u8")) << "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n/etc/passwd\n";
    Wav{}.write(folder.path("head.wav"), std::vector<std::int16_t>());
    Wav{.format = 0x1234}.write(folder.path("odd.wav"), tone(1, 16000, 300, 5000));
    ASSERT_EQ(::mkfifo(folder.path("fifo").c_str(), 0600), 0);
    std::filesystem::create_directory(folder.path("folder"));
    const struct {
        const char* name;
        Code code;
        const char* words;
    } cases[] = {
        {"empty", Code::corrupt, "empty"},
        {"text", Code::unsupported, "no audio or video"},
        {"list.m3u8", Code::unsupported, "'hls', which is not read"},
        {"head.wav", Code::corrupt, "no sound at all"},
        {"odd.wav", Code::unsupported, "its codec is not known"},
        {"fifo", Code::unsupported, "a FIFO"},
        {"folder", Code::unsupported, "a folder"},
        {"missing", Code::not_found, "No such file"},
    };
    for (const auto& one : cases) {
        const Heard heard = listen(folder.path(one.name));
        ASSERT_FALSE(heard.result) << one.name;
        EXPECT_EQ(heard.result.error().code, one.code) << heard.result.error().message();
        EXPECT_THAT(heard.result.error().message(), HasSubstr(one.words));
        EXPECT_TRUE(heard.samples.empty()) << one.name;
    }
}

TEST(Decoder, LengthThatItsWriterCouldNotKnowIsNoClaim) {
    const test::Folder folder;
    // As ffmpeg, sox, arecord and others write it into a pipe.
    for (const std::uint32_t said : {0xFFFFFFFFU, 0x7FFFF000U, 0x7FFFFF00U, 0x80000000U}) {
        Wav{.data_bytes = said}.write(folder.path("piped.wav"), tone(2.71, 16000, 300, 5000));
        const Heard heard = listen(folder.path("piped.wav"));
        ASSERT_TRUE(heard.result) << heard.result.error().message();
        EXPECT_EQ(heard.samples.size(), 43360U);
        EXPECT_FALSE(heard.result->claimed_seconds) << said;
        EXPECT_FALSE(heard.result->cut) << said << ": " << heard.result->cut->message();
    }
}

TEST(Decoder, FileThatGrowsIsReadAsLongAsItWas) {
    const test::Folder folder;
    const std::string path = folder.path("growing.wav");
    Wav{.rate = 44100, .data_bytes = 0xFFFFFFFF}.write(path, tone(60, 44100, 300, 5000));
    Decoder decoder = *Decoder::create({});
    std::uint64_t taken = 0;
    const auto decoded = decoder.decode(path,
                                        [&](std::span<const float> block) -> Status {
                                            if (taken == 0)
                                                std::ofstream(path, std::ios::binary | std::ios::app)
                                                    << std::string(4U << 20U, 'x');
                                            taken += block.size();
                                            return {};
                                        },
                                        {});
    ASSERT_TRUE(decoded) << decoded.error().message();
    EXPECT_FALSE(decoded->cut) << decoded->cut->message();
    EXPECT_NEAR(static_cast<double>(taken), 60 * 16000, 2);
}

TEST(Decoder, SocketIsRefused) {
    const test::Folder folder;
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const file::Fd owner(socket);
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    folder.path("socket").copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(socket, reinterpret_cast<::sockaddr*>(&address), sizeof address), 0);
    const Heard heard = listen(folder.path("socket"));
    ASSERT_FALSE(heard.result);
    EXPECT_EQ(heard.result.error().code, Code::unsupported);
}

TEST(Decoder, LongestIsKeptAndSaid) {
    const test::Folder folder;
    Wav{.rate = 8000}.write(folder.path("long.wav"), tone(5, 8000, 300, 5000));
    DecodeOptions options;
    options.longest = std::chrono::seconds(3);
    Decoder decoder = *Decoder::create(options);
    std::uint64_t taken = 0;
    const auto decoded = decoder.decode(folder.path("long.wav"),
                                        [&](std::span<const float> block) -> Status {
                                            taken += block.size();
                                            return {};
                                        },
                                        {});
    ASSERT_TRUE(decoded) << decoded.error().message();
    EXPECT_EQ(taken, 48000U);
    ASSERT_TRUE(decoded->cut);
    EXPECT_EQ(decoded->cut->code, Code::unsupported);
    EXPECT_THAT(decoded->cut->detail, HasSubstr("longer than 0:03"));
}

TEST(Decoder, ErrorOfTheTakerAndAStopEndItAndTheNextFileIsFine) {
    const test::Folder folder;
    Wav{}.write(folder.path("a.wav"), tone(5, 16000, 300, 5000));
    Decoder decoder = *Decoder::create({});
    int blocks = 0;
    const auto refused = decoder.decode(
        folder.path("a.wav"),
        [&](std::span<const float>) -> Status {
            return ++blocks == 2 ? Status(failure(Code::no_space, "keep", "it", "full")) : Status();
        },
        {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::no_space);
    EXPECT_EQ(blocks, 2);

    std::stop_source stop;
    const auto stopped = decoder.decode(
        folder.path("a.wav"),
        [&](std::span<const float>) -> Status {
            stop.request_stop();
            return {};
        },
        stop.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Code::interrupted);

    const auto fine = decoder.decode(folder.path("a.wav"), [](auto) -> Status { return {}; }, {});
    ASSERT_TRUE(fine);
    EXPECT_EQ(fine->samples, 80000U);
}

}  // namespace
}  // namespace haul::speech

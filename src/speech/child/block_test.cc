#include "speech/child/block.h"

#include <fcntl.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/test_folder.h"
#include "speech/audio/synthetic_voice.h"
#include "speech/child/child.h"
#include "speech/child/pitch.h"
#include "speech/child/pooled.h"
#include "speech/child/tract.h"

namespace haul::speech {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kStretch = 494, kStep = 46;

// A network of the block's form, in OpenVINO's own: each output is the maximum of 494 numbers in a row of the
// input, beginning each 46.
std::string maxima(std::size_t outputs) {
    return fmt::format(
        R"(<?xml version="1.0"?><net name="maxima" version="11"><layers>
<layer id="0" name="log_mel" type="Parameter" version="opset1"><data shape="1,80,300" element_type="f32"/>
<output><port id="0" precision="FP32" names="log_mel"><dim>1</dim><dim>80</dim><dim>300</dim></port></output></layer>
<layer id="1" name="shape" type="Const" version="opset1"><data element_type="i64" shape="3" offset="0" size="24"/>
<output><port id="0" precision="I64"><dim>3</dim></port></output></layer>
<layer id="2" name="row" type="Reshape" version="opset1"><data special_zero="false"/>
<input><port id="0" precision="FP32"><dim>1</dim><dim>80</dim><dim>300</dim></port><port id="1" precision="I64"><dim>3</dim></port></input>
<output><port id="2" precision="FP32"><dim>1</dim><dim>1</dim><dim>24000</dim></port></output></layer>
<layer id="3" name="pool" type="MaxPool" version="opset1"><data kernel="{0}" strides="{1}" pads_begin="0" pads_end="0" rounding_type="floor" auto_pad="explicit"/>
<input><port id="0" precision="FP32"><dim>1</dim><dim>1</dim><dim>24000</dim></port></input>
<output><port id="1" precision="FP32" names="deviations"><dim>1</dim><dim>1</dim><dim>{2}</dim></port></output></layer>
<layer id="4" name="result" type="Result" version="opset1"><input><port id="0" precision="FP32"><dim>1</dim><dim>1</dim><dim>{2}</dim></port></input></layer>
</layers><edges><edge from-layer="0" from-port="0" to-layer="2" to-port="0"/><edge from-layer="1" from-port="0" to-layer="2" to-port="1"/>
<edge from-layer="2" from-port="2" to-layer="3" to-port="0"/><edge from-layer="3" from-port="1" to-layer="4" to-port="0"/></edges></net>)",
        24'000 - (outputs - 1) * kStep, kStep, outputs);
}

std::string little_endian(std::initializer_list<std::uint64_t> numbers) {
    std::string bytes;
    for (const std::uint64_t number : numbers)
        for (unsigned shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(number >> shift));
    return bytes;
}

class Blocks : public testing::Test {
  protected:
    // As a build of ours leaves it.
    Model written(const std::string& network) {
        EXPECT_TRUE(file::write_durably(folder_.fd(), "block.xml", network, false).has_value());
        EXPECT_TRUE(
            file::write_durably(folder_.fd(), "block.bin", little_endian({1, 1, 24'000}), false).has_value());
        Model model;
        model.role = Role::child;
        model.id = {"whisper-block-child", std::string(kBlockHead.graph)};
        model.path = folder_.path("block.xml");
        model.input = Input::log_mel;
        return model;
    }
    ChildJudge judge(const Model& model) {
        auto made = ChildJudge::create(model);
        EXPECT_TRUE(made.has_value()) << made.error().message();
        return *std::move(made);
    }

  private:
    test::Folder folder_;
};

ChildFinding finding_of(ChildJudge& judge, const std::vector<float>& speech) {
    judge.begin_segment();
    judge.hear(speech);
    (void)judge.end_segment();
    auto found = judge.finish({});
    EXPECT_TRUE(found.has_value());
    return *std::move(found);
}

double odds_of(const ChildFinding& finding) { return std::log(*finding.score / (1 - *finding.score)); }

// Nothing is left above 4 kHz.
std::vector<float> narrowed(std::vector<float> sound) {
    constexpr int kHalf = 200;
    std::vector<float> taps;
    for (int i = -kHalf; i <= kHalf; ++i) {
        const double x = M_PI * i;
        const double hann = 0.5 + 0.5 * std::cos(x / kHalf);
        taps.push_back(static_cast<float>(i == 0 ? 0.45 : hann * std::sin(0.45 * x) / x));
    }
    std::vector<float> out(sound.size());
    for (std::size_t i = kHalf; i + kHalf < sound.size(); ++i)
        for (std::size_t k = 0; k < taps.size(); ++k) out[i] += taps[k] * sound[i + k - kHalf];
    return out;
}

std::vector<float> bands_of(const std::vector<float>& sound) {
    Frames frames;
    LogMel log_mel;
    const auto bands = log_mel.bands(frames.powers_of(sound), gain_of(root_mean_square(sound)));
    return {bands.begin(), bands.end()};
}

TEST_F(Blocks, HearBandsByRowsAndShortOnesAgain) {
    auto block = VoiceBlock::load(written(maxima(VoiceBlock::kChannels)));
    ASSERT_TRUE(block.has_value()) << block.error().message();
    std::vector<float> bands(100 * LogMel::kBands, -1.0F);
    bands[99 * LogMel::kBands + 79] = 4.0F;  // the last band of the last frame, that is of each third
    const auto found = block->deviations(bands);
    ASSERT_TRUE(found.has_value());
    for (std::size_t i = 0; i < found->size(); ++i) {
        const std::size_t from = i * kStep;
        const bool there =
            std::ranges::any_of(std::vector<std::size_t>{99, 199, 299}, [&](std::size_t frame) {
                const std::size_t at = 79 * VoiceBlock::kFrames + frame;
                return at >= from && at < from + kStretch;
            });
        EXPECT_EQ((*found)[i], there ? 4.0F : -1.0F) << i;
    }
}

TEST_F(Blocks, AreAskedBesideTheLogMelHead) {
    const Model model = written(maxima(VoiceBlock::kChannels));
    const auto speech = synthetic_voice(240, 13.5, 3);
    auto alone = *ChildJudge::create(std::nullopt);
    auto both = judge(model);
    const auto without = finding_of(alone, speech), with = finding_of(both, speech);
    auto block = VoiceBlock::load(model);
    PitchTracker pitch;
    TractMeter meter;
    const auto track = pitch.track(speech);
    const auto voice = voice_numbers(track, meter.measure(speech, track));
    const double theirs = kBlockHead.head.log_odds(*block->deviations(bands_of(speech)), voice);
    const double share = static_cast<double>(kBlockHead.share);
    EXPECT_NEAR(odds_of(with), std::clamp((1 - share) * odds_of(without) + share * theirs, -10.0, 10.0),
                1e-3);
    EXPECT_NE(odds_of(with), odds_of(without));
    EXPECT_EQ(with.model.name, kBlockHead.head.name);
    EXPECT_EQ(with.model.sha256, kBlockHead.head.sha256);
    EXPECT_THAT(with.reasons, Contains("judged by log-mel bands and Whisper's first block"));
    EXPECT_THAT(without.reasons, Not(Contains(HasSubstr("judged by"))));
}

TEST_F(Blocks, AreNotAskedWithoutUpperBands) {
    auto alone = *ChildJudge::create(std::nullopt);
    auto both = judge(written(maxima(VoiceBlock::kChannels)));
    const auto speech = narrowed(synthetic_voice(240, 13.5, 3));
    const auto without = finding_of(alone, speech), with = finding_of(both, speech);
    EXPECT_LT(with.bandwidth_hz.value(), 5'000);
    EXPECT_EQ(with.score, without.score);
    EXPECT_EQ(with.model, without.model);
    EXPECT_THAT(with.reasons, Contains(HasSubstr("judged by log-mel bands alone")));
}

TEST_F(Blocks, MayBeAskedInSomeWindows) {
    auto both = judge(written(maxima(VoiceBlock::kChannels)));
    auto speech = narrowed(synthetic_voice(240, 13.5, 3));
    const auto wide = synthetic_voice(240, 13.5, 3);
    speech.insert(speech.end(), wide.begin(), wide.end());
    const auto found = finding_of(both, speech);
    EXPECT_EQ(found.model.name, kBlockHead.head.name);
    EXPECT_THAT(found.reasons, Contains(HasSubstr("in 1 of 2 windows")));
    EXPECT_THAT(finding_of(both, wide).reasons, Not(Contains(HasSubstr("of 2 windows"))));
}

TEST_F(Blocks, AreNotAskedAboutLessThanAWindow) {
    auto alone = *ChildJudge::create(std::nullopt);
    auto both = judge(written(maxima(VoiceBlock::kChannels)));
    const auto speech = synthetic_voice(240, 13.5, 2.9);
    const auto without = finding_of(alone, speech), with = finding_of(both, speech);
    EXPECT_EQ(with.score, without.score);
    EXPECT_EQ(with.model, without.model);
}

TEST_F(Blocks, OfAnotherFormAreRefused) {
    const auto block = VoiceBlock::load(written(maxima(400)));
    ASSERT_FALSE(block.has_value());
    EXPECT_EQ(block.error().code, Code::corrupt);
    EXPECT_THAT(block.error().remedy, HasSubstr("haul models build child"));
}

TEST_F(Blocks, OfAnotherVersionDecideNothing) {
    Model model = written(maxima(VoiceBlock::kChannels));
    EXPECT_TRUE(ChildJudge::reads(model));
    model.id.sha256 = std::string(64, 'a');
    EXPECT_FALSE(ChildJudge::reads(model));
    auto one = judge(model), alone = *ChildJudge::create(std::nullopt);
    const auto speech = synthetic_voice(240, 13.5, 3);
    const auto found = finding_of(one, speech), without = finding_of(alone, speech);
    EXPECT_EQ(found.score, without.score);
    EXPECT_EQ(found.reasons, without.reasons);
}

}  // namespace
}  // namespace haul::speech

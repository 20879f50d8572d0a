#include "speech/child/own_model.h"

#include <fcntl.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/test_folder.h"
#include "speech/audio/log_mel.h"
#include "speech/audio/synthetic_voice.h"
#include "speech/child/child.h"

namespace haul::speech {
namespace {

using testing::HasSubstr;

// A network, in OpenVINO's own form, whose outputs are the maxima of equal stretches of its last dimension.
std::string maxima(int rows, int columns, int outputs) {
    const int stretch = columns / outputs;
    return fmt::format(
        R"(<?xml version="1.0"?><net name="maxima" version="11"><layers>
<layer id="0" name="in" type="Parameter" version="opset1"><data shape="1,{0},{1}" element_type="f32"/>
<output><port id="0" precision="FP32" names="in"><dim>1</dim><dim>{0}</dim><dim>{1}</dim></port></output></layer>
<layer id="1" name="pool" type="MaxPool" version="opset1"><data kernel="{2}" strides="{2}" pads_begin="0" pads_end="0" rounding_type="floor" auto_pad="explicit"/>
<input><port id="0" precision="FP32"><dim>1</dim><dim>{0}</dim><dim>{1}</dim></port></input>
<output><port id="1" precision="FP32" names="out"><dim>1</dim><dim>{0}</dim><dim>{3}</dim></port></output></layer>
<layer id="2" name="result" type="Result" version="opset1"><input><port id="0" precision="FP32"><dim>1</dim><dim>{0}</dim><dim>{3}</dim></port></input></layer>
</layers><edges><edge from-layer="0" from-port="0" to-layer="1" to-port="0"/>
<edge from-layer="1" from-port="1" to-layer="2" to-port="0"/></edges></net>)",
        rows, columns, stretch, outputs);
}

class OwnModels : public testing::Test {
  protected:
    Model written(const std::string& network, Input input, std::vector<std::string> labels) {
        EXPECT_TRUE(file::write_durably(folder_.fd(), "own.xml", network, false).has_value());
        EXPECT_TRUE(file::write_durably(folder_.fd(), "own.bin", "", false).has_value());
        Model model;
        model.role = Role::child;
        model.id = {"mine", std::string(64, 'a')};
        model.path = folder_.path("own.xml");
        model.input = input;
        model.labels = std::move(labels);
        model.operators = true;
        return model;
    }

  private:
    test::Folder folder_;
};

TEST_F(OwnModels, TakeSoundScaledAndFilledUp) {
    auto own = OwnModel::load(written(maxima(1, 48'000, 1), Input::pcm, {}));
    ASSERT_TRUE(own.has_value()) << own.error().message();
    // 0.2 wherever it stands: the second half too, though only a tenth was given.
    const std::vector<float> sound(4'800, 0.1F);
    const auto odds = own->log_odds(sound, 2.0, {});
    ASSERT_TRUE(odds.has_value());
    EXPECT_NEAR(*odds, std::log(0.2 / 0.8), 1e-5);
}

TEST_F(OwnModels, AreReadByTheirLabels) {
    std::vector<float> sound(48'000, 0.0F);
    std::fill(sound.begin() + 24'000, sound.end(), 3.0F);
    for (const bool first : {true, false}) {
        const std::vector<std::string> labels =
            first ? std::vector<std::string>{"child", "adult"} : std::vector<std::string>{"adult", "child"};
        auto own = OwnModel::load(written(maxima(1, 48'000, 2), Input::pcm, labels));
        ASSERT_TRUE(own.has_value()) << own.error().message();
        // No probabilities: a softmax over 0 and 3.
        EXPECT_NEAR(*own->log_odds(sound, 1.0, {}), first ? -3 : 3, 1e-5);
    }
}

TEST_F(OwnModels, TakeLogMelBandsByRows) {
    std::vector<std::string> labels(80, "other");
    labels[7] = "child";
    auto own = OwnModel::load(written(maxima(80, 300, 1), Input::log_mel, labels));
    ASSERT_TRUE(own.has_value()) << own.error().message();
    std::vector<float> bands(100 * LogMel::kBands, -1.0F);
    for (std::size_t f = 0; f < 100; ++f) bands[f * LogMel::kBands + 7] = 4.0F;
    const auto odds = own->log_odds(std::vector<float>(16'000, 0.1F), 1.0, bands);
    EXPECT_NEAR(odds.value(), 5 - std::log(79.0), 1e-4);
}

TEST_F(OwnModels, ThatDoNotFitAreRefused) {
    EXPECT_THAT(OwnModel::load(written(maxima(1, 16'000, 1), Input::pcm, {})).error().message(),
                HasSubstr("does not take 48000 numbers"));
    EXPECT_THAT(OwnModel::load(written(maxima(1, 48'000, 2), Input::pcm, {"man", "woman"})).error().message(),
                HasSubstr("none of them 'child'"));
    EXPECT_THAT(OwnModel::load(written(maxima(1, 48'000, 3), Input::pcm, {})).error().message(),
                HasSubstr("3 outputs, and 0 labels"));
    EXPECT_EQ(OwnModel::load(written("no network", Input::pcm, {})).error().root().code, Code::corrupt);
}

TEST_F(OwnModels, JudgeInPlaceOfTheHead) {
    auto judge = ChildJudge::create(written(maxima(1, 48'000, 2), Input::pcm, {"adult", "child"}));
    ASSERT_TRUE(judge.has_value()) << judge.error().message();
    auto speech = synthetic_voice(110, 17.5, 3);
    for (std::size_t i = 0; i < 24'000; ++i) speech[i] = 0;
    for (std::size_t i = 24'000; i < 48'000; ++i) speech[i] *= 30;
    judge->begin_segment();
    judge->hear(speech);
    EXPECT_TRUE(judge->end_segment().has_value());
    const auto found = judge->finish({});
    ASSERT_TRUE(found.has_value());
    EXPECT_GT(found->score.value(), 0.5);
    EXPECT_EQ(found->model.name, "mine");
    EXPECT_EQ(found->model.sha256, std::string(64, 'a'));
    EXPECT_EQ(judge->finish({})->decision, Decision::none);
}

}  // namespace
}  // namespace haul::speech

#include "speech/activity/segmenter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace haul::speech {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Stretch = std::pair<std::uint64_t, std::uint64_t>;  // windows

// Windows of one likelihood after another: (likelihood, how many).
std::vector<Stretch> stretches(const std::vector<std::pair<double, int>>& runs,
                               const ActivityOptions& options = {}) {
    Segmenter segmenter(options);
    std::vector<Stretch> found;
    std::uint64_t began = 0, length = 0;
    const auto take = [&](const Segmenter::Step& step) {
        if (step.began) began = *step.began / kWindow;
        if (step.ended) found.emplace_back(began, *step.ended / kWindow);
    };
    for (const auto& [likelihood, count] : runs) {
        for (int i = 0; i < count; ++i, length += kWindow) take(segmenter.push(likelihood));
    }
    take(segmenter.finish(length));
    return found;
}

TEST(Segmenter, FindsSpeechBetweenSilence) {
    EXPECT_THAT(stretches({{0.1, 10}, {0.9, 20}, {0.1, 10}}), ElementsAre(Stretch{10, 30}));
}

TEST(Segmenter, BridgesShortSilence) {
    EXPECT_THAT(stretches({{0.9, 20}, {0.1, 4}, {0.9, 20}, {0.1, 10}}), ElementsAre(Stretch{0, 44}));
    EXPECT_THAT(stretches({{0.9, 20}, {0.1, 5}, {0.9, 20}, {0.1, 10}}),
                ElementsAre(Stretch{0, 20}, Stretch{25, 45}));
}

TEST(Segmenter, KeepsOnBetweenTheThresholds) {
    EXPECT_THAT(stretches({{0.9, 10}, {0.4, 30}, {0.1, 10}}), ElementsAre(Stretch{0, 40}));
    EXPECT_THAT(stretches({{0.4, 30}, {0.1, 10}}), IsEmpty());
    // Back above `exit` alone does not end a silence.
    EXPECT_THAT(stretches({{0.9, 10}, {0.1, 1}, {0.4, 2}, {0.1, 3}}), ElementsAre(Stretch{0, 10}));
}

TEST(Segmenter, DropsWhatIsTooShort) {
    EXPECT_THAT(stretches({{0.1, 5}, {0.9, 7}, {0.1, 10}}), IsEmpty());
    EXPECT_THAT(stretches({{0.1, 5}, {0.9, 8}, {0.1, 10}}), ElementsAre(Stretch{5, 13}));
}

TEST(Segmenter, EndsWithTheAudio) {
    EXPECT_THAT(stretches({{0.1, 5}, {0.9, 20}}), ElementsAre(Stretch{5, 25}));
    EXPECT_THAT(stretches({{0.1, 5}, {0.9, 20}, {0.1, 3}}), ElementsAre(Stretch{5, 28}));
    EXPECT_THAT(stretches({}), IsEmpty());
}

TEST(Segmenter, TakesItsOptions) {
    EXPECT_THAT(
        stretches({{0.1, 5}, {0.3, 2}, {0.1, 10}}, {.threshold = 0.25, .exit = 0.2, .min_speech = 0.05}),
        ElementsAre(Stretch{5, 7}));
}

TEST(Segmenter, SaysThatSpeechBeganAsSoonAsItIsCertain) {
    Segmenter segmenter({});
    int windows = 0;
    while (!segmenter.push(0.9).began) ++windows;
    EXPECT_EQ(windows, 8);  // 0.256 s
    EXPECT_EQ(segmenter.open_since(), 0U);
    EXPECT_EQ(segmenter.certain_until(), 9 * kWindow);
    EXPECT_FALSE(segmenter.push(0.1).ended);
    EXPECT_EQ(segmenter.certain_until(), 9 * kWindow);
}

}  // namespace
}  // namespace haul::speech

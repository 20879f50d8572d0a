#include "speech/language/language.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace haul::speech {
namespace {

// Shorter speech is followed by so much silence, in samples: Whisper learned from windows that end with it,
// and is surer and more often right with some (docs/models/whisper-base-language.md). Longer speech needs
// none.
constexpr std::size_t kShort = 8U * 16000U, kSilence = 2U * 16000U;
constexpr std::size_t kBeginning = 5U * 16000U;

}  // namespace

std::unexpected<Error> LanguageJudge::refused(std::string detail) const {
    return failure(
        make_error(Code::corrupt, "judge the language with", model_.path, std::move(detail))
            .with_remedy("docs/models/whisper-base-language.md says what a model of one's own must be"));
}

Result<LanguageJudge> LanguageJudge::create(const Model& model) {
    LanguageJudge judge(model, TRY(Graph::load(model.path)));
    if (judge.graph_.inputs().size() != 1 || judge.graph_.outputs().empty())
        return judge.refused("it has not one input and an output");
    if (model.labels.empty()) return judge.refused("its languages are not named");
    judge.fixed_ = judge.graph_.input(judge.graph_.inputs().front()).size();
    return judge;
}

// Puts the speech, and that much silence, into the graph's input, in the form that it takes.
Status LanguageJudge::listen(std::span<const float> speech, std::size_t silence) {
    const std::string& name = graph_.inputs().front();
    const bool mel = model_.input == Input::log_mel;
    std::size_t samples = speech.size() + silence;
    if (fixed_ > 0) samples = mel ? fixed_ / LogMel::kBands * Frames::kHop : fixed_;
    if (samples <= Frames::kWindow) return refused("what it hears is too short");
    padded_.assign(samples, 0);
    std::copy_n(speech.begin(), std::min(speech.size(), samples), padded_.begin());
    const std::size_t frames = samples / Frames::kHop;
    if (fixed_ == 0) {
        const Graph::Shape shape = mel ? Graph::Shape{1, LogMel::kBands, frames} : Graph::Shape{1, samples};
        TRY(graph_.resize(name, shape));
    }
    const std::span<float> input = graph_.input(name);
    if (!mel) {
        std::ranges::copy(padded_, input.begin());
        return {};
    }
    if (input.size() != LogMel::kBands * frames) return refused("its input is not of 80 bands");
    // The graph has a row a band.
    const std::span<const float> bands = log_mel_.bands(frames_.powers_of(padded_));
    for (std::size_t frame = 0; frame < frames; ++frame) {
        for (std::size_t band = 0; band < LogMel::kBands; ++band)
            input[band * frames + frame] = bands[frame * LogMel::kBands + band];
    }
    return {};
}

Result<LanguageFinding> LanguageJudge::judge(std::span<const float> speech, double sure) {
    if (speech.empty()) return LanguageFinding{std::string(kUndetermined), 0, model_.id};
    if (speech.size() < kShort) return heard(speech, kSilence);
    if (fixed_ == 0) {
        LanguageFinding finding = TRY(heard(speech.first(kBeginning), 0));
        if (finding.p >= sure) return finding;
    }
    return heard(speech.first(std::min(speech.size(), kMost)), 0);
}

Result<LanguageFinding> LanguageJudge::heard(std::span<const float> speech, std::size_t silence) {
    TRY(listen(speech, silence));
    TRY(graph_.run());
    const std::span<const float> likely = graph_.output(graph_.outputs().front());
    if (likely.size() != model_.labels.size())
        return refused("it has " + std::to_string(likely.size()) + " outputs and " +
                       std::to_string(model_.labels.size()) + " labels");
    const float sum = std::accumulate(likely.begin(), likely.end(), 0.0F);
    const auto best = std::ranges::max_element(likely);
    if (!(*std::ranges::min_element(likely) >= 0) || !(std::abs(sum - 1) < 0.01F))
        return refused("its outputs are no probabilities: it must end with a softmax");
    return LanguageFinding{model_.labels[static_cast<std::size_t>(best - likely.begin())],
                           std::round(static_cast<double>(*best) * 1000) / 1000, model_.id};
}

}  // namespace haul::speech

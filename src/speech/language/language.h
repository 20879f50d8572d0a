// Which language is spoken: the judgement of a network over at most 12 s of speech, and over the first 5 s
// where these make it sure.
//
// What goes in is 16 kHz mono in [-1, 1], the speech alone, joined. A judge belongs to one thread; the same
// speech gives the same finding on one type of CPU. Ours takes 0.4 GB of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "speech/audio/log_mel.h"
#include "speech/audio/spectrum.h"
#include "speech/inference/graph.h"
#include "speech/models/models.h"

namespace haul::speech {

inline constexpr std::string_view kUndetermined = "und";

struct LanguageFinding {
    std::string code;  // the likeliest: ISO 639-1, or whatever label an operator's model has
    double p = 0;      // how likely, rounded to 3 decimals: what is compared is what is said
    ModelId model;

    // `code` where it is at least as likely as that, else "und".
    [[nodiscard]] std::string code_at(double threshold) const {
        return p >= threshold ? code : std::string(kUndetermined);
    }
    bool operator==(const LanguageFinding&) const = default;
};

class LanguageJudge {
  public:
    // An operator's model has one input, of [1, samples] or [1, 80, frames] as Whisper's log-mel is
    // (audio/log_mel.h), whose last dimension may be open, and a first output with the probability of each
    // label. Code::corrupt: it has not.
    [[nodiscard]] static Result<LanguageJudge> create(const Model& model);
    // Of more than kMost the first is heard; of nothing at all "und" is said, with p = 0. Where the first 5 s
    // of 8 s or more make a language as likely as `sure`, that is the finding: hearing it all takes two or
    // three times as long.
    [[nodiscard]] Result<LanguageFinding> judge(std::span<const float> speech, double sure = kSure);

    static constexpr std::size_t kMost = 12U * 16000U;  // samples
    static constexpr double kSure = 0.9;                // docs/models/whisper-base-language.md

  private:
    LanguageJudge(Model model, Graph graph) : model_(std::move(model)), graph_(std::move(graph)) {}
    [[nodiscard]] Result<LanguageFinding> heard(std::span<const float> speech, std::size_t silence);
    [[nodiscard]] Status listen(std::span<const float> speech, std::size_t silence);
    [[nodiscard]] std::unexpected<Error> refused(std::string detail) const;

    Model model_;
    Graph graph_;
    Frames frames_;
    LogMel log_mel_;
    std::size_t fixed_ = 0;  // numbers in the input where all its dimensions are fixed
    std::vector<float> padded_;
};

}  // namespace haul::speech

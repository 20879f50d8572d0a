// Says whether a child speaks: of each segment a score, of a file a decision with reasons that can be
// checked.
//
// Speech arrives as it was trimmed by voice activity, segment by segment: 16 kHz mono in [-1, 1]. It is
// joined and looked at in windows of 3 s, whose log odds are averaged; memory does not grow with the file.
// The same speech gives the same answer, however it is cut into calls of hear(). One ChildJudge a thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "speech/models/models.h"

namespace haul::speech {

enum class Decision : std::uint8_t {
    child,
    adult,
    unsure,  // the score lies in the unsure band, or less than 2 s of speech
    none,    // no speech
};
enum class Confidence : std::uint8_t { normal, low };

// "child", "adult", "unsure", "none"; "normal", "low".
[[nodiscard]] std::string_view name_of(Decision decision);
[[nodiscard]] std::string_view name_of(Confidence confidence);

// What is known of the recording from elsewhere.
struct Conditions {
    std::optional<double> snr_db;
};

struct ChildFinding {
    Decision decision = Decision::none;
    std::optional<double> score;  // probability of a child in [0, 1]; none: less than 1 s of speech
    Confidence confidence = Confidence::normal;
    std::vector<std::string> reasons;    // what the model says, what was measured, what makes it less certain
    std::optional<double> pitch_hz;      // median
    std::optional<double> vtl_cm;        // length of the vocal tract
    std::optional<double> bandwidth_hz;  // of the recording, where there is speech
    ModelId model;
    double speech_seconds = 0;
};

class ChildJudge {
  public:
    // Without a model the shipped log-mel head decides. `model`: ours (whisper-block-child), which is asked
    // beside that head about whole windows with their upper bands, or an operator's in place of both. An
    // operator's one input is 3 s of sound, 48,000 samples scaled to a root mean square of 0.06 (Input::pcm),
    // or the 80 x 300 log-mel numbers of log_mel.h (Input::log_mel); its output one number a label, of which
    // one is "child" (where no labels are named: one output, child; two, adult and child). Errors: those of
    // Graph::load, and Code::corrupt where the model has other inputs, outputs or labels.
    [[nodiscard]] static Result<ChildJudge> create(std::optional<Model> model);
    // Whether create() has a use for it: of ours, the shipped head reads one version alone, and others decide
    // nothing.
    [[nodiscard]] static bool reads(const Model& model);

    ChildJudge(ChildJudge&&) noexcept;
    ChildJudge& operator=(ChildJudge&&) noexcept;
    ~ChildJudge();

    void begin_segment();
    // Any number of samples of the segment that began.
    void hear(std::span<const float> speech);
    // The segment's own score; none: it is shorter than 1 s.
    [[nodiscard]] std::optional<double> end_segment();
    // Of all segments since the last finish() or reset(). Errors: a network failed.
    [[nodiscard]] Result<ChildFinding> finish(const Conditions& conditions);
    // Gives up a file in the middle.
    void reset();

  private:
    struct State;
    explicit ChildJudge(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace haul::speech

// Finds speech in a stream of audio and hands it on as it comes, so that memory does not grow with the
// recording.
//
// 16 kHz mono samples in [-1,1], in blocks of any size. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "speech/activity/detector.h"
#include "speech/activity/segmenter.h"
#include "speech/models/models.h"

namespace haul::speech {

// Told in order: began, speech (in pieces, padding included), ended; then the next stretch. Positions are
// samples from the beginning of the recording, padding included.
class SpeechListener {
  public:
    SpeechListener() = default;
    virtual ~SpeechListener() = default;
    SpeechListener(const SpeechListener&) = delete;
    SpeechListener& operator=(const SpeechListener&) = delete;
    virtual Status speech_began(std::uint64_t at) = 0;
    virtual Status speech(std::span<const float> samples) = 0;
    virtual Status speech_ended(std::uint64_t at) = 0;
};

class Activity {
  public:
    Activity(std::unique_ptr<Detector> detector, const ActivityOptions& options);

    // Errors are the detector's and the listener's.
    [[nodiscard]] Status hear(std::span<const float> samples, SpeechListener& listener);
    // The recording ended; the next hear() begins another.
    [[nodiscard]] Status finish(SpeechListener& listener);
    // Gives up a recording in the middle.
    void reset();

    [[nodiscard]] const ModelId& id() const { return detector_->id(); }

  private:
    Status judge_window(std::span<const float, kWindow> window, SpeechListener& listener);
    Status take(const Segmenter::Step& step, SpeechListener& listener);
    Status deliver(std::uint64_t until, SpeechListener& listener);
    void drop_before(std::uint64_t position);
    [[nodiscard]] std::uint64_t heard() const { return held_from_ + held_.size(); }

    std::unique_ptr<Detector> detector_;
    ActivityOptions options_;
    std::uint64_t padding_;  // samples
    Segmenter segmenter_;
    std::vector<float> held_;  // audio that may yet belong to speech
    std::uint64_t held_from_ = 0, judged_ = 0, delivered_ = 0;
    bool speaking_ = false;
};

// Silero where `model` is there, else the built-in detector.
[[nodiscard]] Result<Activity> make_activity(const std::optional<Model>& model,
                                             const ActivityOptions& options);

}  // namespace haul::speech

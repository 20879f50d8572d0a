#include "speech/activity/activity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace haul::speech {

Activity::Activity(std::unique_ptr<Detector> detector, const ActivityOptions& options)
    : detector_(std::move(detector)),
      options_(options),
      padding_(static_cast<std::uint64_t>(std::llround(options.padding * static_cast<double>(kRate)))),
      segmenter_(options) {}

void Activity::reset() {
    detector_->reset();
    segmenter_ = Segmenter(options_);
    held_.clear();
    held_from_ = judged_ = delivered_ = 0;
    speaking_ = false;
}

Status Activity::hear(std::span<const float> samples, SpeechListener& listener) {
    // In stretches, so that what is held stays small however large a block is.
    constexpr std::size_t kStretch = 16 * kWindow;
    while (!samples.empty()) {
        const auto now = samples.first(std::min(samples.size(), kStretch));
        samples = samples.subspan(now.size());
        held_.insert(held_.end(), now.begin(), now.end());
        while (judged_ + kWindow <= heard()) {
            const std::span<const float> held(held_);
            TRY(judge_window(held.subspan(judged_ - held_from_).first<kWindow>(), listener));
        }
        const std::uint64_t before = segmenter_.open_since().value_or(judged_);
        drop_before(speaking_ ? delivered_ : before - std::min(before, padding_ + kWindow));
    }
    return {};
}

Status Activity::judge_window(std::span<const float, kWindow> window, SpeechListener& listener) {
    const double likelihood = TRY(detector_->judge(window));
    judged_ += kWindow;
    return take(segmenter_.push(likelihood), listener);
}

Status Activity::take(const Segmenter::Step& step, SpeechListener& listener) {
    if (step.began) {
        // Never into the stretch before: its padding has this audio already.
        const std::uint64_t from = std::max(*step.began - std::min(*step.began, padding_), delivered_);
        delivered_ = from;
        speaking_ = true;
        TRY(listener.speech_began(from));
    }
    if (step.ended) {
        const std::uint64_t until = std::max(delivered_, std::min(*step.ended + padding_, heard()));
        TRY(deliver(until, listener));
        speaking_ = false;
        return listener.speech_ended(until);
    }
    return speaking_ ? deliver(std::min(segmenter_.certain_until(), heard()), listener) : Status{};
}

Status Activity::deliver(std::uint64_t until, SpeechListener& listener) {
    if (until <= delivered_) return {};
    const std::span<const float> held(held_);
    const auto speech = held.subspan(delivered_ - held_from_, until - delivered_);
    delivered_ = until;
    return listener.speech(speech);
}

void Activity::drop_before(std::uint64_t position) {
    if (position <= held_from_) return;
    const auto count = std::min(position - held_from_, held_.size());
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(count));
    held_from_ += count;
}

Status Activity::finish(SpeechListener& listener) {
    const std::uint64_t length = heard();
    if (judged_ < length) {
        std::array<float, kWindow> last{};  // what is missing of it is silence
        std::copy(held_.begin() + static_cast<std::ptrdiff_t>(judged_ - held_from_), held_.end(),
                  last.begin());
        TRY(judge_window(last, listener));
    }
    TRY(take(segmenter_.finish(length), listener));
    reset();
    return {};
}

Result<Activity> make_activity(const std::optional<Model>& model, const ActivityOptions& options) {
    if (!model) return Activity(built_in_detector(), options);
    return Activity(TRY(silero_detector(*model)), options);
}

}  // namespace haul::speech

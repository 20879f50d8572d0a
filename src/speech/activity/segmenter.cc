#include "speech/activity/segmenter.h"

namespace haul::speech {

bool Segmenter::long_enough(std::uint64_t end) const {
    return began_ && static_cast<double>(end - *began_) > options_.min_speech * static_cast<double>(kRate);
}

Segmenter::Step Segmenter::end_at(std::uint64_t end) {
    Step step;
    if (told_ || long_enough(end)) {
        if (!told_) step.began = began_;
        step.ended = end;
    }
    began_.reset();
    quiet_since_.reset();
    told_ = false;
    return step;
}

Segmenter::Step Segmenter::push(double likelihood) {
    const std::uint64_t now = position_;
    position_ += kWindow;
    if (likelihood >= options_.threshold) {
        quiet_since_.reset();
        if (!began_) began_ = now;
    } else if (began_ && likelihood < options_.exit) {
        if (!quiet_since_) quiet_since_ = now;
        const auto quiet = static_cast<double>(now - *quiet_since_);
        if (quiet >= options_.min_silence * static_cast<double>(kRate)) return end_at(*quiet_since_);
    }
    Step step;
    if (!told_ && !quiet_since_ && long_enough(now)) {
        step.began = began_;
        told_ = true;
    }
    return step;
}

Segmenter::Step Segmenter::finish(std::uint64_t length) {
    // A silence that was too short to end it belongs to it, as in the published rule.
    return began_ ? end_at(length) : Step{};
}

std::optional<std::uint64_t> Segmenter::open_since() const { return began_; }

std::uint64_t Segmenter::certain_until() const { return quiet_since_.value_or(position_); }

}  // namespace haul::speech

// Pitch of voiced speech, by the autocorrelation method of Boersma (1993): the windowed signal's
// autocorrelation divided by the window's own, its strongest peak between 1/600 and 1/71 s.
//
// 16 kHz mono. Not thread-safe: one object a thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "speech/audio/spectrum.h"

namespace haul::speech {

class PitchTracker {
  public:
    static constexpr std::size_t kHop = 320;  // samples of `sound` between two values: 20 ms
    PitchTracker();
    // A value each kHop samples, in Hz, of the 40 ms that begin there; 0: not voiced. Valid until the next
    // call.
    [[nodiscard]] std::span<const float> track(std::span<const float> sound);

  private:
    struct Candidate {
        float hz = 0, strength = 0, energy = 0;
    };
    [[nodiscard]] Candidate candidate_at(std::size_t from);
    void halve(std::span<const float> sound);

    Autocorrelation correlate_;
    std::vector<float> window_, of_window_, half_, frame_, again_;
    std::vector<Candidate> candidates_;
    std::vector<float> track_;
};

// The median of positive numbers without keeping them: counts on a scale of half a per cent.
class Median {
  public:
    Median(double lowest, double highest);
    void add(double value);
    [[nodiscard]] std::size_t count() const { return count_; }
    // 0: nothing was added.
    [[nodiscard]] double value() const;

  private:
    double lowest_;
    std::vector<std::size_t> counts_;
    std::size_t count_ = 0;
};

}  // namespace haul::speech

// Spectra of real signals (kissfft), and the power spectra of a window of speech that log-mel bands and the
// recording's bandwidth are taken from.
//
// 16 kHz mono. Not thread-safe: one object a thread.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "speech/audio/rate.h"

namespace haul::speech {

// A forward transform of `size` real numbers (even).
class Fft {
  public:
    explicit Fft(std::size_t size);
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t bins() const { return size_ / 2 + 1; }
    // `in`: size() numbers; `power`: bins() squared magnitudes.
    void power(std::span<const float> in, std::span<float> power);
    // The real parts alone.
    void real(std::span<const float> in, std::span<float> out);

  private:
    struct Free {
        void operator()(void* plan) const;
    };
    void transform(const float* in);
    std::size_t size_;
    std::unique_ptr<void, Free> plan_;
    std::vector<std::complex<float>> out_;
};

// The first size / 2 + 1 lags of the circular autocorrelation of `size` real numbers, times `size`.
class Autocorrelation {
  public:
    explicit Autocorrelation(std::size_t size);
    void of(std::span<const float> in, std::span<float> lags);

  private:
    Fft fft_;
    std::vector<float> powers_, mirrored_;
};

// n numbers of Hann's window; periodic: the one whose period is n.
[[nodiscard]] std::vector<float> hann_periodic(std::size_t n);

// Frames x (400 / 2 + 1) powers: windows of 400 samples each 160, the first centred on the first sample and
// both ends mirrored, as whisper's front end has them; sound.size() / 160 frames. Needs at least 201 samples;
// fewer: no frame.
class Frames {
  public:
    static constexpr std::size_t kWindow = 400, kHop = 160, kBins = kWindow / 2 + 1;
    Frames();
    [[nodiscard]] std::span<const float> powers_of(std::span<const float> sound);

  private:
    Fft fft_;
    std::vector<float> hann_, padded_, frame_, powers_;
};

// The mean power of each of Frames::kBins over all windows of a file, and where it ends.
class LongTermSpectrum {
  public:
    void add(std::span<const float> powers);
    // The highest frequency, in Hz, with speech or at least the recording's own noise in it: above it all
    // lies 60 dB or more under the strongest band, or falls off a cliff as filters and codecs make them. 0:
    // nothing was added.
    [[nodiscard]] double bandwidth_hz() const;

  private:
    std::vector<double> total_ = std::vector<double>(Frames::kBins, 0.0);
    double frames_ = 0;
};

}  // namespace haul::speech

// The 160 numbers that the child's head looks at: mean and deviation over time of 80 log-mel bands of sound
// that was scaled to a root mean square of 0.06. bench/speech/features.py computes the same, and trains the
// head with it.
#pragma once

#include <span>
#include <vector>

namespace haul::speech {

// Of frames x 80 bands (LogMel::bands): 80 means, then 80 standard deviations.
[[nodiscard]] std::vector<float> pooled(std::span<const float> bands);

// Of frames x 80 into 80 x frames, as networks take them: as many as there is room for, repeated where there
// are fewer. At least one.
void put_by_rows(std::span<const float> bands, std::span<float> rows);

[[nodiscard]] double root_mean_square(std::span<const float> sound);
// What brings sound of that root mean square to 0.06; silence stays as it is.
[[nodiscard]] double gain_of(double loud);

}  // namespace haul::speech

// What src/speech/child makes of sounds, for bench/speech_eval and tests: reads stretches of speech from
// standard input (a 32-bit count, then as many 32-bit floats, 16 kHz mono, in this machine's order), and
// prints for each a line of JSON. With --numbers the 163 numbers that the head looks at stand in it too.
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "speech/audio/log_mel.h"
#include "speech/audio/spectrum.h"
#include "speech/child/child.h"
#include "speech/child/pitch.h"
#include "speech/child/pooled.h"
#include "speech/child/tract.h"

namespace {

using namespace haul::speech;

bool read_all(void* to, std::size_t size, std::size_t count) {
    return std::fread(to, size, count, stdin) == count;
}

nlohmann::json or_null(const std::optional<double>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

nlohmann::json judged(ChildJudge& judge, std::span<const float> sound) {
    judge.begin_segment();
    judge.hear(sound);
    const auto segment = judge.end_segment();
    const auto found = judge.finish({});
    if (!found.has_value()) return {{"error", found.error().message()}};
    return {{"decision", name_of(found->decision)},
            {"score", or_null(found->score)},
            {"segment", or_null(segment)},
            {"confidence", name_of(found->confidence)},
            {"reasons", found->reasons},
            {"pitch_hz", or_null(found->pitch_hz)},
            {"vtl_cm", or_null(found->vtl_cm)},
            {"bandwidth_hz", or_null(found->bandwidth_hz)},
            {"seconds", found->speech_seconds},
            {"model", {{"name", found->model.name}, {"sha256", found->model.sha256}}}};
}

std::vector<float> numbers_of(std::span<const float> sound) {
    Frames frames;
    LogMel log_mel;
    PitchTracker pitch;
    auto numbers = pooled(log_mel.bands(frames.powers_of(sound), gain_of(root_mean_square(sound))));
    TractMeter meter;
    const auto track = pitch.track(sound);
    for (const float number : voice_numbers(track, meter.measure(sound, track))) numbers.push_back(number);
    return numbers;
}

}  // namespace

int main(int argc, char** argv) {
    const bool numbers = argc > 1 && std::string_view(argv[1]) == "--numbers";
    auto judge = ChildJudge::create(std::nullopt);
    if (!judge.has_value()) return 1;
    std::uint32_t count = 0;
    while (read_all(&count, sizeof count, 1)) {
        std::vector<float> sound(count);
        if (!read_all(sound.data(), sizeof(float), count)) return 1;
        nlohmann::json line = judged(*judge, sound);
        if (numbers) line["numbers"] = numbers_of(sound);
        fmt::print("{}\n", line.dump());
        std::fflush(stdout);
    }
    return 0;
}

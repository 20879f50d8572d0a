// What src/speech/child makes of sounds, for bench/speech_eval and tests: reads stretches of speech from
// standard input (a 32-bit count, then as many 32-bit floats, 16 kHz mono, in this machine's order), and
// prints for each a line of JSON. With --numbers the 163 numbers that the head looks at stand in it too, and,
// where a folder of models with whisper-block-child is named, the block's 512 (0 where it is not asked) and
// the bandwidth after them; with --numbers-alone nothing else does.
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "speech/audio/log_mel.h"
#include "speech/audio/spectrum.h"
#include "speech/child/block.h"
#include "speech/child/child.h"
#include "speech/child/pitch.h"
#include "speech/child/pooled.h"
#include "speech/child/reasons.h"
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

std::vector<float> numbers_of(std::span<const float> sound, std::optional<VoiceBlock>& block) {
    Frames frames;
    LogMel log_mel;
    PitchTracker pitch;
    const auto powers = frames.powers_of(sound);
    const auto bands = log_mel.bands(powers, gain_of(root_mean_square(sound)));
    auto numbers = pooled(bands);
    TractMeter meter;
    const auto track = pitch.track(sound);
    for (const float number : voice_numbers(track, meter.measure(sound, track))) numbers.push_back(number);
    if (!block) return numbers;
    LongTermSpectrum spectrum;
    spectrum.add(powers);
    const double bandwidth = spectrum.bandwidth_hz();
    const std::size_t before = numbers.size();
    if (bandwidth >= kNarrow) {
        const auto deviations = block->deviations(bands);
        if (!deviations.has_value()) return {};
        numbers.insert(numbers.end(), deviations->begin(), deviations->end());
    }
    numbers.resize(before + VoiceBlock::kChannels);
    numbers.push_back(static_cast<float>(bandwidth));
    return numbers;
}

haul::Status answer(std::string_view wanted, const std::string& models) {
    std::optional<Model> model;
    std::optional<VoiceBlock> block;
    if (!models.empty()) model = TRY(find_model(models, Role::child));
    if (model) block = TRY(VoiceBlock::load(*model));
    ChildJudge judge = TRY(ChildJudge::create(model));
    std::uint32_t count = 0;
    while (read_all(&count, sizeof count, 1)) {
        std::vector<float> sound(count);
        if (!read_all(sound.data(), sizeof(float), count)) break;
        nlohmann::json line;
        if (wanted != "--numbers-alone") line = judged(judge, sound);
        if (!wanted.empty()) line["numbers"] = numbers_of(sound, block);
        fmt::print("{}\n", line.dump());
        std::fflush(stdout);
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view first = argc > 1 ? argv[1] : "";
    const bool numbers = first.starts_with("--numbers");
    const int at = numbers ? 2 : 1;
    const auto done = answer(numbers ? first : "", argc > at ? argv[at] : "");
    if (!done.has_value()) fmt::print(stderr, "{}\n", done.error().message());
    return done.has_value() ? 0 : 1;
}

#include "speech/child/child.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "speech/audio/log_mel.h"
#include "speech/audio/spectrum.h"
#include "speech/child/block.h"
#include "speech/child/head.h"
#include "speech/child/own_model.h"
#include "speech/child/pitch.h"
#include "speech/child/pooled.h"
#include "speech/child/reasons.h"
#include "speech/child/tract.h"

namespace haul::speech {
namespace {

constexpr std::size_t kWindow = 3 * kRate;
constexpr std::size_t kLeastForScore = kRate;  // shorter windows say nothing
constexpr double kLeastForDecision = 2.0;      // seconds
constexpr double kMostOdds = 10;               // what one window may count
constexpr double kOwnSure = 0.85;              // an operator's model: p >= 0.7 or <= 0.3

double probability(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

// Whether Whisper's block is asked about a window: it learned from whole ones, and from those with upper
// bands.
bool is_for_block(std::span<const float> sound, std::span<const float> powers) {
    if (sound.size() < kWindow) return false;
    LongTermSpectrum spectrum;
    spectrum.add(powers);
    return spectrum.bandwidth_hz() >= kNarrow;
}

double limited(double odds) { return std::clamp(odds, -kMostOdds, kMostOdds); }

// The mean over windows, each by its length.
struct Mean {
    double sum = 0, weight = 0;
    void add(double value, std::size_t samples) {
        const auto length = static_cast<double>(samples);
        sum += value * length;
        weight += length;
    }
    [[nodiscard]] std::optional<double> value() const {
        if (weight == 0) return std::nullopt;
        return sum / weight;
    }
};

// What a window shows.
struct Look {
    double odds = 0;  // log odds of a child
    double movement = 0;
    bool by_block = false;  // it was asked, too
};

// Of the file so far.
struct Heard {
    Mean file, of_segment, movement;
    Median pitches{60, 700};
    TractLength tract;
    LongTermSpectrum spectrum;
    std::vector<float> joined, segment;  // windows being filled
    std::size_t samples = 0, windows = 0, by_block = 0;
    std::optional<Error> failed;
};

}  // namespace

std::string_view name_of(Decision decision) {
    switch (decision) {
        case Decision::child:
            return "child";
        case Decision::adult:
            return "adult";
        case Decision::unsure:
            return "unsure";
        case Decision::none:
            return "none";
    }
    return "none";
}

std::string_view name_of(Confidence confidence) { return confidence == Confidence::low ? "low" : "normal"; }

// What lasts from file to file, and what was heard of the one at hand.
struct ChildJudge::State : Heard {
    std::optional<OwnModel> own;
    std::optional<VoiceBlock> block;  // where there is none of the operator
    Frames frames;
    LogMel log_mel;
    PitchTracker pitch;
    TractMeter meter;

    void hear(std::span<const float> speech);
    std::optional<Look> look_at_file_window();
    void look_at_segment_window();
    // Nothing: too short, silence, or a network failed. `track`: of PitchTracker.
    std::optional<Look> look_at(std::span<const float> sound, std::span<const float> powers,
                                std::span<const float> track, const Spacings& spacings);
    Result<Look> ask(std::span<const float> sound, std::span<const float> powers,
                     std::span<const float> track, const Spacings& spacings);
    Measured measured(const Conditions& conditions);
    [[nodiscard]] double sure() const;
    [[nodiscard]] ModelId decided_by() const;
    [[nodiscard]] Decision decide(const Measured& measured) const;
};

Result<Look> ChildJudge::State::ask(std::span<const float> sound, std::span<const float> powers,
                                    std::span<const float> track, const Spacings& spacings) {
    const double gain = gain_of(root_mean_square(sound));
    const auto bands = log_mel.bands(powers, gain);
    const auto numbers = pooled(bands);
    Look look{.odds = 0, .movement = movement_of(numbers), .by_block = block && is_for_block(sound, powers)};
    if (own) {
        look.odds = limited(TRY(own->log_odds(sound, gain, bands)));
        return look;
    }
    const auto voice = voice_numbers(track, spacings);
    look.odds = kLogMelHead.log_odds(numbers, voice);
    if (look.by_block) {
        const double odds = kBlockHead.head.log_odds(TRY(block->deviations(bands)), voice);
        look.odds += static_cast<double>(kBlockHead.share) * (odds - look.odds);
    }
    look.odds = limited(look.odds);
    return look;
}

std::optional<Look> ChildJudge::State::look_at(std::span<const float> sound, std::span<const float> powers,
                                               std::span<const float> track, const Spacings& spacings) {
    if (sound.size() < kLeastForScore || root_mean_square(sound) <= 0) return std::nullopt;
    auto look = ask(sound, powers, track, spacings);
    if (look.has_value()) return *look;
    if (!failed) failed = std::move(look).error();
    return std::nullopt;
}

std::optional<Look> ChildJudge::State::look_at_file_window() {
    const auto powers = frames.powers_of(joined);
    const auto track = pitch.track(joined);
    const Spacings& spacings = meter.measure(joined, track);
    const auto look = look_at(joined, powers, track, spacings);
    if (look) {
        file.add(look->odds, joined.size());
        movement.add(look->movement, joined.size());
        ++windows;
        by_block += look->by_block ? 1U : 0U;
    }
    spectrum.add(powers);
    for (const float hz : track)
        if (hz > 0) pitches.add(hz);
    tract.add(spacings);
    joined.clear();
    return look;
}

void ChildJudge::State::look_at_segment_window() {
    if (segment.size() >= kLeastForScore) {
        const auto track = pitch.track(segment);
        const auto look = look_at(segment, frames.powers_of(segment), track, meter.measure(segment, track));
        if (look) of_segment.add(look->odds, segment.size());
    }
    segment.clear();
}

void ChildJudge::State::hear(std::span<const float> speech) {
    samples += speech.size();
    while (!speech.empty()) {
        const std::size_t room = std::min(kWindow - joined.size(), kWindow - segment.size());
        const auto part = speech.first(std::min(room, speech.size()));
        joined.insert(joined.end(), part.begin(), part.end());
        segment.insert(segment.end(), part.begin(), part.end());
        if (joined.size() == kWindow) {
            const auto look = look_at_file_window();
            if (segment.size() == kWindow) {  // the same samples
                if (look) of_segment.add(look->odds, kWindow);
                segment.clear();
            }
        }
        if (segment.size() == kWindow) look_at_segment_window();
        speech = speech.subspan(part.size());
    }
}

Measured ChildJudge::State::measured(const Conditions& conditions) {
    Measured found;
    found.seconds = static_cast<double>(samples) / kRate;
    found.odds = file.value();
    found.sure = sure();
    found.least_seconds = kLeastForDecision;
    found.snr_db = conditions.snr_db;
    found.movement = movement.value();
    found.windows = windows;
    if (block) found.by_block = by_block;
    if (samples == 0) return found;
    if (const double hz = spectrum.bandwidth_hz(); hz > 0) found.bandwidth_hz = hz;
    if (pitches.count() >= 10) found.pitch_hz = pitches.value();
    // Noise has peaks of its own.
    if (found.movement && *found.movement >= kLittleMovement)
        found.vtl_cm = tract.cm(found.bandwidth_hz.value_or(0));
    return found;
}

// Where only some windows were for both heads, the more careful band of the two counts.
double ChildJudge::State::sure() const {
    if (own) return kOwnSure;
    const auto alone = static_cast<double>(kLogMelHead.sure),
               both = static_cast<double>(kBlockHead.head.sure);
    if (by_block == 0) return alone;
    return by_block == windows ? both : std::max(alone, both);
}

ModelId ChildJudge::State::decided_by() const {
    const auto id_of = [](const auto& head) {
        return ModelId{std::string(head.name), std::string(head.sha256)};
    };
    if (own) return own->model().id;
    return by_block > 0 ? id_of(kBlockHead.head) : id_of(kLogMelHead);
}

Decision ChildJudge::State::decide(const Measured& measured) const {
    if (samples == 0) return Decision::none;
    if (measured.seconds < kLeastForDecision || !measured.odds || std::abs(*measured.odds) <= measured.sure)
        return Decision::unsure;
    return *measured.odds > 0 ? Decision::child : Decision::adult;
}

ChildJudge::ChildJudge(std::unique_ptr<State> state) : state_(std::move(state)) {}
ChildJudge::ChildJudge(ChildJudge&&) noexcept = default;
ChildJudge& ChildJudge::operator=(ChildJudge&&) noexcept = default;
ChildJudge::~ChildJudge() = default;

bool ChildJudge::reads(const Model& model) { return model.operators || model.id.sha256 == kBlockHead.graph; }

Result<ChildJudge> ChildJudge::create(std::optional<Model> model) {
    auto state = std::make_unique<State>();
    if (model && model->operators)
        state->own = TRY(OwnModel::load(*std::move(model)));
    else if (model && reads(*model))
        state->block = TRY(VoiceBlock::load(*model));
    return ChildJudge(std::move(state));
}

void ChildJudge::begin_segment() {
    state_->segment.clear();
    state_->of_segment = {};
}

void ChildJudge::hear(std::span<const float> speech) { state_->hear(speech); }

std::optional<double> ChildJudge::end_segment() {
    state_->look_at_segment_window();
    const auto odds = std::exchange(state_->of_segment, {}).value();
    if (!odds) return std::nullopt;
    return probability(*odds);
}

void ChildJudge::reset() { static_cast<Heard&>(*state_) = Heard(); }

Result<ChildFinding> ChildJudge::finish(const Conditions& conditions) {
    State& state = *state_;
    (void)state.look_at_file_window();
    const Measured measured = state.measured(conditions);
    ChildFinding finding;
    finding.decision = state.decide(measured);
    if (measured.odds) finding.score = probability(*measured.odds);
    finding.pitch_hz = measured.pitch_hz;
    finding.vtl_cm = measured.vtl_cm;
    finding.bandwidth_hz = measured.bandwidth_hz;
    finding.speech_seconds = measured.seconds;
    finding.model = state.decided_by();
    explain(measured, finding);
    auto failed = std::move(state.failed);
    reset();
    if (failed) return failure(*std::move(failed));
    return finding;
}

}  // namespace haul::speech

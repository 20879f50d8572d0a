#include "speech/listen/listen.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "speech/child/child.h"
#include "speech/inference/graph.h"
#include "speech/language/language.h"
#include "speech/quality/quality.h"

namespace haul::speech {
namespace {

constexpr std::size_t kExcerpt = 12 * kRate;  // of the speech, for the language

double seconds(std::uint64_t samples) { return static_cast<double>(samples) / static_cast<double>(kRate); }

Speaker speaker_of(Decision decision) {
    switch (decision) {
        case Decision::child:
            return Speaker::child;
        case Decision::adult:
            return Speaker::adult;
        case Decision::unsure:
            return Speaker::unsure;
        case Decision::none:
            return Speaker::none;
    }
    return Speaker::none;
}

// Our own models are of no use without what runs them, and `lacks` says so: others decide then. An operator's
// was asked for. Where there is none, what runs them is not even loaded.
Result<std::optional<Model>> usable(const std::string& models, Role role, std::optional<Error>& lacks) {
    std::optional<Model> model = TRY(find_model(models, role));
    if (!model || model->operators) return model;
    if (const Status runtime = Graph::available(); !runtime) {
        lacks = runtime.error();
        model.reset();
    }
    return model;
}

Result<std::optional<Model>> usable_of_voices(const std::string& models, std::optional<Error>& lacks) {
    std::optional<Model> model = TRY(usable(models, Role::child, lacks));
    if (!model || ChildJudge::reads(*model)) return model;
    lacks = make_error(Code::unsupported, "judge voices with", model->path,
                       "it is of another version than the head that reads it")
                .with_remedy(
                    "`haul models build child` makes it again; until then the log-mel head decides alone");
    return std::nullopt;
}

}  // namespace

// What hears, and what was heard so far of the file at hand.
struct Ear::Parts final : SpeechListener {
    Parts(ListenRequest wanted, Decoder&& decodes, Activity&& finds, ChildJudge&& knows,
          QualityMeter&& measures)
        : request(std::move(wanted)),
          decoder(std::move(decodes)),
          activity(std::move(finds)),
          child(std::move(knows)),
          quality(std::move(measures)) {}

    Status hear(std::span<const float> samples) {
        TRY(quality.hear(samples));
        return activity.hear(samples, *this);
    }
    Status speech_began(std::uint64_t at) override {
        segments.push_back({.start = seconds(at), .end = seconds(at), .child = std::nullopt});
        spoken_until = at;
        child.begin_segment();
        return {};
    }
    Status speech(std::span<const float> samples) override {
        quality.speech(spoken_until, samples);
        spoken_until += samples.size();
        const auto taken = samples.first(std::min(samples.size(), kExcerpt - excerpt.size()));
        excerpt.insert(excerpt.end(), taken.begin(), taken.end());
        child.hear(samples);
        return {};
    }
    Status speech_ended(std::uint64_t at) override {
        segments.back().end = seconds(at);
        segments.back().child = child.end_segment();
        return {};
    }
    // Another file begins.
    Status forget() {
        activity.reset();
        child.reset();
        segments.clear();
        excerpt.clear();
        return quality.reset();
    }

    ListenRequest request;
    Decoder decoder;
    Activity activity;
    ChildJudge child;
    QualityMeter quality;
    std::optional<LanguageJudge> language;
    std::optional<Error> lacks;
    std::vector<Segment> segments;
    std::vector<float> excerpt;
    std::uint64_t spoken_until = 0;  // samples from the beginning, within the segment at hand
};

Ear::Ear(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Ear::Ear(Ear&&) noexcept = default;
Ear& Ear::operator=(Ear&&) noexcept = default;
Ear::~Ear() = default;

Result<Ear> Ear::create(ListenRequest request) {
    const std::string& models = request.models;
    // The decoder first: its process is started before any model's threads are.
    Decoder decoder = TRY(Decoder::create(request.decode));
    std::optional<Error> lacks;
    // Then the largest: what loading it takes for a while is at its most where little else is there.
    std::optional<LanguageJudge> language;
    if (request.language) {
        if (const auto model = TRY(usable(models, Role::language, lacks)))
            language = TRY(LanguageJudge::create(*model));
    }
    Activity activity = TRY(make_activity(TRY(usable(models, Role::activity, lacks)), request.activity));
    ChildJudge child = TRY(ChildJudge::create(TRY(usable_of_voices(models, lacks))));
    QualityMeter quality = TRY(QualityMeter::create());
    auto parts = std::make_unique<Parts>(std::move(request), std::move(decoder), std::move(activity),
                                         std::move(child), std::move(quality));
    parts->language = std::move(language);
    parts->lacks = std::move(lacks);
    return Ear(std::move(parts));
}

const std::optional<Error>& Ear::lacks() const { return parts_->lacks; }

Result<Hearing> Ear::listen(const std::string& path, const std::stop_token& stop) {
    Parts& parts = *parts_;
    TRY(parts.forget());
    Hearing hearing;
    hearing.path = path;
    Status ours;  // what failed that is not the file's fault
    auto decoded = parts.decoder.decode(
        path,
        [&](std::span<const float> samples) {
            ours = parts.hear(samples);
            return ours;
        },
        stop);
    TRY(ours);
    if (!decoded) {
        if (decoded.error().code == Code::interrupted) return failure(std::move(decoded).error());
        hearing.error = std::move(decoded).error();
        hearing.verdict.reasons = {"error"};
        return hearing;
    }
    TRY(parts.activity.finish(parts));
    hearing.heard = true;
    hearing.error = std::move(decoded->cut);
    hearing.duration = seconds(decoded->samples);
    hearing.decoder = std::move(decoded->decoder);
    hearing.sample_rate = decoded->source_rate;
    hearing.channels = decoded->source_channels;
    hearing.clipped = decoded->clipped;
    hearing.vad = parts.activity.id();
    hearing.segments = std::move(parts.segments);
    hearing.quality = TRY(parts.quality.finish());
    hearing.child = TRY(parts.child.finish({.snr_db = hearing.quality.snr_db}));
    if (parts.language && !parts.excerpt.empty()) {
        const double threshold = parts.request.language_threshold;
        hearing.language =
            TRY(parts.language->judge(parts.excerpt, std::max(threshold, LanguageJudge::kSure)));
        hearing.language->code = hearing.language->code_at(threshold);
    }
    hearing.verdict = judge({.speaker = speaker_of(hearing.child.decision),
                             .child_score = hearing.child.score.value_or(0),
                             .language = hearing.language ? hearing.language->code : "und",
                             .speech_seconds = hearing.quality.speech_share * hearing.duration},
                            parts.request.accept);
    if (hearing.error) {
        hearing.verdict.accepted = false;
        hearing.verdict.reasons.emplace_back("error");
    }
    return hearing;
}

}  // namespace haul::speech

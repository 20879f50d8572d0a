#include "speech/listen/hearing_json.h"

#include <cmath>

namespace haul::speech {
namespace {

using Object = json::Ordered;

// Three decimals: the same input gives the same line.
double rounded(double value) { return std::round(value * 1000) / 1000; }
Object rounded(const std::optional<double>& value) {
    return value ? Object(rounded(*value)) : Object(nullptr);
}
// Hertz, decibels, centimetres: one decimal says what the estimate can.
Object about(const std::optional<double>& value) {
    return value ? Object(std::round(*value * 10) / 10) : Object(nullptr);
}

Object model_json(const ModelId& id) { return {{"name", id.name}, {"sha256", id.sha256}}; }

Object segments_json(const std::vector<Segment>& segments) {
    Object list = Object::array();
    for (const Segment& one : segments)
        list.push_back(
            {{"start", rounded(one.start)}, {"end", rounded(one.end)}, {"child", rounded(one.child)}});
    return list;
}

Object child_json(const ChildFinding& child) {
    return {{"decision", name_of(child.decision)},       {"score", rounded(child.score)},
            {"confidence", name_of(child.confidence)},   {"reasons", child.reasons},
            {"pitch_hz", about(child.pitch_hz)},         {"vtl_cm", about(child.vtl_cm)},
            {"bandwidth_hz", about(child.bandwidth_hz)}, {"model", model_json(child.model)}};
}

Object language_json(const std::optional<LanguageFinding>& found, const std::optional<std::string>& claim) {
    Object object = {{"code", found ? found->code : "und"},
                     {"p", found ? Object(rounded(found->p)) : Object(nullptr)},
                     {"model", found ? model_json(found->model) : Object(nullptr)}};
    object["claim"] = claim ? Object(*claim) : Object(nullptr);
    return object;
}

Object quality_json(const Hearing& hearing) {
    return {{"lufs", about(hearing.quality.lufs)},
            {"clipped", rounded(hearing.clipped)},
            {"snr_db", about(hearing.quality.snr_db)},
            {"bandwidth_hz", about(hearing.child.bandwidth_hz)},
            {"speech_share", rounded(hearing.quality.speech_share)}};
}

Object error_json(const Error& error) {
    Object object = {{"code", haul::name_of(error.code)}, {"message", error.message()}};
    if (!error.remedy.empty()) object["remedy"] = error.remedy;
    return object;
}

}  // namespace

json::Ordered hearing_json(const Hearing& hearing, const std::optional<std::string>& language_claim) {
    Object object;
    json::put_bytes(object, "path", hearing.path);
    if (hearing.heard) {
        object["duration"] = rounded(hearing.duration);
        object["decoder"] = hearing.decoder;
        object["sample_rate"] = hearing.sample_rate;
        object["channels"] = hearing.channels;
        object["vad"] = model_json(hearing.vad);
        object["segments"] = segments_json(hearing.segments);
        object["child"] = child_json(hearing.child);
        object["language"] = language_json(hearing.language, language_claim);
        object["quality"] = quality_json(hearing);
    }
    object["verdict"] = {{"accepted", hearing.verdict.accepted}, {"reasons", hearing.verdict.reasons}};
    if (hearing.error) object["error"] = error_json(*hearing.error);
    return object;
}

}  // namespace haul::speech

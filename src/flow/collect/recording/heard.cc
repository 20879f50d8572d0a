#include "flow/collect/recording/heard.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace haul::collect {
namespace {

using Object = json::Ordered;

// nullptr where it is absent or null.
const Object* find(const Object& object, const char* field) {
    const auto at = object.find(field);
    return at == object.end() || at->is_null() ? nullptr : &*at;
}

Result<double> number_at(const Object& object, const char* field, std::string_view subject) {
    const Object* found = find(object, field);
    if (found == nullptr || !found->is_number()) return json::bad_field(subject, field, "is not a number");
    const auto number = found->get<double>();
    if (!std::isfinite(number) || number < 0)
        return json::bad_field(subject, field, "is below zero, or no number");
    return number;
}

Result<std::optional<double>> find_number(const Object& object, const char* field, std::string_view subject) {
    if (find(object, field) == nullptr) return std::optional<double>();
    return std::optional<double>(TRY(number_at(object, field, subject)));
}

Result<std::uint32_t> find_count(const Object& object, const char* field, std::string_view subject) {
    const double number = TRY(find_number(object, field, subject)).value_or(0);
    if (number > std::numeric_limits<std::uint32_t>::max() || number != std::floor(number))
        return json::bad_field(subject, field, "is not a whole number, or too large");
    return static_cast<std::uint32_t>(number);
}

Result<std::string> text_at(const Object& object, const char* field, std::string_view subject) {
    const Object* found = find(object, field);
    if (found == nullptr || !found->is_string()) return json::bad_field(subject, field, "is not a string");
    return found->get<std::string>();
}

Result<const Object*> object_at(const Object& object, const char* field, std::string_view subject) {
    const Object* found = find(object, field);
    if (found == nullptr || !found->is_object()) return json::bad_field(subject, field, "is not an object");
    return found;
}

Status read_segments(const Object& object, Heard& heard, std::string_view subject) {
    const Object* segments = find(object, "segments");
    if (segments == nullptr || !segments->is_array())
        return json::bad_field(subject, "segments", "is not a list");
    for (const Object& one : *segments) {
        if (!one.is_object())
            return json::bad_field(subject, "segments", "holds something that is no segment");
        HeardSegment segment;
        segment.start = TRY(number_at(one, "start", subject));
        segment.end = TRY(number_at(one, "end", subject));
        segment.child = TRY(find_number(one, "child", subject));
        if (segment.end < segment.start)
            return json::bad_field(subject, "segments", "holds one that ends before it starts");
        heard.speech_seconds += segment.end - segment.start;
        heard.segments.push_back(segment);
    }
    // The sum of what has three decimals has three, too.
    heard.speech_seconds = std::round(heard.speech_seconds * 1000) / 1000;
    return {};
}

Status read_model(const Object& model, const char* role, Heard& heard, std::string_view subject) {
    heard.models.push_back({.role = role,
                            .name = TRY(text_at(model, "name", subject)),
                            .sha256 = TRY(text_at(model, "sha256", subject))});
    return {};
}

}  // namespace

Result<Heard> heard_from(const json::Ordered& object, std::string_view subject) {
    if (!object.is_object()) return json::bad_field(subject, "heard", "is missing: it was not heard yet");
    Heard heard;
    heard.duration = TRY(number_at(object, "duration", subject));
    heard.sample_rate = TRY(find_count(object, "sample_rate", subject));
    heard.channels = TRY(find_count(object, "channels", subject));
    TRY(read_segments(object, heard, subject));
    TRY(read_model(*TRY(object_at(object, "vad", subject)), "vad", heard, subject));
    const Object& child = *TRY(object_at(object, "child", subject));
    heard.decision = TRY(text_at(child, "decision", subject));
    heard.child_score = TRY(find_number(child, "score", subject));
    TRY(read_model(*TRY(object_at(child, "model", subject)), "child", heard, subject));
    const Object& language = *TRY(object_at(object, "language", subject));
    heard.language = TRY(text_at(language, "code", subject));
    if (const Object* model = find(language, "model"); model != nullptr && model->is_object())
        TRY(read_model(*model, "language", heard, subject));
    heard.broke_off = find(object, "error") != nullptr;
    return heard;
}

}  // namespace haul::collect

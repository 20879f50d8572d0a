#include "flow/collect/export/view_lines.h"

#include <fmt/format.h>

#include <initializer_list>

namespace haul::collect {
namespace {

using Object = json::Ordered;

// Those of the fields that are there, in this order; null where the object itself is missing.
Object picked(const Object& from, const char* field, std::initializer_list<const char*> fields) {
    const auto at = from.find(field);
    if (at == from.end() || !at->is_object()) return nullptr;
    Object object = Object::object();
    for (const char* name : fields) {
        if (const auto one = at->find(name); one != at->end()) object[name] = *one;
    }
    return object;
}

Object model_of(const Object& from, const char* field) { return picked(from, field, {"name", "sha256"}); }

// A finding and the model that made it.
Object finding(const Object& heard, const char* field, std::initializer_list<const char*> fields) {
    Object object = picked(heard, field, fields);
    if (object.is_object()) object["model"] = model_of(heard.at(field), "model");
    return object;
}

Object segments_of(const Heard& heard) {
    Object list = Object::array();
    for (const HeardSegment& one : heard.segments) {
        Object segment;
        segment["start"] = one.start;
        segment["end"] = one.end;
        segment["child"] = one.child ? Object(*one.child) : Object(nullptr);
        list.push_back(std::move(segment));
    }
    return list;
}

Object licence_of(const Licence& licence) {
    Object object;
    object["id"] = licence.id;
    object["statement"] = licence.statement;
    object["page"] = licence.page;
    object["field"] = licence.field;
    return object;
}

Object source_of(const Candidate& candidate) {
    Object object;
    object["kind"] = candidate.kind;
    object["url"] = candidate.source_url;
    object["item"] = candidate.item;
    object["channel"] = candidate.channel;
    object["channel_title"] = candidate.channel_title;
    object["title"] = candidate.title;
    object["page"] = candidate.page;
    object["published"] = candidate.published;
    return object;
}

}  // namespace

std::string language_of(const Heard& heard) { return heard.language.empty() ? "und" : heard.language; }

json::Ordered manifest_line(const Recording& recording, const Heard& heard) {
    Object line;
    line["id"] = recording.id;
    line["file"] = file_of(recording);
    line["sha256"] = recording.sha256;
    line["bytes"] = recording.bytes;
    line["duration"] = heard.duration;
    line["speech_seconds"] = heard.speech_seconds;
    if (heard.sample_rate > 0) line["sample_rate"] = heard.sample_rate;
    if (heard.channels > 0) line["channels"] = heard.channels;
    if (heard.broke_off) line["broke_off"] = true;
    line["segments"] = segments_of(heard);
    line["vad"] = model_of(recording.heard, "vad");
    line["child"] =
        finding(recording.heard, "child",
                {"decision", "score", "confidence", "reasons", "pitch_hz", "vtl_cm", "bandwidth_hz"});
    // The finding alone: what the source claims stands beside it.
    line["language"] = finding(recording.heard, "language", {"code", "p"});
    line["language_claim"] = recording.candidate.language;
    line["quality"] =
        picked(recording.heard, "quality", {"lufs", "clipped", "snr_db", "bandwidth_hz", "speech_share"});
    line["licence"] = licence_of(recording.candidate.licence);
    line["source"] = source_of(recording.candidate);
    return line;
}

json::Ordered metadata_line(const Recording& recording, const Heard& heard) {
    const Candidate& candidate = recording.candidate;
    Object line;
    line["file_name"] = file_of(recording);
    line["id"] = recording.id;
    line["duration"] = heard.duration;
    line["speech_seconds"] = heard.speech_seconds;
    line["child_score"] = heard.child_score ? Object(*heard.child_score) : Object(nullptr);
    line["language"] = language_of(heard);
    line["language_claim"] = candidate.language;
    line["licence"] = candidate.licence.id;
    line["title"] = candidate.title;
    line["channel"] = candidate.channel_title.empty() ? candidate.channel : candidate.channel_title;
    line["page"] = candidate.page;
    line["segments"] = segments_of(heard);
    return line;
}

std::string url_line(const Recording& recording) {
    const Candidate& candidate = recording.candidate;
    const std::string& address = !candidate.page.empty()    ? candidate.page
                                 : !candidate.media.empty() ? candidate.media
                                                            : candidate.item;
    std::string line;
    for (const char c : address) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F)
            line += fmt::format("%{:02X}", byte);
        else
            line += c;
    }
    return line;
}

}  // namespace haul::collect

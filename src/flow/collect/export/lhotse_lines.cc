// What lhotse reads.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "flow/collect/export/view_lines.h"

namespace haul::collect {
namespace {

using Object = json::Ordered;

// All channels of the source: what was heard was their mean, so a segment is on each of them.
Object channels_of(const Heard& heard) {
    Object list = Object::array();
    for (std::uint32_t channel = 0; channel < heard.channels; ++channel) list.push_back(channel);
    return list;
}

double milliseconds(double seconds) { return std::round(seconds * 1000) / 1000; }

}  // namespace

bool lhotse_fits(const Heard& heard) {
    constexpr std::uint32_t kMostChannels = 64;
    return heard.sample_rate > 0 && heard.channels > 0 && heard.channels <= kMostChannels &&
           std::llround(heard.duration * heard.sample_rate) > 0;
}

json::Ordered lhotse_recording(const Recording& recording, const Heard& heard) {
    Object source;
    source["type"] = "file";
    source["channels"] = channels_of(heard);
    source["source"] = file_of(recording);
    Object line;
    line["id"] = recording.id;
    line["sources"] = Object::array({std::move(source)});
    line["sampling_rate"] = heard.sample_rate;
    line["num_samples"] = std::llround(heard.duration * heard.sample_rate);
    line["duration"] = heard.duration;
    return line;
}

std::vector<json::Ordered> lhotse_supervisions(const Recording& recording, const Heard& heard) {
    std::vector<Object> lines;
    const std::string language = language_of(heard);
    for (const HeardSegment& one : heard.segments) {
        // Voice activity may see an end a frame behind the last sample.
        const double end = std::min(one.end, heard.duration);
        if (end <= one.start) continue;
        Object line;
        line["id"] = fmt::format("{}-{:05}", recording.id, lines.size());
        line["recording_id"] = recording.id;
        line["start"] = one.start;
        line["duration"] = milliseconds(end - one.start);
        line["channel"] = heard.channels == 1 ? Object(0) : channels_of(heard);
        if (language != "und") line["language"] = language;
        if (one.child) line["custom"] = Object{{"child", *one.child}};
        lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace haul::collect

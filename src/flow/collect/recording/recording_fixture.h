// For tests only: recordings that differ in what they are told to.
#pragma once

#include <fmt/format.h>

#include <string>

#include "flow/collect/recording/recording.h"

namespace haul::collect::harness {

inline json::Ordered heard_json() {
    return json::Ordered::parse(R"({
      "duration": 12.5, "decoder": "vorbis in ogg", "sample_rate": 44100, "channels": 2,
      "vad": {"name": "silero-vad", "sha256": "7776b81ad1b0350c15d7f1555943b9232eb53e9ca5d989c6d0cea9ebc8664d87"},
      "segments": [{"start": 0.5, "end": 4.25, "child": 0.97}, {"start": 6.0, "end": 6.4, "child": null},
                   {"start": 9.1, "end": 12.52, "child": 0.91}],
      "child": {"decision": "child", "score": 0.95, "confidence": "normal", "reasons": ["pitch 310 Hz"],
                "pitch_hz": 310.5, "vtl_cm": 12.1, "bandwidth_hz": 7900.0,
                "model": {"name": "child-log-mel", "sha256": ""}},
      "language": {"code": "de", "p": 0.98, "model": {"name": "whisper-base-language",
                   "sha256": "1111111111111111111111111111111111111111111111111111111111111111"}, "claim": "de"},
      "quality": {"lufs": -19.2, "clipped": 0.0, "snr_db": 31.5, "bandwidth_hz": 7900.0, "speech_share": 0.6}})");
}

inline Recording recording(unsigned number) {
    Recording made;
    made.candidate.kind = "feed";
    made.candidate.source_url = "https://example.org/feed.xml";
    made.candidate.item = fmt::format("item {}", number);
    made.candidate.channel = fmt::format("https://example.org/channel/{}", number % 3);
    made.candidate.channel_title = fmt::format("Channel {}", number % 3);
    made.candidate.title = fmt::format("Story {} | \"<b>read</b>\" — vorgelesen", number);
    made.candidate.page = fmt::format("https://example.org/story/{}", number);
    made.candidate.media = fmt::format("https://example.org/story/{}.ogg", number);
    made.candidate.language = "de";
    made.candidate.published = "2026-03-01T10:00:00Z";
    made.candidate.licence = {.id = "CC-BY-4.0",
                              .statement = "https://creativecommons.org/licenses/by/4.0/",
                              .page = made.candidate.page,
                              .field = "license",
                              .seen_ns = 1'700'000'000'000'000'000 + number};
    made.id = id_of(made.candidate);
    made.extension = "ogg";
    made.bytes = 100'000 + number;
    made.sha256 = std::string(64, 'a');
    made.type = "audio/ogg";
    made.fetched_ns = 1'700'000'000'000'000'000 + number;
    made.heard = heard_json();
    made.accepted = true;
    return made;
}

}  // namespace haul::collect::harness

// A recording as the views show it: one line of JSON each, or one address. Pure.
//
// Fields come one by one and in a fixed order, whatever order the ledger kept them in: the same recording
// makes the same bytes. What is not shown: when it was fetched, how often that was tried, and by which job.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "flow/collect/recording/heard.h"
#include "flow/collect/recording/recording.h"

namespace haul::collect {

// docs/schemas/corpus-recording.json
[[nodiscard]] json::Ordered manifest_line(const Recording& recording, const Heard& heard);

// docs/schemas/corpus-metadata.json: Hugging Face audiofolder,
// https://huggingface.co/docs/datasets/audio_dataset. What reads it guesses the types of columns from the
// first lines: no text is ever null, and seconds are always written as fractions.
[[nodiscard]] json::Ordered metadata_line(const Recording& recording, const Heard& heard);

// docs/schemas/lhotse-recording.json, lhotse-supervision.json: lhotse 1.x, https://lhotse.readthedocs.io
// (lhotse.audio.Recording, lhotse.supervision.SupervisionSegment). Paths are relative to the corpus
// (RecordingSet.with_path_prefix). Only for what lhotse_fits.
[[nodiscard]] json::Ordered lhotse_recording(const Recording& recording, const Heard& heard);
// One a segment, without text: nobody wrote down what is said.
[[nodiscard]] std::vector<json::Ordered> lhotse_supervisions(const Recording& recording, const Heard& heard);
// Rate, channels and duration of the source are known.
[[nodiscard]] bool lhotse_fits(const Heard& heard);

// The page, else the media's address, else the source's own name of the item. Breaks of lines are escaped:
// one address, one line.
[[nodiscard]] std::string url_line(const Recording& recording);

// A found language, else "und".
[[nodiscard]] std::string language_of(const Heard& heard);

}  // namespace haul::collect

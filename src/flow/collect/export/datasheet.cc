#include "flow/collect/export/datasheet.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "base/text.h"
#include "base/units.h"
#include "flow/collect/export/view_lines.h"

namespace haul::collect {
namespace {

constexpr std::size_t kRows = 200;  // of a table; what is left is one row
constexpr std::size_t kWidest = 200;
constexpr std::size_t kMostModels = 100;

std::uint64_t milliseconds(double seconds) {
    return static_cast<std::uint64_t>(std::llround(seconds * 1000));
}

std::string hours(std::uint64_t milliseconds) {
    return fmt::format("{:.2f}", static_cast<double>(milliseconds) / 3'600'000.0);
}

// In a cell of a table: one line, and nothing that Markdown or HTML would act on. Strangers wrote it.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text::elide(text::printable(text), kWidest)) {
        if (c == '<') {
            out += "&lt;";
        } else if (c == '&') {
            out += "&amp;";
        } else {
            if (std::string_view("|\\`*_[]!~#").contains(c)) out += '\\';
            out += c;
        }
    }
    return out.empty() ? "(not said)" : out;
}

std::string row(std::string_view name, const Amount& amount) {
    return fmt::format("| {} | {} | {} | {} |\n", name, units::count_text(amount.recordings),
                       hours(amount.milliseconds), hours(amount.speech_milliseconds));
}

std::string table(std::string_view title, std::string_view of, const Tally& tally) {
    std::string out = fmt::format(
        "\n## {}\n\n| {} | recordings | hours | hours of speech |\n|---|---:|---:|---:|\n", title, of);
    for (const auto& [key, amount] : tally.largest(kRows)) out += row(cell(key), amount);
    const Amount rest = tally.rest(kRows);
    if (rest.recordings > 0) {
        const std::string others = tally.overflowed()
                                       ? "all others"
                                       : fmt::format("{} others", units::count_text(tally.keys() - kRows));
        out += row(others, rest);
    }
    return out;
}

constexpr std::string_view kLimits = R"(
## How a recording came into it

It was found by a source of the plan, under a licence that the plan accepts as the source states it; it was
fetched once and heard by the models below; their verdict passed the plan's thresholds, or a person decided.

## Known limits

- **Licences** are what the source states, with the page and the field where it stands (`licence` in
  manifest.jsonl). Who uploads a recording may not be who may license it.
- **That a child speaks** is an estimate of a model, with a score for each segment. Adults with high voices
  are among the errors, and so are children who were missed. Nobody's age is known.
- **Languages** are findings of a model where one was there, else `und`; what the source claims stands beside
  them and was not checked.
- **Segments** are stretches of speech, of whoever speaks: more than one person may be in one, and music or
  noise behind it. There are no transcripts, and speakers are not told apart. No embeddings of voices were kept.
- **Balance** is that of the sources. It says nothing of how children speak elsewhere.
- **People are heard here**, most of them children. Licences do not replace what the law where you are asks
  of you before you process their voices, and people may have a recording removed: take the newest export, and
  drop what is not in it any more.

## How to read it

`manifest.jsonl` has all that is known, one recording a line; `file` lies beneath the corpus, two folders up.
`metadata.jsonl` is for Hugging Face `datasets`, `recordings.jsonl` and `supervisions.jsonl` for lhotse. The
manual of Haul says how, in "The corpus and its views".
)";

}  // namespace

void Datasheet::add(const Recording& recording, const Heard& heard) {
    const Candidate& candidate = recording.candidate;
    const Amount amount{.recordings = 1,
                        .milliseconds = milliseconds(heard.duration),
                        .speech_milliseconds = milliseconds(heard.speech_seconds)};
    all_ += amount;
    bytes_ += recording.bytes;
    segments_ += heard.segments.size();
    if (heard.broke_off) ++broke_off_;
    if (!lhotse_fits(heard)) ++without_rate_;
    languages_.add(language_of(heard), amount);
    claims_.add(candidate.language, amount);
    licences_.add(candidate.licence.id, amount);
    sources_.add(candidate.kind + " " + candidate.source_url, amount);
    const std::string& title = candidate.channel_title.empty() ? candidate.channel : candidate.channel_title;
    channels_.add(title == candidate.channel ? title : title + " (" + candidate.channel + ")", amount);
    for (const HeardModel& model : heard.models) {
        const auto at = models_.find(model);
        if (at != models_.end()) {
            ++at->second;
        } else if (models_.size() < kMostModels) {
            models_.emplace(model, 1);
        }
    }
}

std::string Datasheet::summary() const {
    std::string out = fmt::format(
        "# {}: datasheet\n\n"
        "{} recordings, {} hours, of which {} hours are speech in {} segments; {} of audio as fetched.\n"
        "All of it was made by Haul from one state of its records; what follows is counted, not estimated.\n",
        cell(corpus_), units::count_text(all_.recordings), hours(all_.milliseconds),
        hours(all_.speech_milliseconds), units::count_text(segments_), units::size_text(bytes_));
    if (broke_off_ > 0)
        out += fmt::format("{} recordings are damaged: what could be decoded before the damage was used.\n",
                           units::count_text(broke_off_));
    if (without_rate_ > 0)
        out +=
            fmt::format("{} recordings are not in recordings.jsonl: their sampling rate was not recorded.\n",
                        units::count_text(without_rate_));
    return out;
}

std::string Datasheet::models() const {
    std::string out = "\n## Models\n\n| for | model | SHA-256 | recordings |\n|---|---|---|---:|\n";
    for (const auto& [model, count] : models_) {
        out += fmt::format("| {} | {} | {} | {} |\n", model.role, cell(model.name),
                           model.sha256.empty() ? "built in" : cell(model.sha256), units::count_text(count));
    }
    return out;
}

std::string Datasheet::text() const {
    return summary() + table("Languages that were found", "language", languages_) +
           table("Languages that sources claim", "language", claims_) +
           table("Licences", "licence", licences_) + table("Sources", "source", sources_) +
           table("Channels", "channel", channels_) + models() + std::string(kLimits);
}

}  // namespace haul::collect

#include "flow/collect/export/views.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "flow/collect/export/datasheet.h"
#include "flow/collect/export/view_lines.h"

namespace haul::collect {
namespace {

constexpr std::size_t kStateLength = 26;

// The files that a recording has lines in, all open at once.
class Writers {
  public:
    [[nodiscard]] static Result<Writers> open(const std::string& folder) {
        return Writers{
            TRY(ViewFile::create(folder, "manifest.jsonl")), TRY(ViewFile::create(folder, "metadata.jsonl")),
            TRY(ViewFile::create(folder, "recordings.jsonl")),
            TRY(ViewFile::create(folder, "supervisions.jsonl")), TRY(ViewFile::create(folder, "urls.txt"))};
    }
    [[nodiscard]] Status add(const Recording& recording, const Heard& heard) {
        TRY(line(manifest_, manifest_line(recording, heard)));
        TRY(line(metadata_, metadata_line(recording, heard)));
        TRY(urls_.write(url_line(recording) + "\n"));
        if (!lhotse_fits(heard)) return {};
        TRY(line(recordings_, lhotse_recording(recording, heard)));
        for (const json::Ordered& one : lhotse_supervisions(recording, heard)) TRY(line(supervisions_, one));
        return {};
    }
    [[nodiscard]] Result<std::vector<View>> finish() {
        std::vector<View> views;
        for (ViewFile* file : {&manifest_, &metadata_, &recordings_, &supervisions_, &urls_})
            views.push_back(TRY(file->finish()));
        return views;
    }

  private:
    Writers(ViewFile manifest, ViewFile metadata, ViewFile recordings, ViewFile supervisions, ViewFile urls)
        : manifest_(std::move(manifest)),
          metadata_(std::move(metadata)),
          recordings_(std::move(recordings)),
          supervisions_(std::move(supervisions)),
          urls_(std::move(urls)) {}
    [[nodiscard]] static Status line(ViewFile& file, const json::Ordered& value) {
        return file.write(json::dump(value) + "\n");
    }

    ViewFile manifest_, metadata_, recordings_, supervisions_, urls_;
};

std::string state_of(const std::vector<View>& files) {
    std::string all;
    for (const View& one : files) all += fmt::format("{}\n{}\n{}\n", one.name, one.bytes, one.sha256);
    const std::string digest = digest::of(digest::Algorithm::sha256, std::as_bytes(std::span(all)));
    return text::base32(digest).substr(0, kStateLength);
}

// Whoever lists recordings promises accepted ones, each once and in order: the state's hash rests on it.
Status check_order(const Recording& recording, const std::string& before) {
    if (!recording.accepted)
        return failure(Code::internal, "export", recording.id, "a recording that is not accepted was listed");
    if (recording.id <= before)
        return failure(Code::internal, "export", recording.id,
                       fmt::format("recordings do not come in the order of ids: it came behind {}", before));
    return {};
}

}  // namespace

Result<Views> make_views(const Recordings& recordings, const std::string& corpus, const std::string& folder,
                         const std::stop_token& stop) {
    Writers writers = TRY(Writers::open(folder));
    Datasheet datasheet(corpus);
    std::string before;
    TRY(recordings([&](const Recording& recording) -> Status {
        if (stop.stop_requested()) return failure(Code::interrupted, "export", corpus, "stopped on request");
        TRY(check_order(recording, before));
        before = recording.id;
        const Heard heard = TRY(heard_from(recording.heard, recording.id));
        datasheet.add(recording, heard);
        return writers.add(recording, heard);
    }));
    Views views;
    views.folder = folder;
    views.files = TRY(writers.finish());
    ViewFile page = TRY(ViewFile::create(folder, "datasheet.md"));
    TRY(page.write(datasheet.text()));
    views.files.push_back(TRY(page.finish()));
    std::ranges::sort(views.files, {}, &View::name);
    views.state = state_of(views.files);
    views.recordings = datasheet.all().recordings;
    views.speech_seconds = static_cast<double>(datasheet.all().speech_milliseconds) / 1000;
    return views;
}

bool is_state(std::string_view name) {
    return name.size() == kStateLength &&
           std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); });
}

}  // namespace haul::collect

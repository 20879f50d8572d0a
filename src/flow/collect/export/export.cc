#include "flow/collect/export/export.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/fault_point.h"
#include "flow/collect/export/current.h"
#include "flow/collect/export/publish.h"
#include "flow/collect/export/scratch.h"
#include "flow/collect/export/views.h"

namespace haul::collect {
namespace {

// One that cannot be read is a view like any other: the next takes its place.
Result<std::optional<Current>> readable_current(store::Store& corpus) {
    auto current = read_current(corpus);
    if (!current && current.error().code == Code::corrupt) return std::optional<Current>();
    return current;
}

Current current_of(const Views& views, const std::optional<Current>& before) {
    Current current;
    current.state = views.state;
    if (before) current.previous = before->state == views.state ? before->previous : before->state;
    current.recordings = views.recordings;
    current.speech_seconds = views.speech_seconds;
    current.files = views.files;
    return current;
}

Status switch_to(store::Store& corpus, const Current& current, const std::stop_token& stop) {
    if (stop.stop_requested())
        return failure(Code::interrupted, "export", current.state, "stopped on request");
    FAULT_POINT("export.before_switch");
    TRY(write_current(corpus, current));
    FAULT_POINT("export.after_switch");
    return {};
}

Result<Exported> export_all(store::Store& corpus, const Recordings& recordings, const ExportRequest& request,
                            const std::stop_token& stop) {
    const Scratch scratch = TRY(Scratch::open(request.scratch, corpus));
    FAULT_POINT("export.before_views");
    const Views views = TRY(make_views(recordings, request.corpus, scratch.views(), stop));
    FAULT_POINT("export.after_views");
    const auto before = TRY(readable_current(corpus));
    const Current current = current_of(views, before);
    const bool unchanged = before && before->state == views.state;
    std::vector<std::string> wrong =
        unchanged ? TRY(wrong_views(corpus, views, stop)) : std::vector<std::string>();
    if (!unchanged || !wrong.empty()) {
        TRY(scratch.note_sending(views.state));
        FAULT_POINT("export.before_publish");
        TRY(publish_views(corpus, views, stop));
    }
    if (!unchanged) TRY(switch_to(corpus, current, stop));
    // Behind current.json, also where a run died between the two; before what it pointed to may go.
    TRY(point_link(corpus, current.state));
    FAULT_POINT("export.after_link");
    TRY(sweep_exports(corpus, {current.state, current.previous}, stop));
    return Exported{.state = views.state,
                    .recordings = views.recordings,
                    .speech_seconds = views.speech_seconds,
                    .unchanged = unchanged,
                    .mended = std::move(wrong)};
}

}  // namespace

Result<Exported> export_views(store::Store& corpus, const Recordings& recordings,
                              const ExportRequest& request, const std::stop_token& stop) {
    auto exported = export_all(corpus, recordings, request, stop);
    if (exported) return exported;
    Error error = std::move(exported).error().within("export", corpus.capabilities().address);
    error.kept = "the export that exports/current.json names";
    return failure(std::move(error));
}

}  // namespace haul::collect

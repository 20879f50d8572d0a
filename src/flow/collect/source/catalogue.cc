// The kinds of sources, a line each.
#include <fmt/format.h>

#include <algorithm>

#include "flow/collect/source/feed/feed_source.h"
#include "flow/collect/source/files/files.h"
#include "flow/collect/source/peertube/peertube_source.h"
#include "flow/collect/source/source.h"
#include "flow/collect/source/ytdlp/ytdlp_source.h"

namespace haul::collect {
namespace {

struct Kind {
    std::string_view name;
    Result<std::unique_ptr<Source>> (*make)(const SourcePlan& plan, const SourceTools& tools);
};
constexpr Kind kKinds[] = {
    {"files", &make_files},
    {"feed", &make_feed},
    {"peertube", &make_peertube},
    {"yt-dlp", &make_ytdlp},
};

}  // namespace

Result<std::unique_ptr<Source>> make_source(const SourcePlan& plan, const SourceTools& tools) {
    const auto kind = std::ranges::find(kKinds, plan.kind, &Kind::name);
    if (kind == std::end(kKinds))
        return failure(
            make_error(Code::usage, "read", "plan",
                       fmt::format("line {}: the source {} is not yet supported", plan.line, plan.kind))
                .with_remedy("take this [[source]] out of the plan"));
    return kind->make(plan, tools);
}

}  // namespace haul::collect

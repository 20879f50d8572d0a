#include "flow/unpack/unpack.h"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "base/text.h"
#include "cli/command.h"
#include "cli/display.h"
#include "cli/places.h"
#include "cli/run_job.h"
#include "cli/unpack_options.h"

namespace haul::cli {
namespace {

struct Options {
    UnpackOptions unpack;
    Display display;
};

Result<int> run_unpack(const Options& options, const std::vector<std::string>& words) {
    // A dry run must not pass for the job itself: its record would be of work that was never done.
    std::optional<PassingState> passing;
    if (options.unpack.dry_run) passing.emplace(TRY(PassingState::make()));
    const std::string state =
        TRY(job::open_state(passing ? std::optional(passing->folder()) : options.unpack.state));
    const unpack::Request request = TRY(request_of(options.unpack, state));
    const JobSpec spec{.request = TRY(job_request_of(request, words)),
                       .state = state,
                       .title = fmt::format("unpack {} -> {}", text::printable(request.source.canonical()),
                                            text::printable(request.destination.canonical())),
                       .display = options.display};
    return run_job(spec,
                   [&request](job::Job& job, report::Hub& hub, engine::Shutdown& shutdown) -> Result<Ending> {
                       const unpack::Totals totals = TRY(unpack::unpack(request, job, hub, shutdown));
                       const std::uint64_t all = totals.files + totals.folders + totals.symlinks +
                                                 totals.failed + totals.skipped + totals.set_aside;
                       if (all == 0 && !request.include.empty())
                           hub.note(report::Level::warning, "nothing matched --include " + request.include);
                       return ending_of(request, totals);
                   });
}

}  // namespace

Handler declare_unpack(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    declare(arguments, options->unpack);
    declare_display(arguments, options->display);
    declare_log_level(arguments, options->display);
    declare_metrics(arguments, options->display);
    return [options, &arguments](const std::vector<std::string>& words) {
        options->display.json = arguments.json();
        return run_unpack(*options, words);
    };
}

}  // namespace haul::cli

#include "flow/pack/pack.h"

#include <fmt/format.h>

#include <memory>

#include "base/text.h"
#include "cli/command.h"
#include "cli/display.h"
#include "cli/estimate.h"
#include "cli/pack_options.h"
#include "cli/run_job.h"

namespace haul::cli {
namespace {

struct Options {
    PackOptions pack;
    Display display;
};

std::string title_of(const pack::Request& request) {
    return fmt::format("pack {} -> {}", text::printable(request.source.canonical()),
                       text::printable(request.destination.child(request.name).canonical()));
}

Result<int> run_pack(const Options& options, const std::vector<std::string>& words) {
    if (options.pack.dry_run) return show_estimate(options.pack, options.display);
    const std::string state = TRY(job::open_state(options.pack.state));
    const pack::Request request = TRY(request_of(options.pack, state));
    const JobSpec spec{.request = TRY(job_request_of(request, words)),
                       .state = state,
                       .title = title_of(request),
                       .display = options.display};
    return run_job(spec,
                   [&request](job::Job& job, report::Hub& hub, engine::Shutdown& shutdown) -> Result<Ending> {
                       return ending_of(request, TRY(pack::pack(request, job, hub, shutdown)));
                   });
}

}  // namespace

Handler declare_pack(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    declare_shape(arguments, options->pack);
    declare_work(arguments, options->pack);
    declare_display(arguments, options->display);
    declare_log_level(arguments, options->display);
    declare_metrics(arguments, options->display);
    return [options, &arguments](const std::vector<std::string>& words) {
        options->display.json = arguments.json();
        return run_pack(*options, words);
    };
}

}  // namespace haul::cli

#include "cli/estimate.h"

#include <memory>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/run_job.h"
#include "cli/summary.h"

namespace haul::cli {
namespace {

// What --quiet still says: that a pack would not come to a good end.
bool is_worth_a_warning(const pack::Estimate& estimate) {
    const bool too_large = estimate.free_bytes && *estimate.free_bytes < estimate.image_bytes;
    return too_large || estimate.failed > 0 || !estimate.destination_writable;
}

}  // namespace

Result<int> show_estimate(const PackOptions& options, const Display& display) {
    // The default state folder is not made for this: an estimate writes nothing anywhere.
    const pack::Request request = TRY(request_of(options, TRY(state_place(options.state))));
    Session session(display);
    const pack::Estimate estimate = TRY(pack::estimate(request, session.hub(), session.shutdown().drain()));
    session.hub().close();
    if (display.quiet && !display.json && !is_worth_a_warning(estimate)) return kProven;
    TRY(print(display.json ? json::dump(estimate_json(estimate)) + "\n" : estimate_text(request, estimate)));
    return kProven;
}

Handler declare_estimate(Arguments& arguments) {
    struct Options {
        PackOptions pack;
        Display display;
    };
    auto options = std::make_shared<Options>();
    declare_shape(arguments, options->pack);
    declare_display(arguments, options->display);
    return [options, &arguments](const std::vector<std::string>&) {
        options->display.json = arguments.json();
        return show_estimate(options->pack, options->display);
    };
}

}  // namespace haul::cli

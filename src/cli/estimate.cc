#include "cli/estimate.h"

#include <memory>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/text.h"
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

constexpr std::uint64_t kLongestList = 1U << 20U;

prices::Usage usage_of(const pack::Request& request, const pack::Estimate& estimate) {
    prices::Usage usage;
    for (const pack::Requests* requests : {&estimate.from_source, &estimate.to_destination}) {
        usage.lists += requests->lists;
        usage.puts += requests->puts;
        usage.gets += requests->gets + requests->heads;
    }
    if (estimate.source_is_service) usage.bytes_out += estimate.bytes;
    if (!estimate.destination_is_service) return usage;
    usage.bytes_stored = estimate.image_bytes;
    usage.storage_class = request.service.storage_class.empty() ? "STANDARD" : request.service.storage_class;
    return usage;
}

Result<int> print_example(const PackOptions& options, const Display& display) {
    if (display.json || !options.source.empty()) {
        return failure(make_error(Code::usage, "haul estimate", "",
                                  "--example-prices prints a file: it goes with no other argument")
                           .with_remedy("haul estimate --example-prices > prices.toml"));
    }
    TRY(print(prices::example()));
    return kProven;
}

Status check_places(const PackOptions& options) {
    if (!options.source.empty() && !options.destination.empty()) return {};
    return failure(make_error(Code::usage, "haul estimate", "",
                              options.source.empty() ? "SOURCE is required" : "DEST is required")
                       .with_remedy("`haul estimate --help` shows what it takes"));
}

}  // namespace

Result<int> show_estimate(const PackOptions& options, const Display& display,
                          const std::optional<std::string>& prices) {
    // A mistake in it is told before a long listing.
    std::optional<prices::Prices> list;
    if (prices)
        list = TRY(prices::parse(TRY(file::read_whole(*prices, kLongestList)), text::printable(*prices)));
    // The default state folder is not made for this: an estimate writes nothing anywhere.
    const pack::Request request = TRY(request_of(options, TRY(state_place(options.state))));
    Session session(display);
    const pack::Estimate estimate = TRY(pack::estimate(request, session.hub(), session.shutdown().drain()));
    session.hub().close();
    std::optional<prices::Cost> cost;
    if (list) cost = TRY(prices::cost_of(usage_of(request, estimate), *list));
    if (display.quiet && !display.json && !is_worth_a_warning(estimate)) return kProven;
    TRY(print(display.json ? json::dump(estimate_json(estimate, cost)) + "\n"
                           : estimate_text(request, estimate, cost)));
    return kProven;
}

Handler declare_estimate(Arguments& arguments) {
    struct Options {
        PackOptions pack;
        Display display;
        std::optional<std::string> prices;
        bool example = false;
    };
    auto options = std::make_shared<Options>();
    declare_shape(arguments, options->pack, false);
    arguments.text("--prices", options->prices, "FILE", "say what it costs, by this price list (TOML)");
    arguments.flag("--example-prices", options->example,
                   "print a price list to begin with, and do nothing else");
    declare_display(arguments, options->display);
    return [options, &arguments](const std::vector<std::string>&) -> Result<int> {
        options->display.json = arguments.json();
        if (options->example) return print_example(options->pack, options->display);
        TRY(check_places(options->pack));
        return show_estimate(options->pack, options->display, options->prices);
    };
}

}  // namespace haul::cli

#include "flow/collect/collect.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cli/command.h"
#include "cli/display.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/run_job.h"
#include "cli/service_options.h"
#include "cli/speech_program.h"
#include "cli/waiting_times.h"
#include "cli/working_folder.h"

namespace haul::cli {
namespace {

struct Options {
    std::string plan, phase;
    std::optional<std::string> state, models;
    std::uint64_t limit = 0, ears = 0;
    bool example = false, dry_run = false;
    std::chrono::nanoseconds claim_timeout = collect::Request{}.claim_timeout;
    std::chrono::nanoseconds max_outage = collect::Request{}.max_outage;
    ServiceWords service;
    Display display;
};

void declare(Arguments& arguments, Options& options) {
    arguments.positional("PLAN", options.plan, "what is searched where, and what is accepted (TOML)", false);
    arguments.flag("--example", options.example, "print a plan with a comment for each key");
    arguments.flag("-n,--dry-run", options.dry_run, "say what would be asked of whom, and ask nobody");
    arguments.choice("--phase", options.phase, {"search", "probe", "download", "filter", "export"},
                     "only this phase of what is to do");
    arguments.number("--limit", options.limit, 1, UINT64_MAX, "fetch at most N recordings in this run");
    arguments.number("--ears", options.ears, 1, 64, "files heard side by side (one for each core)");
    arguments.text("--models", options.models, "DIR",
                   "where models that listen lie (~/.local/share/haul/models)");
    declare_state(arguments, options.state);
    declare_access(arguments, options.service);
    declare_storage_class(arguments, options.service);
    declare_encryption(arguments, options.service);
    declare_take_over(arguments, options.service);
    arguments.duration("--claim-timeout", options.claim_timeout,
                       "when the claim of another machine counts as abandoned (15m)");
    arguments.duration("--max-outage", options.max_outage,
                       "how long to wait for a store that is away, or full (6h)");
}

Result<collect::Request> request_of(const Options& options, collect::Plan plan, const std::string& state) {
    TRY(check_holds_no_state(plan.out, state));
    TRY(check_waiting_times(options.claim_timeout, options.max_outage));
    collect::Request request;
    request.plan = std::move(plan);
    request.plan_path = options.plan;
    request.only = collect::phase_named(options.phase);
    if (options.limit > 0) request.limit = options.limit;
    request.speech_program = TRY(find_speech_program());
    request.models = options.models.value_or("");
    request.ears = options.ears > 0 ? static_cast<unsigned>(options.ears)
                                    : std::max(1U, std::thread::hardware_concurrency());
    request.claim_timeout = options.claim_timeout;
    request.max_outage = options.max_outage;
    request.service = TRY(service_of(options.service, state));
    return request;
}

Result<int> say_what_would_be_asked(const Options& options, const collect::Plan& plan) {
    const std::vector<std::string> lines = TRY(collect::would_ask(plan));
    if (options.display.json) {
        TRY(print(json::dump(json::Ordered{{"out", plan.out.canonical()}, {"would_ask", lines}}) + "\n"));
        return kProven;
    }
    std::string text;
    for (const std::string& line : lines) text += text::printable(line) + "\n";
    text += "into: " + text::printable(plan.out.canonical()) + "\n";
    TRY(print(text));
    return kProven;
}

Result<int> run_collect(const Options& options, const std::vector<std::string>& words) {
    if (options.example) {
        TRY(print(std::string(collect::example_plan())));
        return kProven;
    }
    if (options.plan.empty()) {
        return failure(make_error(Code::usage, "haul collect", "", "no PLAN was given")
                           .with_remedy("`haul collect --example > plan.toml` writes one to begin with"));
    }
    collect::Plan plan = TRY(collect::read_plan(options.plan));
    TRY(collect::check_sources(plan));
    if (options.dry_run) return say_what_would_be_asked(options, plan);
    const std::string state = TRY(job::open_state(options.state));
    const collect::Request request = TRY(request_of(options, std::move(plan), state));
    TRY(collect::check_languages(request));
    const JobSpec spec{.request = {.flow = "collect",
                                   .meaning = collect::meaning_of(request),
                                   .arguments = words,
                                   .working_folder = TRY(working_folder())},
                       .state = state,
                       .title = fmt::format("collect {} -> {}", text::printable(request.plan.name),
                                            text::printable(request.plan.out.canonical())),
                       .display = options.display};
    return run_job(spec,
                   [&request](job::Job& job, report::Hub& hub, engine::Shutdown& shutdown) -> Result<Ending> {
                       return ending_of(request, TRY(collect::collect(request, job, hub, shutdown)));
                   });
}

}  // namespace

Handler declare_collect(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    declare(arguments, *options);
    declare_display(arguments, options->display);
    declare_log_level(arguments, options->display);
    declare_metrics(arguments, options->display);
    return [options, &arguments](const std::vector<std::string>& words) {
        options->display.json = arguments.json();
        return run_collect(*options, words);
    };
}

}  // namespace haul::cli

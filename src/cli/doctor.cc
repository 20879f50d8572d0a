#include "flow/doctor/doctor.h"

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/text.h"
#include "cli/command.h"
#include "cli/display.h"
#include "cli/doctor_report.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/run_job.h"
#include "cli/service_options.h"
#include "cli/waiting_times.h"
#include "flow/doctor/clean.h"
#include "flow/pack/pack.h"

namespace haul::cli {
namespace {

struct Options {
    std::string place;
    bool clean = false;
    std::chrono::nanoseconds claim_timeout = pack::Request{}.claim_timeout;
    ServiceWords service;
    Display display;
};

void say_draining(report::Hub& hub, const Options& options) {
    report::Event event;
    event.type = report::Type::draining;
    event.text = options.clean ? "finishing what is at work"
                               : "finishing what is at work, then taking away what was made";
    hub.emit(std::move(event));
}

Result<int> run_cleaning(const Options& options, const store::Address& place, store::OpenOptions open,
                         Session& session) {
    open.stop = session.shutdown().stop();
    const auto store = TRY(store::open_store(place, open));
    auto cleaned = doctor::clean(*store, options.claim_timeout, session.hub(), session.shutdown().drain());
    session.hub().close();
    const doctor::Cleaning cleaning = TRY(std::move(cleaned));
    const std::string address = place.canonical();
    if (options.display.json) {
        TRY(print(json::dump(cleaned_json(address, cleaning)) + "\n"));
    } else if (!options.display.quiet) {
        TRY(print(cleaned_text(address, cleaning)));
    }
    return kProven;
}

Result<int> run_examination(const Options& options, const store::Address& place, store::OpenOptions open,
                            Session& session) {
    open.stop = session.shutdown().stop();
    const std::string address = place.canonical();
    const bool tells = !options.display.json && !options.display.quiet;
    store::Capabilities can;
    Status
        printed;  // the first that failed: whoever wanted to read is gone, the cleaning is done all the same
    const auto tell = [&](const std::string& text) {
        if (printed) printed = print(text);
    };
    doctor::Listener listener;
    listener.begun = [&](const store::Capabilities& seen, const std::string&) {
        can = seen;
        if (tells) tell(capabilities_text(address, can));
    };
    listener.found = [&](const doctor::Finding& finding) {
        if (tells) tell(finding_text(finding));
    };
    auto examined = doctor::examine(place, open, listener, session.shutdown().drain());
    session.hub().close();
    const doctor::Examination examination = TRY(std::move(examined));
    const int code = exit_code_of(examination);
    if (options.display.json) {
        tell(json::dump(examined_json(address, can, examination)) + "\n");
    } else if (tells || code != kProven) {
        if (!tells) {
            for (const doctor::Finding& finding : examination.findings) {
                if (finding.outcome == doctor::Outcome::broken) tell(finding_text(finding));
            }
        }
        tell(examined_text(examination));
    }
    TRY(printed);
    return code;
}

Result<int> run_doctor(const Options& options) {
    const store::Address place = TRY(store::parse_address(options.place));
    TRY(check_waiting_times(options.claim_timeout, pack::Request{}.max_outage));
    store::OpenOptions open;
    open.service = TRY(service_of(options.service, TRY(state_place(std::nullopt))));
    // With --json the one document is all that standard output gets.
    Session session({.json = false, .quiet = options.display.quiet || options.display.json});
    const std::stop_callback drained(session.shutdown().drain(),
                                     [&] { say_draining(session.hub(), options); });
    if (options.clean) return run_cleaning(options, place, open, session);
    return run_examination(options, place, open, session);
}

}  // namespace

Handler declare_doctor(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    arguments.positional(
        "STORE", options->place,
        "the folder or bucket to examine, as you would give it as DEST; with --clean a set, or what is "
        "unpacked into");
    arguments.flag("--clean", options->clean,
                   "examine nothing, but end the uploads that a dead pack or unpack left there");
    arguments.duration("--claim-timeout", options->claim_timeout,
                       "with --clean: when the claim of another machine counts as abandoned (15m)");
    declare_access(arguments, options->service);
    declare_storage_class(arguments, options->service);
    declare_encryption(arguments, options->service);
    declare_display(arguments, options->display);
    return [options, &arguments](const std::vector<std::string>&) {
        options->display.json = arguments.json();
        return run_doctor(*options);
    };
}

}  // namespace haul::cli

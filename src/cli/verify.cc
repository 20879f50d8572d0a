#include "flow/set/verify.h"

#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/display.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/run_job.h"
#include "cli/set_store.h"
#include "cli/summary.h"
#include "engine/memory.h"
#include "flow/pack/missing.h"

namespace haul::cli {
namespace {

struct Options {
    std::string set;
    std::optional<std::string> against, state;
    ServiceWords service;
    bool quick = false;
    std::uint64_t jobs = set::VerifyOptions{}.threads, memory = set::VerifyOptions{}.memory;
    Display display;
};

// As the set was made: with --symlinks=follow its files are what the source's symlinks point to.
Result<std::unique_ptr<store::Store>> open_source(store::Store& set, const Options& options) {
    const format::SetRecord record = TRY(set::open_set(set));
    return open_to_read(*options.against, options.service, record.options.symlinks == "follow");
}

// Files of the source that the set should have and has not.
Status look_for_missing(store::Store& set, store::Store& source, const Options& options, Session& session,
                        set::VerifyReport& report) {
    const std::string& address = *options.against;
    const format::SetRecord record = TRY(set::open_set(set));
    if (!record.options.files_from_digest.empty()) {
        session.hub().note(report::Level::warning,
                           "made with --files-from: what the set does not have is not looked for", address);
        return {};
    }
    pack::Request request;
    request.source = TRY(store::parse_address(address));
    request.options = record.options;
    request.state_folder = TRY(state_place(options.state));
    return pack::find_missing(
        source, set, request, record,
        [&](set::Finding finding) {
            ++report.finding_count;
            if (report.findings.size() < set::kMostFindingsListed)
                report.findings.push_back(std::move(finding));
        },
        session.shutdown().drain());
}

Result<int> run_verify(const Options& options) {
    const auto set = TRY(open_to_read(options.set, options.service));
    std::unique_ptr<store::Store> source;
    if (options.against) source = TRY(open_source(*set, options));
    set::VerifyOptions how;
    how.quick = options.quick;
    how.against = source.get();
    how.threads = static_cast<unsigned>(options.jobs);
    how.memory = options.memory;
    Session session(options.display);
    const auto metrics = TRY(serve_metrics(options.display, "verify", "", session.hub()));
    auto report = set::verify(*set, how, session.hub(), session.shutdown().drain());
    if (report && source) {
        TRY(look_for_missing(*set, *source, options, session, *report));
    }
    session.hub().close();
    if (!report) return failure(report.error());
    const int code = report->finding_count == 0 ? kProven : kWrongData;
    if (options.display.json) {
        TRY(print(json::dump(verify_json(*report, code)) + "\n"));
    } else if (!options.display.quiet || code != kProven) {
        TRY(print(verify_text(options.set, *report, options.quick)));
    }
    return code;
}

}  // namespace

Handler declare_verify(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    arguments.positional("SET", options->set, "the set's folder, as DEST/NAME");
    arguments.text("--against", options->against, "SOURCE",
                   "also compare with the files that the set was made from");
    arguments.flag("--quick", options->quick,
                   "sizes, checksums of records and counts only; no members' bytes");
    arguments.number("--jobs", options->jobs, 1, 64, "parts read side by side (2)");
    arguments.size("--memory", options->memory, engine::Memory::kLeastPromise, "most memory to use (512MiB)");
    declare_state(arguments, options->state);
    declare_access(arguments, options->service);
    declare_display(arguments, options->display);
    declare_metrics(arguments, options->display);
    return [options, &arguments](const std::vector<std::string>&) {
        options->display.json = arguments.json();
        return run_verify(*options);
    };
}

}  // namespace haul::cli

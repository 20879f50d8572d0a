#include <memory>
#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/job_lines.h"
#include "cli/output.h"
#include "cli/places.h"
#include "flow/job/job.h"

namespace haul::cli {
namespace {

struct Options {
    std::string job;
    std::optional<std::string> state;
};

Result<int> run_forget(const Options& options, bool json) {
    const std::string state = TRY(job::open_state(options.state));
    const job::Record record = TRY(job::find_job(state, options.job));
    TRY(job::forget_job(state, record.id));
    if (json) {
        TRY(print(json::dump(json::Ordered{{"event", "forgotten"}, {"job", record.id}}) + "\n"));
        return kProven;
    }
    std::string text = "Forgot job " + record.id + ": " + what_of(record) + "\n";
    if (record.phase != job::Phase::complete) {
        text +=
            "It was not complete. What it wrote stays at the destination, and its command continues from "
            "there.\n";
    }
    TRY(print(text));
    return kProven;
}

}  // namespace

Handler declare_forget(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    arguments.positional("JOB", options->job, "the job's id or the beginning of it, as `haul jobs` shows it");
    declare_state(arguments, options->state);
    return [options, &arguments](const std::vector<std::string>&) {
        return run_forget(*options, arguments.json());
    };
}

}  // namespace haul::cli

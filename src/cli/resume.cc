#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/dispatch.h"
#include "cli/display.h"
#include "cli/places.h"
#include "cli/working_folder.h"
#include "flow/job/job.h"

namespace haul::cli {
namespace {

struct Options {
    std::string job;
    std::optional<std::string> state;
    bool json = false, quiet = false;
};

Result<int> run_resume(const Options& options) {
    const std::string state = TRY(job::open_state(options.state));
    const job::Record record = TRY(job::find_job(state, options.job));
    const Command* const command =
        record.arguments.empty() ? nullptr : find_command(record.arguments.front());
    if (command == nullptr) {
        return failure(
            make_error(Code::corrupt, "resume", "job " + record.id, "its record has no command to repeat")
                .with_remedy("give the job's command again: what is done already counts"));
    }
    TRY(enter_folder(record.working_folder));
    std::vector<std::string> words = record.arguments;
    // Right behind the command, where nothing that was given can be taken for their values. The environment
    // that named the state folder may have changed.
    std::vector<std::string> added = {"--state=" + state};
    if (options.json) added.emplace_back("--json");
    if (options.quiet) added.emplace_back("--quiet");
    words.insert(words.begin() + 1, added.begin(), added.end());
    return dispatch(words);
}

}  // namespace

Handler declare_resume(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    arguments.positional("JOB", options->job, "the job's id or the beginning of it, as `haul jobs` shows it");
    arguments.flag("-q,--quiet", options->quiet, "say warnings and errors only");
    declare_state(arguments, options->state);
    return [options, &arguments](const std::vector<std::string>&) {
        options->json = arguments.json();
        return run_resume(*options);
    };
}

}  // namespace haul::cli

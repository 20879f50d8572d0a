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

Result<int> run_jobs(const std::optional<std::string>& given, bool json) {
    const std::string state = TRY(job::open_state(given));
    const auto records = TRY(job::list_jobs(state));
    Output output;
    for (const job::Record& record : records) {
        TRY(output.write((json ? json::dump(job_json(record)) : job_line(record)) + "\n"));
    }
    if (records.empty() && !json) TRY(output.write("No jobs in " + state + "\n"));
    TRY(output.flush());
    return kProven;
}

}  // namespace

Handler declare_jobs(Arguments& arguments) {
    auto state = std::make_shared<std::optional<std::string>>();
    declare_state(arguments, *state);
    return
        [state, &arguments](const std::vector<std::string>&) { return run_jobs(*state, arguments.json()); };
}

}  // namespace haul::cli

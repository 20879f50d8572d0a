#include "cli/unpack_options.h"

#include <limits>
#include <map>
#include <utility>

#include "base/glob.h"
#include "base/units.h"
#include "cli/places.h"
#include "cli/waiting_times.h"
#include "cli/working_folder.h"
#include "engine/memory.h"

namespace haul::cli {
namespace {

unpack::IfExists if_exists_named(const std::string& name) {
    using unpack::IfExists;
    static const std::map<std::string, IfExists> kNames = {{"same", IfExists::same},
                                                           {"fail", IfExists::fail},
                                                           {"overwrite", IfExists::overwrite},
                                                           {"newer", IfExists::newer}};
    return kNames.at(name);
}

}  // namespace

void declare(Arguments& arguments, UnpackOptions& options) {
    arguments.positional("SOURCE", options.source, "a set's folder, a folder of ZIPs, or one ZIP");
    arguments.positional("DEST", options.destination, "the folder that the files go to");
    arguments.choice(
        "--if-exists", options.if_exists, {"same", "fail", "overwrite", "newer"},
        "what to do with a file that is there: same content is done and other an error (same), any is an "
        "error, replace it, or replace it by a newer one");
    arguments.choice("--symlinks", options.symlinks, {"inside", "all"},
                     "inside: refuse symlinks that lead out of DEST (all)");
    arguments.flag("--owner", options.owner, "restore owners and set-user-id bits too; needs the right to");
    arguments.flag("--rename-unfit", options.rename_unfit,
                   "write what DEST cannot hold under an escaped name");
    arguments.number("--max-ratio", options.max_ratio, 1, std::numeric_limits<std::uint32_t>::max(),
                     "refuse archives of over 1 GiB that unpack to more than N times their size (200)");
    arguments.each("--include", "GLOB", "unpack only what matches",
                   [&options](const std::string& pattern) -> Status {
                       TRY(Glob::parse(pattern));
                       options.include = pattern;
                       return {};
                   });
    arguments.flag("--no-space-check", options.no_space_check,
                   "begin although DEST seems too small: its file system compresses, or files have holes");
    declare_state(arguments, options.state);
    declare_access(arguments, options.service);
    declare_storage_class(arguments, options.service);
    declare_encryption(arguments, options.service);
    declare_take_over(arguments, options.service);
    arguments.size("--memory", options.memory, engine::Memory::kLeastPromise, "most memory to use (512MiB)");
    arguments.number("--jobs", options.jobs, 1, 64, "runs of files unpacked side by side (2)");
    arguments.duration("--claim-timeout", options.claim_timeout,
                       "when the claim of another machine counts as abandoned (15m)");
    arguments.duration("--max-outage", options.max_outage,
                       "how long to wait for a store that is away, or full (6h)");
    arguments.flag("-n,--dry-run", options.dry_run, "say what would be done, and write nothing");
}

Result<unpack::Request> request_of(const UnpackOptions& options, const std::string& state) {
    Places places = TRY(parse_places(options.source, options.destination, state));
    TRY(check_holds_no_state(places.destination, options.dry_run ? std::string() : state));
    TRY(check_waiting_times(options.claim_timeout, options.max_outage));
    unpack::Request request;
    request.source = std::move(places.source);
    request.destination = std::move(places.destination);
    request.if_exists = if_exists_named(options.if_exists);
    request.symlinks_inside = options.symlinks == "inside";
    request.owner = options.owner;
    request.rename_unfit = options.rename_unfit;
    request.max_ratio = options.max_ratio;
    request.include = options.include;
    request.memory = options.memory;
    request.jobs = static_cast<unsigned>(options.jobs);
    request.claim_timeout = options.claim_timeout;
    request.max_outage = options.max_outage;
    request.dry_run = options.dry_run;
    request.service = TRY(service_of(options.service, state));
    request.check_space = !options.no_space_check;
    return request;
}

Result<job::Request> job_request_of(const unpack::Request& request, const std::vector<std::string>& words) {
    return job::Request{.flow = "unpack",
                        .meaning = unpack::meaning_of(request),
                        .arguments = words,
                        .working_folder = TRY(working_folder())};
}

}  // namespace haul::cli

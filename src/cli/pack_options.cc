#include "cli/pack_options.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/glob.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/places.h"
#include "cli/waiting_times.h"
#include "cli/when.h"
#include "cli/working_folder.h"
#include "engine/memory.h"
#include "store/store.h"

namespace haul::cli {
namespace {

// A list above this belongs into filters: it is held in memory.
constexpr std::uint64_t kFilesFromLimit = 256 * units::MiB;
constexpr std::uint64_t kLeastPart = 1024;

Arguments::Take filter(PackOptions& options, std::string word) {
    return [&options, word = std::move(word)](const std::string& pattern) -> Status {
        TRY(Glob::parse(pattern));
        options.shape.filters.push_back(word + " " + pattern);
        return {};
    };
}

void declare_filters(Arguments& arguments, PackOptions& options) {
    arguments.each("--include", "GLOB",
                   "take only what matches; of several filters the first that matches decides",
                   filter(options, "include"));
    arguments.each("--exclude", "GLOB", "leave out what matches", filter(options, "exclude"));
    arguments.size("--min-size", options.shape.min_size, 0, "leave out files below this size");
    arguments.size("--max-size", options.shape.max_size, "leave out files above this size");
    arguments.each("--newer", "WHEN", "leave out files last changed before: 7d, 12h, or 2026-11-22 (UTC)",
                   [&options](const std::string& text) -> Status {
                       options.shape.newer_ns = TRY(parse_when(text, clock::wall()));
                       return {};
                   });
    arguments.text("--files-from", options.files_from, "FILE",
                   "take only the names in FILE, relative to SOURCE, one a line (or ended by NUL)");
}

Result<std::vector<std::string>> names_in(std::string_view contents, const std::string& file) {
    const char separator = contents.find('\0') == std::string_view::npos ? '\n' : '\0';
    std::vector<std::string> names;
    while (!contents.empty()) {
        const auto end = contents.find(separator);
        std::string_view name = contents.substr(0, end);
        contents = end == std::string_view::npos ? std::string_view() : contents.substr(end + 1);
        while (name.starts_with("./")) name.remove_prefix(2);
        if (name.ends_with('/') && name != "/") name.remove_suffix(1);
        if (name.empty()) continue;
        if (name != "." && !store::check_name(name, "")) {
            return failure(make_error(Code::usage, "", "",
                                      fmt::format("--files-from {}: '{}' is no path beneath the source",
                                                  text::printable(file), text::printable(name)))
                               .with_remedy("write names as they stand beneath SOURCE, without its path, and "
                                            "without '..'"));
        }
        names.emplace_back(name);
    }
    return names;
}

Status read_files_from(const std::string& file, pack::Request& request) {
    const std::string contents = TRY(file::read_whole(file, kFilesFromLimit));
    request.files_from = TRY(names_in(contents, file));
    request.has_files_from = true;
    request.options.files_from_digest = "sha256:" + digest::sha256_hex(contents);
    return {};
}

}  // namespace

void declare_shape(Arguments& arguments, PackOptions& options, bool must) {
    arguments.positional("SOURCE", options.source, "the folder to pack", must);
    arguments.positional("DEST", options.destination, "where the set goes, to DEST/NAME", must);
    arguments.text("--name", options.name, "NAME", "the set's name (the last element of SOURCE)");
    arguments.size("--part-size", options.shape.part_size, kLeastPart, "largest size of a ZIP part (20GB)");
    declare_filters(arguments, options);
    arguments.choice("--digest", options.shape.digest, {"xxh128", "sha256", "md5", "none"},
                     "digest of each file in the manifest (xxh128)");
    arguments.choice("--symlinks", options.shape.symlinks, {"store", "follow", "skip"},
                     "keep symlinks, pack what they point to, or leave them out (store)");
    arguments.choice("--folders", options.shape.folders, {"empty", "all"},
                     "which folders get an entry in the ZIP (empty); manifests know all");
    declare_state(arguments, options.state);
    declare_access(arguments, options.service);
    declare_storage_class(arguments, options.service);
}

void declare_work(Arguments& arguments, PackOptions& options) {
    declare_encryption(arguments, options.service);
    declare_take_over(arguments, options.service);
    arguments.size("--memory", options.memory, engine::Memory::kLeastPromise, "most memory to use (512MiB)");
    arguments.number("--jobs", options.jobs, 1, 64, "parts made side by side, as far as memory reaches (2)");
    arguments.choice("--verify", options.verify, {"default", "full"},
                     "full: read every byte back from the destination at the end");
    arguments.duration("--claim-timeout", options.claim_timeout,
                       "when the claim of another machine counts as abandoned (15m)");
    arguments.duration("--max-outage", options.max_outage,
                       "how long to wait for a store that is away, or full (6h)");
    arguments.flag("-n,--dry-run", options.dry_run,
                   "say what would be done, as `haul estimate`, and write nothing");
}

Result<pack::Request> request_of(const PackOptions& options, const std::string& state) {
    Places places = TRY(parse_places(options.source, options.destination, state));
    pack::Request request;
    request.name = TRY(set_name(options.name, places.source));
    // Through a symlink the set's own folder can lie elsewhere than DEST.
    const store::Address set = places.destination.child(request.name);
    TRY(check_holds_no_state(TRY(parse_places(options.source, set.canonical(), state)).destination, state));
    if (options.shape.max_size && *options.shape.max_size < options.shape.min_size) {
        return failure(
            make_error(Code::usage, "", "", "--max-size is below --min-size: no file can pass both")
                .with_remedy("leave one of them out, or give --max-size the larger one"));
    }
    TRY(check_waiting_times(options.claim_timeout, options.max_outage));
    request.source = std::move(places.source);
    request.destination = std::move(places.destination);
    request.options = options.shape;
    if (options.files_from) TRY(read_files_from(*options.files_from, request));
    request.memory = options.memory;
    request.jobs = static_cast<unsigned>(options.jobs);
    request.verify_full = options.verify == "full";
    request.claim_timeout = options.claim_timeout;
    request.max_outage = options.max_outage;
    request.state_folder = state;
    request.service = TRY(service_of(options.service, state));
    return request;
}

Result<job::Request> job_request_of(const pack::Request& request, const std::vector<std::string>& words) {
    job::Request job;
    job.flow = "pack";
    job.meaning = pack::meaning_of(request);
    job.arguments = request.options.newer_ns ? with_fixed_newer(words, *request.options.newer_ns) : words;
    job.working_folder = TRY(working_folder());
    return job;
}

}  // namespace haul::cli

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/display.h"
#include "cli/exit_code.h"
#include "cli/job_lines.h"
#include "cli/output.h"
#include "cli/pack_options.h"
#include "cli/places.h"
#include "cli/unpack_options.h"
#include "cli/working_folder.h"
#include "engine/control.h"
#include "flow/job/job.h"
#include "flow/pack/pack.h"
#include "flow/unpack/unpack.h"

namespace haul::cli {
namespace {

struct Options {
    std::string job;
    std::optional<std::string> state;
    Display display;
};

// A drain ends within 10 s; slow disks get their time.
constexpr auto kPatience = std::chrono::seconds(60);

Status stop_running(const std::string& state, const std::string& id) {
    const auto asked = engine::ask(job::folder_of(state, id), {{"ask", "cancel"}});
    // Nobody listens: it may just be ending.
    if (!asked && asked.error().code != Code::not_found) return failure(asked.error());
    const auto deadline = clock::boot() + kPatience;
    while (TRY(job::find_job(state, id)).phase == job::Phase::running) {
        if (clock::boot() >= deadline) {
            return failure(
                make_error(Code::busy, "cancel", "job " + id, "its process was asked to stop and still works")
                    .with_remedy("try again in a minute, or end its process and cancel again"));
        }
        clock::sleep(std::chrono::milliseconds(50), {});
    }
    return {};
}

// The stored words, read again as at the start of the job.
struct Stored {
    job::Request job;
    std::optional<pack::Request> pack;
    std::optional<unpack::Request> unpack;
};

Result<Stored> read_stored(const job::Record& record, const std::string& state) {
    Stored stored;
    Arguments arguments(record.flow, "", "");
    Display display;
    const std::vector<std::string>& words = record.arguments;
    const std::vector<std::string> behind(words.begin() + (words.empty() ? 0 : 1), words.end());
    if (record.flow == "pack") {
        PackOptions options;
        declare_shape(arguments, options);
        declare_work(arguments, options);
        declare_display(arguments, display);
        declare_log_level(arguments, display);
        TRY(arguments.parse(behind));
        stored.pack = TRY(request_of(options, state));
        stored.job = TRY(job_request_of(*stored.pack, words));
    } else if (record.flow == "unpack") {
        UnpackOptions options;
        declare(arguments, options);
        declare_display(arguments, display);
        declare_log_level(arguments, display);
        TRY(arguments.parse(behind));
        stored.unpack = TRY(request_of(options, state));
        stored.job = TRY(job_request_of(*stored.unpack, words));
    } else {
        return failure(make_error(Code::corrupt, "cancel", "job " + record.id,
                                  "its record names no flow that can be cancelled")
                           .with_remedy("remove its record with `haul forget " + record.id + "`"));
    }
    if (job::id_of(stored.job) == record.id) return stored;
    return failure(
        make_error(Code::changed, "cancel", "job " + record.id,
                   "its stored command means another job now: a path or a list of files in it has changed")
            .with_remedy("take back that change, or remove `.haul/` at the destination by hand and then "
                         "`haul forget " +
                         record.id + "`"));
}

Status clean(const Stored& stored, const std::string& state, const Display& display) {
    report::Hub hub;
    add_display(hub, display);
    const auto job = TRY(job::Job::open(state, stored.job, hub));
    hub.set_job(job->id());
    const Status cleaned =
        stored.pack ? pack::cancel(*stored.pack, *job, hub) : unpack::cancel(*stored.unpack, *job, hub);
    const std::string outcome = cleaned ? "cancelled" : "cancelling failed: " + cleaned.error().message();
    Status ended = job->end(job::Phase::interrupted, outcome,
                            cleaned ? kInterrupted : exit_code_of(cleaned.error().code));
    hub.close();
    TRY(cleaned);
    return ended;
}

Status say(const job::Record& record, bool json, bool done) {
    if (json) {
        json::Ordered object;
        object["event"] = "cancelled";
        object["job"] = record.id;
        object["done"] = done;
        return print(json::dump(object) + "\n");
    }
    if (!done) return print("Job " + record.id + " is complete: there is nothing to cancel.\n");
    const bool packs = record.flow == "pack";
    return print("Cancelled: " + what_of(record) +
                 (packs ? "\nWhat it had made is gone: parts, temporaries, uploads and the claim.\n"
                        : "\nTemporaries and the claim are gone; files that were finished stay.\n") +
                 "haul forget " + record.id + " removes the record of it.\n");
}

Result<int> run_cancel(const Options& options) {
    const std::string state = TRY(job::open_state(options.state));
    job::Record record = TRY(job::find_job(state, options.job));
    if (record.phase == job::Phase::running) {
        TRY(stop_running(state, record.id));
        record = TRY(job::find_job(state, record.id));
    }
    const bool complete = record.phase == job::Phase::complete;
    if (!complete) {
        TRY(enter_folder(record.working_folder));
        TRY(clean(TRY(read_stored(record, state)), state, options.display));
    }
    TRY(say(record, options.display.json, !complete));
    return kProven;
}

}  // namespace

Handler declare_cancel(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    arguments.positional("JOB", options->job, "the job's id or the beginning of it, as `haul jobs` shows it");
    declare_state(arguments, options->state);
    return [options, &arguments](const std::vector<std::string>&) {
        options->display.json = arguments.json();
        return run_cancel(*options);
    };
}

}  // namespace haul::cli

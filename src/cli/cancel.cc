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
#include "flow/collect/collect.h"
#include "flow/job/job.h"
#include "flow/pack/pack.h"
#include "flow/unpack/unpack.h"
#include "store/address.h"

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
    std::optional<pack::Request> pack;
    std::optional<unpack::Request> unpack;
    std::optional<collect::Place> collect;
};

Error another_job(const job::Record& record, const std::string& what) {
    return make_error(Code::changed, "cancel", "job " + record.id,
                      "its stored command means another job now: " + what + " has changed")
        .with_remedy(
            "take back that change, or remove `.haul/` at the destination by hand and then `haul forget " +
            record.id + "`");
}

// Where the source is gone, or the list of files: the places as the record has them. The claim is known by
// the job's token.
Result<pack::Request> remembered(const job::Record& record, const PackOptions& options,
                                 const std::string& state) {
    pack::Request request;
    request.source = TRY(store::parse_address(record.source));
    request.destination = TRY(store::parse_address(record.destination));
    request.name = record.name;
    request.options = options.shape;
    request.claim_timeout = options.claim_timeout;
    request.state_folder = state;
    request.service = TRY(service_of(options.service, state));
    // A symlink in its path may lead elsewhere by now: what lies there is not ours.
    if (request.destination.canonical() != record.destination)
        return failure(another_job(record, "the path of its destination"));
    // As it was given it says more, such as a region, than what tells places apart.
    auto given = store::parse_address(options.destination);
    if (given && given->canonical() == record.destination) request.destination = std::move(*given);
    return request;
}

Result<pack::Request> stored_pack(const job::Record& record, const PackOptions& options,
                                  const std::string& state) {
    auto request = request_of(options, state);
    if (request) {
        const auto job = job_request_of(*request, record.arguments);
        if (job && job::id_of(*job) == record.id) return request;
    }
    return remembered(record, options, state);
}

Result<unpack::Request> stored_unpack(const job::Record& record, const UnpackOptions& options,
                                      const std::string& state) {
    unpack::Request request = TRY(request_of(options, state));
    if (job::id_of(TRY(job_request_of(request, record.arguments))) == record.id) return request;
    return failure(another_job(record, "a path in it"));
}

Result<Stored> read_stored(const job::Record& record, const std::string& state) {
    Stored stored;
    Arguments arguments(record.flow, "", "");
    Display display;
    const std::vector<std::string>& words = record.arguments;
    const std::vector<std::string> behind(words.begin() + (words.empty() ? 0 : 1), words.end());
    const Status entered = enter_folder(record.working_folder);
    if (record.flow == "pack") {
        PackOptions options;
        declare_shape(arguments, options);
        declare_work(arguments, options);
        declare_display(arguments, display);
        declare_log_level(arguments, display);
        TRY(arguments.parse(behind));
        stored.pack = TRY(entered ? stored_pack(record, options, state) : remembered(record, options, state));
    } else if (record.flow == "unpack") {
        TRY(entered);
        UnpackOptions options;
        declare(arguments, options);
        declare_display(arguments, display);
        declare_log_level(arguments, display);
        TRY(arguments.parse(behind));
        stored.unpack = TRY(stored_unpack(record, options, state));
    } else if (record.flow == "collect") {
        // As the record has it: the plan may say something else by now.
        stored.collect =
            collect::Place{.out = TRY(store::parse_address(record.destination)), .name = record.name};
        stored.collect->service = TRY(service_of({}, state));
    } else {
        return failure(make_error(Code::corrupt, "cancel", "job " + record.id,
                                  "its record names no flow that can be cancelled")
                           .with_remedy("remove its record with `haul forget " + record.id + "`"));
    }
    return stored;
}

Status clean(const Stored& stored, const job::Record& record, const std::string& state,
             const Display& display) {
    report::Hub hub;
    add_display(hub, display);
    const auto job = TRY(job::Job::reopen(state, record, hub));
    hub.set_job(job->id());
    const Status cleaned = stored.pack     ? pack::cancel(*stored.pack, *job, hub)
                           : stored.unpack ? unpack::cancel(*stored.unpack, *job, hub)
                                           : collect::cancel(*stored.collect, *job, hub);
    const std::string outcome = cleaned ? "cancelled" : "cancelling failed: " + cleaned.error().message();
    Status ended = job->end(cleaned ? job::Phase::cancelled : job::Phase::interrupted, outcome,
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
    if (!done) {
        return print("Job " + record.id + " is " + std::string(job::name_of(record.phase)) +
                     ": there is nothing to cancel.\n");
    }
    const std::string gone =
        record.flow == "pack"
            ? "Its claim, its temporaries and the parts that no complete set refers to are gone from the "
              "destination.\n"
        : record.flow == "collect"
            ? "Its claim and its temporaries are gone; the corpus and its ledger stay.\n"
            : "Its claim and its temporaries are gone from the destination; files that were finished stay.\n";
    return print("Cancelled: " + what_of(record) + "\n" + gone + "haul forget " + record.id +
                 " removes the record of it.\n");
}

Result<int> run_cancel(const Options& options) {
    const std::string state = TRY(job::open_state(options.state));
    job::Record record = TRY(job::find_job(state, options.job));
    if (record.phase == job::Phase::running) {
        TRY(stop_running(state, record.id));
        record = TRY(job::find_job(state, record.id));
    }
    const bool over = record.phase == job::Phase::complete || record.phase == job::Phase::cancelled;
    if (!over) TRY(clean(TRY(read_stored(record, state)), record, state, options.display));
    TRY(say(record, options.display.json, !over));
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

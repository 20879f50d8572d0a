// The pipeline of one pack, top to bottom. Everything before `publish_set` can be repeated: what the
// destination holds decides.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/fault_point.h"
#include "engine/engine.h"
#include "flow/pack/existing_set.h"
#include "flow/pack/list_unit.h"
#include "flow/pack/notes.h"
#include "flow/pack/own_files.h"
#include "flow/pack/pack.h"
#include "flow/pack/part_unit.h"
#include "flow/pack/part_upload.h"
#include "flow/pack/publish_set.h"
#include "flow/pack/selection.h"
#include "flow/pack/settle.h"
#include "flow/pack/window.h"
#include "flow/pack/work.h"
#include "flow/set/set_view.h"
#include "flow/set/verify.h"
#include "store/open_store.h"

namespace haul::pack {
namespace {

struct Stores {
    std::unique_ptr<store::Store> source, destination;
};

engine::SpaceBudget space_of(store::Store& destination) {
    return engine::SpaceBudget(destination.capabilities().address,
                               [&destination] { return destination.capabilities().free_bytes; });
}

Result<std::unique_ptr<store::Store>> open_destination(const Request& request,
                                                       const engine::Shutdown& shutdown) {
    store::OpenOptions writing;
    writing.create = true;
    writing.service = request.service;
    writing.stop = shutdown.stop();
    writing.outage_wait = request.outage_wait;
    return store::open_store(request.destination.child(request.name), writing);
}

Result<Stores> open_stores(const Request& request, const job::Job& job, const engine::Shutdown& shutdown) {
    store::OpenOptions reading;
    reading.follow_symlinks = request.options.symlinks == "follow";
    reading.sort_folder = job.folder();
    reading.service = request.service;
    reading.stop = shutdown.stop();
    reading.outage_wait = request.outage_wait;
    const store::Address set = request.destination.child(request.name);
    reading.keep_out = {set.path, request.state_folder};
    Stores stores;
    stores.source = TRY(store::open_store(request.source, reading));
    stores.destination = TRY(open_destination(request, shutdown));
    return stores;
}

Result<std::unique_ptr<claim::Claim>> take_claim(const Request& request, store::Store& destination,
                                                 job::Job& job, report::Hub& hub,
                                                 const std::stop_token& stop) {
    claim::Request claim;
    claim.claim.flow = "pack";
    claim.claim.source = request.source.canonical();
    claim.claim.name = request.name;
    claim.claim.options = request.options;
    claim.claim.token = job.token();
    claim.timeout = request.claim_timeout;
    return claim::Claim::take(destination, std::move(claim), hub, stop);
}

// Parts that have no member list are not ours: nothing is written beside them.
Status refuse_foreign_parts(Work& work, const std::vector<store::Object>& there, const Lists& lists) {
    for (const store::Object& object : there) {
        const std::size_t dot = object.name.find('.');
        if (object.name.find('/') != std::string::npos || dot == std::string::npos) continue;
        const auto part = format::part_number(object.name.substr(0, dot) + ".zip");
        if (!part || *part <= work.earlier_parts || lists.contains(*part)) continue;
        return failure(make_error(Code::exists, "pack into", work.destination.capabilities().address,
                                  object.name + " is there and belongs to no job of ours")
                           .with_remedy("move it away, or give this set another --name"));
    }
    return {};
}

engine::Options engine_options(Work& work) {
    engine::Options options;
    options.workers = work.request.jobs + 1;  // one lists while the others fill
    options.max_outage = work.request.max_outage;
    options.probe = [&work]() -> Status {
        TRY(store::check_answers(work.destination));
        return store::check_answers(work.source);
    };
    return options;
}

Result<engine::Summary> run_units(Work& work, engine::Memory& memory) {
    const auto guarded = [&work](auto handle) {
        return [&work, handle](engine::Context& context) { return work.claim.blame(handle(work, context)); };
    };
    const std::map<std::string, engine::Handler, std::less<>> handlers = {{kListUnit, guarded(handle_list)},
                                                                          {kPartUnit, guarded(handle_part)}};
    const store::OutageWait::Elsewhere engine_waits(*work.request.outage_wait);
    engine::Summary summary =
        TRY(engine::run(work.job.ledger(), handlers, engine_options(work), work.hub, memory, work.shutdown));
    if (summary.drained) {
        return failure(
            make_error(Code::interrupted, "pack", work.request.source.canonical(), "stopped on request")
                .with_remedy("run the same command again to continue"));
    }
    return summary;
}

// What the ledger knows is of no use where the destination shows that the earlier run is over: its set is
// complete, or was removed.
Status forget_what_is_over(Work& work, bool under_way) {
    if (work.job.ledger_is_new()) return {};
    return work.earlier || !under_way ? work.job.begin_again() : Status();
}

void show_phase(Work& work, const char* phase) {
    report::Event event;
    event.type = report::Type::phase;
    event.subject = phase;
    work.hub.emit(std::move(event));
}

// A folder that could not be read when the set was made: itself, since what made it unreadable was most
// likely its mode, and what is in it now.
Status add_beneath(Work& work, const std::string& folder, ledger::Outcome& outcome) {
    Selection selection = TRY(Selection::open(work.source, work.request, {}, folder));
    while (true) {
        const std::optional<Selected> item = TRY(selection.next(work.shutdown.stop()));
        if (!item) return {};
        switch (item->what) {
            case Selected::What::member:
                outcome.facts.push_back(open_fact({item->member.path, 0, 0}));
                break;
            case Selected::What::skipped:
                outcome.facts.push_back(note_fact(kSkippedFact, item->note));
                break;
            case Selected::What::failed:
                outcome.facts.push_back(note_fact(kFailedFact, item->note));
                break;
        }
    }
}

// Failed items of a complete set that can be read now are members of the next generation; the others stay
// failed.
Status begin_next_generation(Work& work, const Comparison& comparison) {
    ledger::Outcome outcome;
    for (const format::ItemNote& note : work.earlier->skipped)
        outcome.facts.push_back(note_fact(kSkippedFact, note));
    for (const format::ItemNote& note : work.earlier->failed) {
        const bool readable = std::find(comparison.readable.begin(), comparison.readable.end(), note.path) !=
                              comparison.readable.end();
        if (!readable) {
            outcome.facts.push_back(note_fact(kFailedFact, note));
            continue;
        }
        const auto object = TRY(store::find_object(work.source, note.path));
        if (object && object->kind == store::Kind::folder) {
            const auto line = comparison.in_set.find(note.path);
            if (line != comparison.in_set.end())
                outcome.facts.push_back(superseded_fact(note.path, line->second));
            TRY(add_beneath(work, note.path, outcome));
        } else {
            outcome.facts.push_back(open_fact({note.path, 0, 0}));
        }
    }
    return work.job.ledger().record(outcome);
}

Totals totals_of(const format::SetRecord& record) {
    Totals totals;
    totals.files = record.files;
    totals.folders = record.folders;
    totals.symlinks = record.symlinks;
    totals.bytes = record.bytes;
    totals.parts = record.parts.size();
    totals.failed = record.failed_count;
    totals.skipped = record.skipped_count;
    return totals;
}

Result<Totals> fill_and_publish(Work& work, bool list_source) {
    const bool far = is_far(work.source.capabilities()) || is_far(work.destination.capabilities());
    engine::Memory memory(work.request.memory, kOpenList,
                          far ? memory_of_connections(work.request.memory) : 0);
    ledger::Outcome first;
    if (list_source) first.units.push_back(list_unit());
    TRY(work.job.ledger().record(first));
    show_phase(work, "pack");
    engine::Summary summary = TRY(run_units(work, memory));
    while (summary.set_aside == 0 && TRY(settle_late_members(work)) > 0)
        summary = TRY(run_units(work, memory));
    if (summary.set_aside > 0) {
        // Who pays for the service pays for its uploads too, and when the command continues is not known.
        TRY(end_uploads(work, TRY(store::list_folder(work.destination, kOwnFolder, work.shutdown.stop()))));
        // The claim stays, its owner gone: it guards the member lists until the same command continues.
        Totals totals;
        totals.set_aside = summary.set_aside;
        return totals;
    }
    show_phase(work, "publish");
    const format::SetRecord record = TRY(publish_set(work));
    TRY(clean_up(work));
    return totals_of(record);
}

// --verify=full of a set that was complete before: what it says must be true of that too.
Status read_back_all(const Request& request, store::Store& destination, report::Hub& hub,
                     const std::stop_token& stop) {
    if (!request.verify_full) return {};
    set::VerifyOptions how;
    how.threads = request.jobs;
    how.memory = request.memory;
    const set::VerifyReport report = TRY(set::verify(destination, how, hub, stop));
    if (report.finding_count == 0) return {};
    return failure(
        make_error(Code::corrupt, "read back", destination.capabilities().address,
                   fmt::format("the set is damaged, findings: {}", report.finding_count))
            .with_remedy("bring what is damaged back from a copy, or move the set away and pack again"));
}

// The set is there. What a kill left of its job goes; what failed then and can be read now makes the next
// generation.
Result<Totals> continue_complete_set(Work& work, const Comparison& comparison) {
    if (comparison.readable.empty()) {
        TRY(abandon_parts(work));
        TRY(read_back_all(work.request, work.destination, work.hub, work.shutdown.stop()));
        TRY(clean_up(work));
        Totals totals = totals_of(*work.earlier);
        totals.nothing_to_do = true;
        return totals;
    }
    TRY(begin_next_generation(work, comparison));
    return fill_and_publish(work, false);
}

std::uint32_t highest_part(const format::SetRecord& record) {
    std::uint32_t highest = 0;
    for (const format::PartRecord& part : record.parts) {
        highest = std::max(highest, format::part_number(part.name).value_or(0));
    }
    return highest;
}

// What is at the destination before anything is done, and how it compares with the source.
struct Seen {
    std::optional<format::SetRecord> set;
    Comparison comparison;
};

Result<Seen> look_at_set(const Request& request, store::Store& source, store::Store& destination,
                         report::Hub& hub, const std::stop_token& stop) {
    Seen seen;
    seen.set = TRY(set::find_set(destination));
    if (seen.set) seen.comparison = TRY(compare_with_set(source, destination, request, *seen.set, hub, stop));
    return seen;
}

std::uint32_t generation_of(const std::optional<format::SetRecord>& set) { return set ? set->generation : 0; }

// Everything that happens while the destination is ours.
Result<Totals> run_claimed(Work& work, const Comparison& comparison) {
    const std::vector<store::Object> there =
        TRY(store::list_folder(work.destination, "", work.shutdown.stop()));
    Lists lists = lists_among(there);
    if (Status foreign = refuse_foreign_parts(work, there, lists); !foreign) {
        // Where nothing of ours is under way the claim would only keep others out.
        if (lists.empty()) TRY(work.claim.release());
        return failure(std::move(foreign).error());
    }
    TRY(forget_what_is_over(work, !lists.empty()));
    TRY(sweep_temporaries(work, there));
    take_recorded_uploads(work, there);
    work.lists_left = std::move(lists);
    if (work.earlier) return continue_complete_set(work, comparison);
    return fill_and_publish(work, true);
}

}  // namespace

Result<Totals> pack(const Request& request, job::Job& job, report::Hub& hub, engine::Shutdown& shutdown) {
    const Stores stores = TRY(open_stores(request, job, shutdown));
    return pack(request, *stores.source, *stores.destination, job, hub, shutdown);
}

Result<Totals> pack(const Request& request, store::Store& source, store::Store& destination, job::Job& job,
                    report::Hub& hub, engine::Shutdown& shutdown) {
    Seen seen = TRY(look_at_set(request, source, destination, hub, shutdown.stop()));
    if (seen.set && seen.comparison.readable.empty() &&
        !TRY(store::is_folder_there(destination, kOwnFolder, shutdown.stop()))) {
        TRY(read_back_all(request, destination, hub, shutdown.stop()));
        Totals totals = totals_of(*seen.set);
        totals.nothing_to_do = true;
        return totals;
    }
    FAULT_POINT("pack.before_claim");
    const std::unique_ptr<claim::Claim> claim =
        TRY(take_claim(request, destination, job, hub, shutdown.stop()));
    FAULT_POINT("pack.after_claim");
    // Somebody may have made the set, or its next generation, between our first look and our claim: by what
    // was seen then, its parts would be nobody's, and be removed.
    const auto now = TRY(claim->blame(set::find_set(destination)));
    if (generation_of(now) != generation_of(seen.set)) {
        seen = TRY(claim->blame(look_at_set(request, source, destination, hub, shutdown.stop())));
    }
    Work work{request,
              source,
              destination,
              *claim,
              job,
              hub,
              shutdown,
              engine::Budget("parts at work", request.jobs),
              space_of(destination)};
    if (seen.set) {
        work.earlier_parts = highest_part(*seen.set);
        work.earlier = std::move(seen.set);
    }
    return claim->blame(run_claimed(work, seen.comparison));
}

Status cancel(const Request& request, job::Job& job, report::Hub& hub) {
    engine::Shutdown shutdown(false);
    store::OpenOptions writing;
    writing.service = request.service;
    writing.stop = shutdown.stop();
    auto opened = store::open_store(request.destination.child(request.name), writing);
    if (!opened && opened.error().code == Code::not_found) return {};
    const std::unique_ptr<store::Store> destination = TRY(std::move(opened));
    return cancel(request, *destination, job, hub, shutdown);
}

Status cancel(const Request& request, store::Store& destination, job::Job& job, report::Hub& hub,
              engine::Shutdown& shutdown) {
    if (!TRY(store::is_folder_there(destination, kOwnFolder, shutdown.stop()))) return {};
    const std::unique_ptr<claim::Claim> claim =
        TRY(take_claim(request, destination, job, hub, shutdown.stop()));
    // The source may be gone, which is a reason to cancel: nothing below looks at it.
    Work work{request,
              destination,
              destination,
              *claim,
              job,
              hub,
              shutdown,
              engine::Budget("parts at work", 1),
              space_of(destination)};
    work.earlier = TRY(claim->blame(set::find_set(destination)));
    TRY(abandon_parts(work));
    return clean_up(work);
}

json::Ordered meaning_of(const Request& request) {
    json::Ordered meaning;
    meaning["source"] = request.source.canonical();
    meaning["destination"] = request.destination.canonical();
    meaning["name"] = request.name;
    meaning["options"] = format::to_json(request.options);
    return meaning;
}

}  // namespace haul::pack

// The pipeline of one unpack, top to bottom.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/fault_point.h"
#include "base/json.h"
#include "engine/engine.h"
#include "flow/unpack/placing.h"
#include "flow/unpack/room.h"
#include "flow/unpack/root.h"
#include "flow/unpack/survey.h"
#include "flow/unpack/units.h"
#include "flow/unpack/unpack.h"
#include "flow/unpack/uploads.h"
#include "flow/unpack/work.h"
#include "store/open_store.h"

namespace haul::unpack {
namespace {

const char* name_of(IfExists rule) {
    switch (rule) {
        case IfExists::same:
            return "same";
        case IfExists::fail:
            return "fail";
        case IfExists::overwrite:
            return "overwrite";
        case IfExists::newer:
            return "newer";
    }
    return "same";
}

Result<std::unique_ptr<claim::Claim>> take_claim(const Request& request, store::Store& destination,
                                                 job::Job& job, report::Hub& hub,
                                                 const std::stop_token& stop) {
    claim::Request claim;
    claim.claim.flow = "unpack";
    claim.claim.source = request.source.canonical();
    claim.claim.request = json::dump(meaning_of(request));
    claim.claim.token = job.token();
    claim.timeout = request.claim_timeout;
    return claim::Claim::take(destination, std::move(claim), hub, stop);
}

Result<std::unique_ptr<store::Store>> open_destination(const Request& request,
                                                       const engine::Shutdown& shutdown) {
    store::OpenOptions options;
    options.create = true;
    options.service = request.service;
    options.stop = shutdown.stop();
    options.outage_wait = request.outage_wait;
    return store::open_store(request.destination, options);
}

engine::SpaceBudget::Free free_bytes_of(const Request& request, store::Store& destination) {
    return [check = request.check_space, &destination]() -> std::optional<std::uint64_t> {
        return check ? destination.capabilities().free_bytes : std::nullopt;
    };
}

Result<engine::Summary> run_units(Work& work) {
    const auto guarded = [&work](auto handle) {
        return [&work, handle](engine::Context& context) { return work.claim.blame(handle(work, context)); };
    };
    const std::map<std::string, engine::Handler, std::less<>> handlers = {
        {kPlanUnit, guarded(handle_plan)},
        {kRunUnit, guarded(handle_run)},
        {kCloseUnit, guarded(handle_close)}};
    engine::Options options;
    options.workers = work.request.jobs;
    options.max_outage = work.request.max_outage;
    options.probe = [&work]() -> Status {
        TRY(work.destination.stat({".", false}));
        return store::check_answers(*work.archives.store);
    };
    engine::Memory memory(work.request.memory);
    const store::OutageWait::Elsewhere engine_waits(*work.request.outage_wait);
    engine::Summary summary =
        TRY(engine::run(work.job.ledger(), handlers, options, work.hub, memory, work.shutdown));
    if (summary.drained) {
        return failure(
            make_error(Code::interrupted, "unpack", work.request.source.canonical(), "stopped on request")
                .with_remedy("run the same command again to continue"));
    }
    return summary;
}

// Of files alone, as progress is: folders and symlinks are made in no time at the end.
void tell_total(report::Hub& hub, const Counted& wanted) {
    report::Event event;
    event.type = report::Type::total;
    event.files = wanted.files;
    event.bytes = wanted.bytes;
    event.final_total = true;
    hub.emit(std::move(event));
}

Result<Totals> totals_of(Work& work) {
    Totals totals;
    const ledger::Ledger& ledger = work.job.ledger();
    TRY(ledger::for_each_fact(ledger, kTotalFact, [&](const ledger::Fact& fact) -> Status {
        const json::Value value = TRY(json::parse(fact.value.value_or("{}"), "totals"));
        const Counted counted = TRY(counted_from(value, "totals"));
        totals.files += counted.files;
        totals.folders += counted.folders;
        totals.symlinks += counted.symlinks;
        totals.bytes += counted.bytes;
        return {};
    }));
    const auto count = [](std::uint64_t& into) {
        return [&into](const ledger::Fact&) -> Status {
            ++into;
            return {};
        };
    };
    // Damage that an earlier run met counts as this run's does.
    TRY(ledger::for_each_fact(ledger, kFailedFact, [&](const ledger::Fact& fact) -> Status {
        const json::Value value = TRY(json::parse(fact.value.value_or("{}"), "failed item"));
        ++totals.failed;
        if (TRY(json::string_at(value, "reason", "failed item")) == name_of(Code::corrupt)) ++totals.damaged;
        return {};
    }));
    TRY(ledger::for_each_fact(ledger, kSkippedFact, count(totals.skipped)));
    return totals;
}

// An owner that slept past its claim must take nothing of its successor's away.
Status remove_own_files(store::Store& destination, claim::Claim& claim, const engine::Shutdown& shutdown) {
    TRY(claim.check());
    TRY(end_noted_uploads(destination, claim, shutdown.stop()));
    for (const char* folder : {kScratchFolder, kBatchFolder}) {
        TRY(claim.check());
        TRY(store::remove_folder(destination, folder, shutdown.stop()));
        FAULT_POINT("unpack.clean.between");
    }
    return {};
}

// A run that ended with items that failed has nothing to continue, or would leave them out: the same command
// looks at everything again.
Status forget_what_is_over(job::Job& job) {
    ledger::Query query;
    query.what = ledger::Query::What::units;
    query.kind = kCloseUnit;
    query.state = ledger::State::done;
    bool over = !TRY(job.ledger().read(query)).units.empty();
    if (job.earlier_phase() == job::Phase::incomplete) {
        TRY(ledger::for_each_fact(job.ledger(), kFailedFact, [&](const ledger::Fact&) -> Status {
            over = true;
            return {};
        }));
    }
    return over ? job.begin_again() : Status();
}

// Runs cut for other archives would leave members out, or take one archive's places for another's.
Status forget_other_archives(Work& work) {
    bool same = true;
    TRY(ledger::for_each_unit(work.job.ledger(), kPlanUnit, [&](const ledger::UnitRow& unit) -> Status {
        same = same && TRY(still_planned(work.archives, unit.payload));
        return {};
    }));
    if (same) return {};
    work.hub.note(report::Level::warning,
                  "the archives are not those that the earlier run began with: all are looked at again",
                  work.request.source.canonical());
    return work.job.begin_again();
}

// Temporaries of earlier runs: no upload is continued across processes.
Status sweep_temporaries(Work& work) {
    TRY(end_noted_uploads(work.destination, work.claim, work.shutdown.stop()));
    return store::remove_folder(work.destination, kScratchFolder, work.shutdown.stop());
}

// A damaged member is no mere failed item: the archive itself is wrong.
Status refuse_damage(Work& work, const Totals& totals) {
    if (totals.damaged == 0) return {};
    Error error = make_error(
        Code::corrupt, "unpack", work.request.source.canonical(),
        fmt::format("{} damaged and could not be unpacked",
                    totals.damaged == 1 ? "1 member or archive is"
                                        : fmt::format("{} members or archives are", totals.damaged)));
    error.kept = fmt::format("{} files that are whole are in place", totals.files);
    return failure(std::move(error).with_remedy(damage_remedy(work.request, work.archives.set.has_value())));
}

Result<Totals> run_all(Work& work, const OwnRoot& root) {
    // What earlier runs finished is part of the total.
    const Totals before = TRY(totals_of(work));
    work.count(before.files, before.bytes);
    ledger::Outcome first;
    for (std::size_t archive = 0; archive < work.archives.names.size(); ++archive)
        first.units.push_back(plan_unit(work.archives, archive));
    TRY(work.job.ledger().record(first));
    engine::Summary summary = TRY(run_units(work));
    if (summary.set_aside == 0) {
        ledger::Outcome closing;
        closing.units.push_back(close_unit());
        TRY(work.job.ledger().record(closing));
        summary = TRY(run_units(work));
    }
    Totals totals = TRY(totals_of(work));
    totals.set_aside = summary.set_aside;
    if (summary.set_aside > 0) return totals;
    TRY(work.claim.check());
    TRY(remove_own_files(work.destination, work.claim, work.shutdown));
    TRY(root.settle(work));
    FAULT_POINT("unpack.before_release");
    TRY(work.claim.release());
    return totals;
}

// What would be unpacked; nothing is written.
Result<Totals> look_only(const Scope& scope) {
    const Counted wanted = TRY(count_wanted(scope));
    Totals totals;
    totals.files = wanted.files;
    totals.folders = wanted.folders;
    totals.symlinks = wanted.symlinks;
    totals.bytes = wanted.bytes;
    return totals;
}

// Once, rather than for each of millions of files.
void tell_what_is_not_kept(const Work& work) {
    const bool had_modes = !work.archives.set || is_from_folder(*work.archives.set);
    if (work.can.keeps_modes || !had_modes) return;
    work.hub.note(report::Level::info, "modes, owners and times of files are not kept by this kind of place",
                  work.request.destination.canonical());
}

void say_begun(report::Hub& hub) {
    report::Event event;
    event.type = report::Type::phase;
    event.subject = "unpack";
    hub.emit(std::move(event));
}

}  // namespace

bool Work::wanted(const Item& item) const { return matches(include, item); }

std::string Work::scratch(std::int64_t unit, const char* purpose) const {
    return fmt::format("{}/{:06}-{}-{}", kScratchFolder, claim.number(), unit, purpose);
}

void Work::count(std::uint64_t files, std::uint64_t bytes) {
    report::Event event;
    event.type = report::Type::progress;
    event.files = files_done.fetch_add(files) + files;
    event.bytes = bytes_done.fetch_add(bytes) + bytes;
    hub.emit(std::move(event));
}

Result<Totals> unpack(const Request& request, job::Job& job, report::Hub& hub, engine::Shutdown& shutdown) {
    Archives archives =
        TRY(find_archives(request.source, {.service = request.service, .outage_wait = request.outage_wait}));
    std::optional<Glob> include;
    if (!request.include.empty()) include = TRY(Glob::parse(request.include));
    IndexCache indexes;
    const Scope scope{request, archives, indexes, include, shutdown};
    if (request.dry_run) return look_only(scope);
    if (!archives.set) TRY(check_names(request, archives, indexes, shutdown));
    const Counted wanted = TRY(count_wanted(scope));
    tell_total(hub, wanted);
    const std::unique_ptr<store::Store> destination = TRY(open_destination(request, shutdown));
    engine::SpaceBudget space(destination->capabilities().address, free_bytes_of(request, *destination));
    // Before the claim, so that nothing is written; what an earlier run left behind has to be swept first.
    const bool begun = TRY(store::is_folder_there(*destination, kOwnFolder, shutdown.stop()));
    if (!begun) TRY(check_room(scope, wanted, *destination, space));
    const std::optional<std::int64_t> time_before =
        begun ? std::nullopt : TRY(destination->stat({"."})).object.attributes.mtime_ns;
    FAULT_POINT("unpack.before_claim");
    const std::unique_ptr<claim::Claim> claim =
        TRY(take_claim(request, *destination, job, hub, shutdown.stop()));
    FAULT_POINT("unpack.after_claim");
    Work work{request, archives, *destination, *claim, job, hub, shutdown, indexes, space, include};
    tell_what_is_not_kept(work);
    TRY(forget_what_is_over(job));
    TRY(forget_other_archives(work));
    TRY(sweep_temporaries(work));
    if (begun) TRY(check_room(scope, wanted, *destination, space));
    if (needs_own_paths(request)) TRY(work.earlier.load(*destination, kBatchFolder, shutdown.stop()));
    say_begun(hub);
    const OwnRoot root = TRY(claim->blame(OwnRoot::take(work, time_before)));
    Totals totals = TRY(claim->blame(run_all(work, root)));
    if (totals.set_aside > 0) return totals;
    TRY(root.finish(work, totals));
    TRY(refuse_damage(work, totals));
    return totals;
}

Status cancel(const Request& request, job::Job& job, report::Hub& hub) {
    engine::Shutdown shutdown(false);
    const std::unique_ptr<store::Store> destination = TRY(open_destination(request, shutdown));
    if (!TRY(store::is_folder_there(*destination, kOwnFolder, shutdown.stop()))) return {};
    const std::unique_ptr<claim::Claim> claim =
        TRY(take_claim(request, *destination, job, hub, shutdown.stop()));
    TRY(remove_own_files(*destination, *claim, shutdown));
    TRY(OwnRoot::forget(*destination));
    return claim->release();
}

json::Ordered meaning_of(const Request& request) {
    json::Ordered meaning;
    meaning["source"] = request.source.canonical();
    meaning["destination"] = request.destination.canonical();
    meaning["if_exists"] = name_of(request.if_exists);
    meaning["symlinks_inside"] = request.symlinks_inside;
    meaning["owner"] = request.owner;
    meaning["rename_unfit"] = request.rename_unfit;
    meaning["max_ratio"] = request.max_ratio;
    meaning["include"] = request.include;
    return meaning;
}

}  // namespace haul::unpack

// The pipeline of one run of a collect, top to bottom. Everything may be cut short anywhere: the ledger and
// the corpus say what is left to do.
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/fault_point.h"
#include "base/file.h"
#include "base/test_setting.h"
#include "base/units.h"
#include "engine/engine.h"
#include "flow/collect/backup.h"
#include "flow/collect/collect.h"
#include "flow/collect/decided.h"
#include "flow/collect/decisions/decisions.h"
#include "flow/collect/download_unit.h"
#include "flow/collect/export/export.h"
#include "flow/collect/facts.h"
#include "flow/collect/filter_unit.h"
#include "flow/collect/look.h"
#include "flow/collect/numbers.h"
#include "flow/collect/probe_unit.h"
#include "flow/collect/revision.h"
#include "flow/collect/search_unit.h"
#include "flow/collect/units.h"
#include "flow/collect/web/web.h"
#include "flow/collect/work.h"

namespace haul::collect {
namespace {

constexpr std::array kPhases =
    std::to_array<std::pair<Phase, std::string_view>>({{Phase::search, "search"},
                                                       {Phase::probe, "probe"},
                                                       {Phase::download, "download"},
                                                       {Phase::filter, "filter"},
                                                       {Phase::export_views, "export"}});

WebOptions web_options(const Plan& plan) {
    WebOptions options;
    options.per_host = plan.limits.per_host;
    options.requests_per_second = plan.limits.requests_per_second;
    options.allow_private = plan.limits.allow_private;
    options.contact = plan.contact;
    return options;
}

Result<std::vector<PlannedSource>> open_sources(const Plan& plan, Web& web, const std::string& scratch) {
    std::vector<PlannedSource> sources;
    sources.reserve(plan.sources.size());
    for (const SourcePlan& one : plan.sources)
        sources.push_back(
            {one, TRY(make_source(
                      one, {.web = web, .scratch = scratch, .user_agent = user_agent_of(plan.contact)}))});
    return sources;
}

Result<std::unique_ptr<store::Store>> open_out(const Request& request, const engine::Shutdown& shutdown) {
    store::OpenOptions options;
    options.create = true;
    options.service = request.service;
    options.stop = shutdown.stop();
    options.outage_wait = request.outage_wait;
    return store::open_store(request.plan.out, options);
}

Result<std::unique_ptr<claim::Claim>> take_claim(const std::string& name, std::chrono::nanoseconds timeout,
                                                 store::Store& out, job::Job& job, report::Hub& hub,
                                                 const std::stop_token& stop) {
    claim::Request claim;
    claim.claim.flow = "collect";
    claim.claim.source = "a plan";
    claim.claim.name = name;
    claim.claim.token = job.token();
    claim.timeout = timeout;
    return claim::Claim::take(out, std::move(claim), hub, stop);
}

bool runs(const Request& request, Phase phase) { return !request.only || *request.only == phase; }

void show_phase(const Work& work, std::string_view phase) {
    report::Event event;
    event.type = report::Type::phase;
    event.subject = phase;
    work.hub.emit(std::move(event));
}

// A temporary is wanted by a download that can go on with it: in whichever turn its item is.
Result<std::uint64_t> sweep(Work& work) {
    const auto goes_on = [](const ledger::UnitRow& unit) {
        return unit.state != ledger::State::done && !unit.checkpoint.empty();
    };
    const auto wanted = [&](const std::string& item_id) -> Result<bool> {
        for (const ledger::UnitRow& unit : TRY(turns_of(work.ledger(), kDownloadUnit, item_id)))
            if (goes_on(unit)) return true;
        return false;
    };
    const Corpus::Swept swept = TRY(work.corpus.sweep(wanted));
    if (swept.files == 0) return std::uint64_t{0};
    work.hub.note(report::Level::info,
                  fmt::format("removed {} temporaries of an earlier run ({})", swept.files,
                              units::size_text(swept.bytes)),
                  work.corpus.folder());
    return swept.files;
}

// Hosts come and go, each by itself: what is asked of one waits, and the others go on.
std::optional<std::chrono::nanoseconds> put_off(const Error& error) {
    if (!is_of_source(error) && !is_at_limit(error) && !waits_for_room(error)) return std::nullopt;
    const auto usual = shortened("HAUL_UNIT_RETRY_MS", std::chrono::seconds(10));
    return error.retry_after ? std::chrono::nanoseconds(*error.retry_after) : usual;
}

// The kinds of units that this run works on now.
std::vector<std::string> kinds_of(const Work& work) {
    std::vector<std::string> kinds;
    const bool fetches = !work.limit_reached();
    if (fetches && runs(work.request, Phase::search)) kinds.emplace_back(kSearchUnit);
    if (fetches && runs(work.request, Phase::probe)) kinds.emplace_back(kProbeUnit);
    // At the limit of this run the last are under way: whatever else were claimed would be given back at
    // once.
    const bool begins = work.begun < work.request.limit.value_or(UINT64_MAX);
    if (fetches && begins && runs(work.request, Phase::download)) kinds.emplace_back(kDownloadUnit);
    if (runs(work.request, Phase::filter)) kinds.emplace_back(kFilterUnit);
    return kinds;
}

engine::Options engine_options(Work& work) {
    engine::Options options;
    options.workers = work.plan().limits.downloads + work.request.ears + 1;
    options.max_outage = work.request.max_outage;
    options.kinds = [&work] { return kinds_of(work); };
    options.put_off = put_off;
    options.probe = [&work] { return store::check_answers(work.out); };
    return options;
}

// A copy that cannot be made is no warning: without one a damaged ledger would cost everything that was
// judged.
Status back_up_or_say(Work& work) {
    Status made = back_up(work.out, work.job, work.shutdown.stop());
    work.is_backed_up = made.has_value();
    if (made || made.error().code == Code::interrupted) return made;
    Error error = Error(made.error()).within("back up", "the ledger");
    error.kept = "the corpus and its ledger, and older copies of it";
    error.state = "all else of this run is done";
    error.next = "the same command makes it; a run that goes on tries it again in an hour";
    error.at_risk = "what was judged since the last copy, should the ledger be damaged";
    work.hub.fail_item("backup",
                       std::move(error).with_remedy("make room there, and run the same command again"));
    return {};
}

std::chrono::nanoseconds backup_interval() {
    return shortened("HAUL_BACKUP_EVERY_MS", std::chrono::hours(24));
}

// In boot time. The copy of an earlier run counts: of runs that are stopped every day none would come to
// make one.
Result<std::chrono::nanoseconds> backed_up_at(store::Store& out, bool is_first, const std::stop_token& stop) {
    const auto now = clock::boot();
    const auto newest = newest_backup(out, stop);
    if (!newest && newest.error().code == Code::interrupted) return failure(Error(newest.error()));
    // What is wrong with the folder the next copy will say.
    if (!newest) return now;
    if (!*newest) return is_first ? now : now - backup_interval();
    return now - std::clamp<std::chrono::nanoseconds>(clock::wall() - **newest, {}, backup_interval());
}

// By whichever worker comes first; a failure is no unit's, and is tried again in an hour.
void back_up_once_a_day(Work& work) {
    constexpr std::chrono::nanoseconds kRetry = std::chrono::hours(1);
    auto last = work.backed_up.load();
    const auto now = clock::boot();
    if (now.count() - last < backup_interval().count() ||
        !work.backed_up.compare_exchange_strong(last, now.count()))
        return;
    if (!back_up_or_say(work) || !work.is_backed_up)
        work.backed_up = (now - backup_interval() + kRetry).count();
}

// Of a run that was asked to end: a copy that is due, where it takes no longer than people wait. Of a larger
// ledger the next run makes it, before anything else.
void back_up_where_quick(Work& work) {
    constexpr ::off_t kQuick = ::off_t{256} << 20U;
    const auto ledger = file::stat_at(AT_FDCWD, work.job.folder() + "/ledger.sqlite", false);
    if (ledger && ledger->st_size <= kQuick && !work.shutdown.stop().stop_requested())
        back_up_once_a_day(work);
}

Status run_units(Work& work) {
    const auto guarded = [&work](auto handle) {
        return [&work, handle](engine::Context& context) -> Result<ledger::Outcome> {
            back_up_once_a_day(work);
            TRY(work.decisions.write_if_many(work.shutdown.stop()));
            return work.claim.blame(handle(work, context));
        };
    };
    const std::map<std::string, engine::Handler, std::less<>> handlers = {
        {kSearchUnit, guarded(handle_search)},
        {kProbeUnit, guarded(handle_probe)},
        {kDownloadUnit, guarded(handle_download)},
        {kFilterUnit, guarded(handle_filter)}};
    constexpr std::uint64_t kMemory = 512ULL << 20U;
    engine::Memory memory(kMemory);
    const store::OutageWait::Elsewhere engine_waits(*work.request.outage_wait);
    const engine::Summary summary =
        TRY(engine::run(work.ledger(), handlers, engine_options(work), work.hub, memory, work.shutdown));
    if (!summary.drained) return {};
    return failure(make_error(Code::interrupted, "collect", work.request.plan_path, "stopped on request")
                       .with_remedy("run the same command again to continue"));
}

Result<std::string> export_corpus(Work& work) {
    show_phase(work, "export");
    TRY(work.claim.check());
    const auto accepted = [&work](const std::function<Status(const Recording&)>& visit) {
        return for_each_recording(work.ledger(), [&](const Recording& recording) {
            return recording.accepted ? visit(recording) : Status();
        });
    };
    const Exported exported = TRY(export_views(
        work.out, accepted, {.corpus = work.plan().name, .scratch = work.job.folder() + "/export"},
        work.shutdown.stop()));
    for (const std::string& name : exported.mended)
        work.hub.note(report::Level::warning, "a file of the export was missing or damaged, and is made anew",
                      name);
    return exported.state;
}

// Whether what had that file was erased: by its own id, or when it was looked at.
Result<bool> was_erased(const Work& work, const std::string& name) {
    const std::string file = name.substr(name.rfind('/') + 1);
    const std::string id = file.substr(0, file.find('.'));
    if (work.decisions.is_erased(Erased::item, id)) return true;
    const auto left_out = TRY(left_out_at(work.ledger(), id));
    return left_out && left_out->why == kErasedReason;
}

// Of a ledger that was rebuilt: files that no search has found again.
Status say_what_nobody_knows(Work& work) {
    if (!work.is_rebuilt) return {};
    std::uint64_t files = 0;
    TRY(for_each_extra(work.ledger(), work.out, work.shutdown.stop(), [&](const std::string& name) -> Status {
        const bool erased = TRY(was_erased(work, name));
        if (!erased) ++files;
        work.hub.note(report::Level::warning,
                      erased ? "a file of what was erased: it is not taken in, and still there"
                             : "a file of the corpus that the rebuilt ledger does not know",
                      name);
        return {};
    }));
    if (files > 0)
        work.hub.note(
            report::Level::warning,
            fmt::format(
                "{} files could not be rebuilt: their sources were not found again. They stay where they are",
                files),
            work.out.capabilities().address);
    return {};
}

Result<Totals> totals_of(const Work& work) {
    Totals totals = TRY(stock_of(work.ledger()));
    totals.fetched = work.fetched;
    totals.fetched_bytes = work.fetched_bytes;
    totals.probe_bytes = work.probe_bytes;
    totals.limit_reached = work.limit_reached();
    return totals;
}

// A ledger that knows no plan is of a first run, or of a corpus whose ledger is gone. A rebuild is due until
// a run came to its end: it may be killed, too.
Status rebuild_where_blank(const Request& request, store::Store& out, job::Job& job, report::Hub& hub,
                           const std::stop_token& stop) {
    if (!TRY(name_of_corpus(job.ledger())).empty() || !TRY(store::is_folder_there(out, "audio", stop)))
        return {};
    TRY(restore(request.plan.name, out, job, hub, stop));
    ledger::Outcome outcome;
    outcome.facts.push_back({kDueFact, kRebuild, "{}"});
    return job.ledger().record(outcome);
}

Result<std::unique_ptr<Decisions>> take_decisions(store::Store& out, job::Job& job, report::Hub& hub,
                                                  const std::stop_token& stop) {
    const auto follow_here = [&job](const Decision& decision, ledger::Outcome& outcome) {
        return follow(job.ledger(), decision, outcome);
    };
    auto decisions = TRY(Decisions::open(out, job.ledger(), follow_here, stop));
    for (const Error& error : decisions->damaged())
        hub.note(
            report::Level::warning,
            "a decision cannot be used: " + error.message() + "; it stays as it is, and all others count",
            out.capabilities().address);
    return decisions;
}

// With all phases done, what could be found again was.
Status end_rebuild(const Work& work) {
    if (!work.is_rebuilt || work.request.only || work.limit_reached()) return {};
    ledger::Outcome outcome;
    outcome.facts.push_back({kDueFact, kRebuild, std::nullopt});
    return work.ledger().record(outcome);
}

Result<Totals> run(Work& work) {
    const std::uint64_t swept = TRY(sweep(work));
    const bool revised = TRY(record_revision(work));
    TRY(take_stock(work, revised));
    TRY(work.ledger().record({.facts = {}, .units = first_searches(work)}));
    if (!kinds_of(work).empty()) {
        show_phase(work, "collect");
        const Status ran = run_units(work);
        // Also of a run that was stopped: the next may be without this ledger.
        if (ran || ran.error().code == Code::interrupted) TRY(work.decisions.write(work.shutdown.stop()));
        if (!ran && ran.error().code == Code::interrupted) back_up_where_quick(work);
        TRY(ran);
    }
    std::string state;
    if (runs(work.request, Phase::export_views)) state = TRY(export_corpus(work));
    TRY(say_what_nobody_knows(work));
    TRY(end_rebuild(work));
    show_phase(work, "backup");
    TRY(back_up_or_say(work));
    TRY(work.claim.release());
    Totals totals = TRY(totals_of(work));
    totals.swept = swept;
    totals.failed = work.is_backed_up ? 0 : 1;
    totals.state = std::move(state);
    return totals;
}

}  // namespace

std::string_view name_of(Phase phase) {
    for (const auto& [one, name] : kPhases)
        if (one == phase) return name;
    return "";
}

std::optional<Phase> phase_named(std::string_view name) {
    for (const auto& [phase, one] : kPhases)
        if (one == name) return phase;
    return std::nullopt;
}

bool listens(const Request& request) { return runs(request, Phase::probe) || runs(request, Phase::filter); }

json::Ordered meaning_of(const Request& request) {
    return {{"name", request.plan.name}, {"destination", request.plan.out.canonical()}};
}

Result<Totals> collect(const Request& request, job::Job& job, report::Hub& hub, engine::Shutdown& shutdown) {
    Web web(web_options(request.plan));
    const std::unique_ptr<store::Store> out = TRY(open_out(request, shutdown));
    std::unique_ptr<Ears> ears;
    if (listens(request))
        ears = TRY(Ears::create(
            {.program = request.speech_program, .models = request.models, .count = request.ears}));
    TRY(rebuild_where_blank(request, *out, job, hub, shutdown.stop()));
    const bool is_first = TRY(name_of_corpus(job.ledger())).empty();
    const auto claim =
        TRY(take_claim(request.plan.name, request.claim_timeout, *out, job, hub, shutdown.stop()));
    const auto corpus = TRY(Corpus::open(request.plan.out, *out, job.folder()));
    const auto decisions = TRY(take_decisions(*out, job, hub, shutdown.stop()));
    Work work{.request = request,
              .job = job,
              .hub = hub,
              .shutdown = shutdown,
              .out = *out,
              .claim = *claim,
              .corpus = *corpus,
              .decisions = *decisions,
              .ears = ears.get(),
              .sources = TRY(open_sources(request.plan, web, job.folder() + "/source"))};
    work.is_rebuilt = TRY(ledger::fact(job.ledger(), kDueFact, kRebuild)).has_value();
    work.backed_up = TRY(backed_up_at(*out, is_first, shutdown.stop())).count();
    const auto shown = show_numbers(work, web);
    return run(work);
}

Status cancel(const Place& place, job::Job& job, report::Hub& hub) {
    store::OpenOptions options;
    options.service = place.service;
    auto opened = store::open_store(place.out, options);
    // What was never made holds nothing of ours.
    if (!opened && opened.error().code == Code::not_found) return {};
    const auto store = TRY(std::move(opened));
    store::Store& out = *store;
    const auto claim = TRY(take_claim(place.name, Request{}.claim_timeout, out, job, hub, {}));
    const auto corpus = TRY(Corpus::open(place.out, out, job.folder()));
    TRY(corpus->sweep([](const std::string&) { return Result<bool>(false); }));
    return claim->release();
}

Status check_sources(const Plan& plan) {
    Web web(web_options(plan));
    TRY(open_sources(plan, web, ""));
    return {};
}

Result<std::vector<std::string>> would_ask(const Plan& plan) {
    Web web(web_options(plan));
    std::vector<std::string> lines;
    for (const PlannedSource& one : TRY(open_sources(plan, web, "")))
        for (const std::string& line : one.source->would_ask()) lines.push_back(line);
    return lines;
}

}  // namespace haul::collect

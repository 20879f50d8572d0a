#include "flow/collect/search_unit.h"

#include <fmt/format.h>

#include <mutex>
#include <string>
#include <utility>

#include "base/digest.h"
#include "base/fault_point.h"
#include "base/json.h"
#include "flow/collect/admit.h"
#include "flow/collect/facts.h"
#include "flow/collect/units.h"

namespace haul::collect {
namespace {

constexpr const char* kDone = "done";  // the checkpoint of a page whose outcome is committed

// What one page is of.
struct Task {
    std::string source{};   // key of the planned source; empty: of a channel
    std::string which{};    // one of its searches
    std::string channel{};  // id
    std::string cursor{};
    std::uint64_t page = 1;
};

// The same for the same place, wherever in the plan its table stands.
std::string key_of(const SourcePlan& plan) {
    std::string text = plan.kind + '\n' + plan.url + '\n' + plan.path + '\n' + plan.query;
    for (const std::string& url : plan.urls) text += '\n' + url;
    return digest::sha256_hex(text).substr(0, 16);
}

ledger::NewUnit unit_of(const Task& task) {
    json::Ordered payload;
    if (task.channel.empty()) {
        payload["source"] = task.source;
        payload["which"] = task.which;
    } else {
        payload["channel"] = task.channel;
    }
    json::put_bytes(payload, "cursor", task.cursor);
    payload["page"] = task.page;
    const std::string of = task.channel.empty()
                               ? task.source + "-" + digest::sha256_hex(task.which).substr(0, 16)
                               : "channel-" + task.channel;
    return {kSearchUnit, fmt::format("{}/{:08}", of, task.page), json::dump(payload), 0};
}

Result<Task> task_of(const ledger::Lease& lease) {
    const std::string subject = "search " + lease.key;
    const json::Value value = TRY(json::parse(lease.payload, subject));
    Task task;
    task.source = TRY(json::find_string(value, "source", subject)).value_or("");
    task.which = TRY(json::find_string(value, "which", subject)).value_or("");
    task.channel = TRY(json::find_string(value, "channel", subject)).value_or("");
    task.cursor = TRY(json::find_bytes(value, "cursor", subject)).value_or("");
    task.page = TRY(json::uint_at(value, "page", subject));
    return task;
}

// Whom a page is asked of. No source: the plan has it no more.
struct Asked {
    Source* source = nullptr;
    std::optional<Candidate> of{};  // of a channel
};

Result<Asked> whom_to_ask(const Work& work, const Task& task) {
    if (!task.channel.empty()) {
        if (work.decisions.is_erased(Erased::channel, task.channel)) return Asked{};
        const auto channel = TRY(channel_at(work.ledger(), task.channel));
        if (!channel) return Asked{};
        return Asked{work.source_of(channel->of), channel->of};
    }
    for (const auto& [plan, source] : work.sources)
        if (key_of(plan) == task.source) return Asked{source.get(), std::nullopt};
    return Asked{};
}

Result<FoundPage> ask(const Asked& whom, const Task& task, const std::stop_token& stop) {
    if (whom.of) return whom.source->list_channel(*whom.of, task.cursor, stop);
    return whom.source->search(task.which, task.cursor, stop);
}

// Its pages wait for the source to come back into the plan: take_up_searches().
ledger::Outcome without_source(const ledger::Lease& lease) {
    ledger::Outcome outcome;
    outcome.facts.push_back({kLeftSearchFact, without_turn(lease.key), lease.payload});
    return outcome;
}

// That a plan's own search is refused, or leads nowhere, is the plan's: no other try can mend it.
Error of_search(Work& work, const ledger::Lease& lease, const Task& task, Error error) {
    const Code code = error.code;
    if (code != Code::denied && code != Code::not_found && code != Code::unsupported)
        return work.trouble.of(lease.key, task.source, std::move(error));
    error = std::move(error).within("search", shown_source(task.which));
    error.code = Code::usage;
    if (error.remedy.empty()) error.remedy = "see whether its [[source]] in the plan is right";
    return error;
}

void say_passed_over(const Work& work, const FoundPage& page) {
    for (const std::string& what : page.passed_over) {
        report::Event event;
        event.type = report::Type::item_skipped;
        event.subject = what;
        event.text = "passed over";
        event.is_detail = true;
        work.hub.emit(std::move(event));
    }
}

}  // namespace

std::vector<ledger::NewUnit> first_searches(const Work& work) {
    std::vector<ledger::NewUnit> units;
    for (const auto& [plan, source] : work.sources)
        for (const std::string& which : source->searches())
            units.push_back(unit_of({.source = key_of(plan), .which = which}));
    return units;
}

Status take_up_searches(const Work& work, std::uint64_t revision) {
    const std::string turn = fmt::format("{}", revision);
    return ledger::for_each_fact(work.ledger(), kLeftSearchFact, [&](const ledger::Fact& fact) -> Status {
        ledger::Lease left;
        left.key = fact.key;
        left.payload = fact.value.value_or("{}");
        if (TRY(whom_to_ask(work, TRY(task_of(left)))).source == nullptr) return {};
        ledger::Outcome outcome;
        outcome.facts.push_back({kLeftSearchFact, fact.key, std::nullopt});
        outcome.units.push_back({kSearchUnit, in_turn(fact.key, turn), left.payload, 0});
        return work.ledger().record(outcome);
    });
}

ledger::NewUnit channel_search(const std::string& channel_id) { return unit_of({.channel = channel_id}); }

Result<ledger::Outcome> handle_search(Work& work, engine::Context& context) {
    if (context.lease.checkpoint == kDone) return ledger::Outcome{};
    const Fetches::Search search(work.fetches);
    const Task task = TRY(task_of(context.lease));
    const Asked whom = TRY(whom_to_ask(work, task));
    if (whom.source == nullptr) return without_source(context.lease);
    const auto page = ask(whom, task, context.shutdown.drain());
    if (!page) return failure(of_search(work, context.lease, task, Error(page.error())));
    work.trouble.worked(context.lease.key, task.source);
    say_passed_over(work, *page);
    ledger::Outcome outcome;
    // A source that gives the same cursor again would be paged through for ever.
    if (!page->last && page->cursor != task.cursor) {
        Task next = task;
        next.cursor = page->cursor;
        ++next.page;
        outcome.units.push_back(unit_of(next));
    }
    FAULT_POINT("collect.search.before_commit");
    const std::lock_guard lock(work.admission);
    TRY(admit(work, page->candidates, outcome));
    TRY(context.checkpoint(kDone, outcome));
    FAULT_POINT("collect.search.committed");
    return ledger::Outcome{};
}

}  // namespace haul::collect

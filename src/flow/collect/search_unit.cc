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

// nullopt: the plan has no such source any more.
Result<std::optional<FoundPage>> ask(Work& work, const Task& task, const std::stop_token& stop) {
    if (!task.channel.empty()) {
        const auto channel = TRY(channel_at(work.ledger(), task.channel));
        Source* const source = channel ? work.source_of(channel->of) : nullptr;
        if (source == nullptr) return std::optional<FoundPage>();
        return std::optional(TRY(source->list_channel(channel->of, task.cursor, stop)));
    }
    for (const auto& [plan, source] : work.sources)
        if (key_of(plan) == task.source)
            return std::optional(TRY(source->search(task.which, task.cursor, stop)));
    return std::optional<FoundPage>();
}

// That a plan's own search is refused, or leads nowhere, is the plan's: no other try can mend it.
Error of_search(Work& work, const ledger::Lease& lease, const Task& task, Error error) {
    const Code code = error.code;
    if (code != Code::denied && code != Code::not_found && code != Code::unsupported)
        return work.trouble.of(lease.key, task.source, std::move(error));
    error = std::move(error).within("search", task.which);
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

ledger::NewUnit channel_search(const std::string& channel_id) { return unit_of({.channel = channel_id}); }

Result<ledger::Outcome> handle_search(Work& work, engine::Context& context) {
    if (context.lease.checkpoint == kDone) return ledger::Outcome{};
    const Task task = TRY(task_of(context.lease));
    const auto asked = ask(work, task, context.shutdown.drain());
    if (!asked) return failure(of_search(work, context.lease, task, Error(asked.error())));
    work.trouble.worked(context.lease.key, task.source);
    const std::optional<FoundPage>& page = *asked;
    if (!page) return ledger::Outcome{};
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

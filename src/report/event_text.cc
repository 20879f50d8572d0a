#include "report/event_text.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "report/account.h"

namespace haul::report {
namespace {

// How loud a type is whatever the emitter said.
Level least_level(Type type) {
    switch (type) {
        case Type::item_failed:
        case Type::unit_set_aside:
            return Level::error;
        case Type::unit_failed:
        case Type::store_down:
            return Level::warning;
        default:
            return Level::debug;
    }
}

std::string reason_of(const Event& event) {
    std::string reason = event.text.empty() ? "" : text::printable(event.text);
    if (event.error) reason = event.error->message() + (reason.empty() ? "" : "; " + reason);
    return reason;
}

// "WORD SUBJECT: reason"
std::string about(std::string_view word, const std::string& subject, const Event& event) {
    std::string line = fmt::format("{} {}", word, text::printable(subject));
    const std::string reason = reason_of(event);
    if (!reason.empty()) line += ": " + reason;
    return line;
}

std::string notice_line(const Event& event) {
    std::string line = text::printable(event.text);
    if (event.error) line += (line.empty() ? "" : ": ") + event.error->message();
    if (!event.subject.empty()) line = text::printable(event.subject) + (line.empty() ? "" : ": ") + line;
    if (event.level == Level::warning) return "warning: " + line;
    if (event.level == Level::error) return "error: " + line;
    return line;
}

void put_bytes(json::Ordered& object, const std::string& field, const std::string& bytes) {
    if (bytes.empty()) return;
    object[field] = bytes;
    if (!text::is_utf8(bytes)) object[field + "_b64"] = text::base64(bytes);
}

// Of a unit all is said; of items, of which there may be many, what is not the same for each.
std::string with_account(std::string line, const Event& event) {
    if (!event.error) return line;
    if (event.type != Type::item_failed) return fmt::format("{} ({})", line, account_text(told(event)));
    const Error& error = *event.error;
    if (!error.kept.empty()) line += "; kept: " + text::printable(error.kept);
    if (!error.cleaned.empty()) line += "; removed: " + text::printable(error.cleaned);
    if (!error.at_risk.empty()) line += "; data at risk: " + risk_text(error);
    return line;
}

// What failed, without what became of it: an error wrapped others, and speaks for them.
json::Ordered link_json(const Error& error) {
    json::Ordered object;
    object["code"] = name_of(error.code);
    object["retry"] = name_of(error.retry);
    put_bytes(object, "operation", error.operation);
    put_bytes(object, "subject", error.subject);
    put_bytes(object, "detail", error.detail);
    if (error.os_error != 0) object["os_error"] = error.os_error;
    return object;
}

bool carries_amounts(Type type) {
    return type == Type::total || type == Type::worker || type == Type::progress || type == Type::part_done ||
           type == Type::job_finished;
}

}  // namespace

Level level_of(const Event& event) { return std::max(event.level, least_level(event.type)); }

std::string line_of(const Event& event) {
    switch (event.type) {
        case Type::job_started:
            return fmt::format("job {}: {}", event.subject, text::printable(event.text));
        case Type::phase:
            return "phase: " + event.subject;
        case Type::part_done:
            return fmt::format("{} done: {} {}, {}", text::printable(event.subject),
                               units::count_text(event.files), event.files == 1 ? "entry" : "entries",
                               units::size_text(event.bytes));
        case Type::item_skipped:
            return about("skipped", event.subject, event);
        case Type::item_failed:
            return with_account(about("error: failed", event.subject, event), event);
        case Type::unit_failed:
            return with_account(about("warning: failed", event.subject, event), event);
        case Type::unit_set_aside:
            return with_account(about("error: set aside", event.subject, event), event);
        case Type::store_down:
            return about("warning: no answer from", event.subject, event);
        case Type::store_up:
            return about("answers again:", event.subject, event);
        case Type::draining:
            return event.text.empty() ? "stopping at the next checkpoint; press Ctrl+C again to stop now"
                                      : text::printable(event.text);
        case Type::notice:
            return notice_line(event);
        case Type::total:
        case Type::worker:
        case Type::progress:
        case Type::job_finished:
            return {};
    }
    return {};
}

json::Ordered to_json(const Event& event) {
    json::Ordered object;
    object["time"] = clock::utc_text(std::chrono::nanoseconds(event.time_ns));
    object["event"] = name_of(event.type);
    if (!event.job.empty()) object["job"] = event.job;
    object["level"] = name_of(level_of(event));
    put_bytes(object, "unit", event.unit);
    put_bytes(object, "operation", event.operation);
    put_bytes(object, "subject", event.subject);
    put_bytes(object, "text", event.text);
    if (event.type == Type::worker) object["worker"] = event.worker;
    if (carries_amounts(event.type)) {
        object["files"] = event.files;
        object["bytes"] = event.bytes;
    }
    if (event.type == Type::worker) object["total_bytes"] = event.total_bytes;
    if (event.type == Type::total) object["final"] = event.final_total;
    if (event.type == Type::job_finished) object["exit_code"] = event.exit_code;
    if (event.error) object["error"] = record_json(told(event));
    return object;
}

json::Ordered to_json(const Error& error) {
    json::Ordered object = link_json(error);
    put_bytes(object, "remedy", error.remedy);
    put_bytes(object, "kept", error.kept);
    put_bytes(object, "cleaned", error.cleaned);
    put_bytes(object, "state", error.state);
    put_bytes(object, "next", error.next);
    put_bytes(object, "at_risk", error.at_risk);
    json::Ordered* at = &object;
    for (const Error* cause = error.cause.get(); cause != nullptr; cause = cause->cause.get()) {
        (*at)["cause"] = link_json(*cause);
        at = &(*at)["cause"];
    }
    return object;
}

}  // namespace haul::report

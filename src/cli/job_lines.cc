#include "cli/job_lines.h"

#include <chrono>
#include <cstdint>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"

namespace haul::cli {
namespace {

std::string time_text(std::int64_t wall_ns, std::size_t length) {
    if (wall_ns == 0) return "";
    std::string text = clock::utc_text(std::chrono::nanoseconds(wall_ns)).substr(0, length);
    if (text.size() > 10) text[10] = ' ';
    return text;
}

void put_path(json::Ordered& object, const std::string& field, const std::string& path) {
    if (path.empty()) return;
    object[field] = path;
    if (!text::is_utf8(path)) object[field + "_b64"] = text::base64(path);
}

}  // namespace

std::string what_of(const job::Record& record) {
    std::string destination = record.destination;
    if (!record.name.empty()) destination += (destination.ends_with('/') ? "" : "/") + record.name;
    return fmt::format("{} {} -> {}", record.flow, text::printable(record.source),
                       text::printable(destination));
}

std::string job_line(const job::Record& record) {
    return fmt::format("{}  {:<11}  {:<16}  {}", record.id, job::name_of(record.phase),
                       time_text(record.started_ns, 16),
                       record.flow.empty() ? text::printable(record.outcome) : what_of(record));
}

std::string job_text(const job::Record& record, const std::string& folder) {
    std::string text = fmt::format("Job:      {}\n", record.id);
    if (!record.flow.empty()) text += fmt::format("What:     {}\n", what_of(record));
    text += fmt::format("State:    {}\n", job::name_of(record.phase));
    if (record.started_ns != 0) text += fmt::format("Started:  {} UTC\n", time_text(record.started_ns, 19));
    const bool ended = record.phase != job::Phase::running;
    if (ended && record.ended_ns != 0) {
        text +=
            fmt::format("Ended:    {} UTC, exit code {}\n", time_text(record.ended_ns, 19), record.exit_code);
    }
    if (ended && !record.outcome.empty())
        text += fmt::format("Outcome:  {}\n", text::printable(record.outcome));
    if (record.failed_items + record.set_aside + record.skipped_items > 0) {
        text += fmt::format("Left:     {} failed items, {} units set aside, {} skipped items\n",
                            units::count_text(record.failed_items), units::count_text(record.set_aside),
                            units::count_text(record.skipped_items));
    }
    text += fmt::format("Log:      {}/log.jsonl\n", text::printable(folder));
    const bool over = record.phase == job::Phase::complete || record.phase == job::Phase::cancelled;
    if (ended && !over) text += fmt::format("Continue: haul resume {}\n", record.id);
    return text;
}

json::Ordered job_json(const job::Record& record) {
    json::Ordered object;
    object["id"] = record.id;
    object["flow"] = record.flow;
    put_path(object, "source", record.source);
    put_path(object, "destination", record.destination);
    put_path(object, "name", record.name);
    object["arguments"] = record.arguments;
    put_path(object, "working_folder", record.working_folder);
    object["phase"] = job::name_of(record.phase);
    object["outcome"] = record.outcome;
    object["started"] = clock::utc_text(std::chrono::nanoseconds(record.started_ns));
    if (record.ended_ns != 0) object["ended"] = clock::utc_text(std::chrono::nanoseconds(record.ended_ns));
    object["files"] = record.files;
    object["bytes"] = record.bytes;
    object["failed_items"] = record.failed_items;
    object["skipped_items"] = record.skipped_items;
    object["units_set_aside"] = record.set_aside;
    object["exit_code"] = record.exit_code;
    return object;
}

}  // namespace haul::cli

#include "flow/job/record.h"

#include <fcntl.h>

#include <array>
#include <utility>

#include "base/file.h"
#include "base/text.h"

namespace haul::job {
namespace {

constexpr char kFormat[] = "haul-job/1";

struct PhaseName {
    Phase phase;
    std::string_view name;
};
constexpr std::array kPhases = {
    PhaseName{Phase::running, "running"},       PhaseName{Phase::interrupted, "interrupted"},
    PhaseName{Phase::incomplete, "incomplete"}, PhaseName{Phase::failed, "failed"},
    PhaseName{Phase::cancelled, "cancelled"},   PhaseName{Phase::complete, "complete"},
};

// An argument is bytes: a string where it is UTF-8, else {"b64": ...}.
json::Ordered json_of_argument(const std::string& argument) {
    if (text::is_utf8(argument)) return argument;
    return json::Ordered{{"b64", text::base64(argument)}};
}

Result<std::string> argument_from(const json::Value& value, std::string_view subject) {
    if (const auto* plain = value.get_ptr<const std::string*>()) return *plain;
    const std::string encoded = TRY(json::string_at(value, "b64", subject));
    std::optional<std::string> bytes = text::base64_decode(encoded);
    if (!bytes) return failure(Code::corrupt, "read", std::string(subject), "an argument is not base64");
    return *std::move(bytes);
}

Result<std::vector<std::string>> arguments_from(const json::Value& value, std::string_view subject) {
    std::vector<std::string> arguments;
    const auto found = value.find("arguments");
    if (found == value.end() || !found->is_array()) {
        return failure(Code::corrupt, "read", std::string(subject), "\"arguments\" is not an array");
    }
    for (const json::Value& argument : *found) arguments.push_back(TRY(argument_from(argument, subject)));
    return arguments;
}

Result<std::string> bytes_at(const json::Value& value, const char* field, std::string_view subject) {
    std::optional<std::string> bytes = TRY(json::find_bytes(value, field, subject));
    return std::move(bytes).value_or(std::string());
}

Result<Phase> phase_from(const json::Value& value, std::string_view subject) {
    const std::string name = TRY(json::string_at(value, "phase", subject));
    for (const PhaseName& row : kPhases) {
        if (row.name == name) return row.phase;
    }
    return failure(Code::corrupt, "read", std::string(subject), "unknown phase \"" + name + "\"");
}

Status read_counts(Record& record, const json::Value& value, std::string_view subject) {
    record.started_ns = TRY(json::int_at(value, "started_ns", subject));
    record.ended_ns = TRY(json::int_at(value, "ended_ns", subject));
    record.files = TRY(json::uint_at(value, "files", subject));
    record.bytes = TRY(json::uint_at(value, "bytes", subject));
    record.failed_items = TRY(json::uint_at(value, "failed_items", subject));
    record.skipped_items = TRY(json::uint_at(value, "skipped_items", subject));
    record.set_aside = TRY(json::uint_at(value, "set_aside", subject));
    const std::int64_t exit_code = TRY(json::int_at(value, "exit_code", subject));
    record.exit_code = static_cast<int>(exit_code);
    return {};
}

}  // namespace

std::string_view name_of(Phase phase) {
    for (const PhaseName& row : kPhases) {
        if (row.phase == phase) return row.name;
    }
    return "failed";
}

bool is_lasting(const Record& record) { return record.flow == "collect"; }

json::Ordered json_of(const Record& record) {
    json::Ordered value;
    value["format"] = kFormat;
    value["id"] = record.id;
    value["flow"] = record.flow;
    json::put_bytes(value, "source", record.source);
    json::put_bytes(value, "destination", record.destination);
    json::put_bytes(value, "name", record.name);
    value["arguments"] = json::Ordered::array();
    for (const std::string& argument : record.arguments)
        value["arguments"].push_back(json_of_argument(argument));
    json::put_bytes(value, "working_folder", record.working_folder);
    value["phase"] = name_of(record.phase);
    value["outcome"] = record.outcome;
    value["exit_code"] = record.exit_code;
    value["started_ns"] = record.started_ns;
    value["ended_ns"] = record.ended_ns;
    value["files"] = record.files;
    value["bytes"] = record.bytes;
    value["failed_items"] = record.failed_items;
    value["skipped_items"] = record.skipped_items;
    value["set_aside"] = record.set_aside;
    return value;
}

Result<Record> record_from(const json::Value& value, std::string_view subject) {
    const std::string format = TRY(json::string_at(value, "format", subject));
    if (format != kFormat) {
        return failure(Code::unsupported, "read", std::string(subject),
                       "format \"" + format + "\" is not ours");
    }
    Record record;
    record.id = TRY(json::string_at(value, "id", subject));
    record.flow = TRY(json::string_at(value, "flow", subject));
    record.source = TRY(bytes_at(value, "source", subject));
    record.destination = TRY(bytes_at(value, "destination", subject));
    record.name = TRY(bytes_at(value, "name", subject));
    record.arguments = TRY(arguments_from(value, subject));
    record.working_folder = TRY(bytes_at(value, "working_folder", subject));
    record.phase = TRY(phase_from(value, subject));
    record.outcome = TRY(json::string_at(value, "outcome", subject));
    TRY(read_counts(record, value, subject));
    return record;
}

Result<Record> read_record(const std::string& folder) {
    const std::string path = folder + "/" + kRecordName;
    const std::string text = TRY(file::read_whole(path, kRecordLimit));
    const json::Value value = TRY(json::parse(text, path));
    return record_from(value, path);
}

Status write_record(const std::string& folder, const Record& record) {
    const std::string text = json::dump(json_of(record), 2) + "\n";
    return file::write_durably(AT_FDCWD, folder + "/" + kRecordName, text, false, 0600);
}

}  // namespace haul::job

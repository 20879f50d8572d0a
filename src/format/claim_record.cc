#include "format/claim_record.h"

#include "base/json.h"
#include "format/manifest.h"
#include "format/names.h"

namespace haul::format {
namespace {

json::Ordered to_json(const process::Identity& owner) {
    json::Ordered value;
    value["machine_id"] = owner.machine_id;
    value["boot_id"] = owner.boot_id;
    value["pid_namespace"] = owner.pid_namespace;
    value["pid"] = owner.pid;
    value["pid_start"] = owner.pid_start;
    return value;
}

Error claim_error(std::string_view subject, std::string detail) {
    return make_error(Code::corrupt, "read", std::string(subject), std::move(detail));
}

Result<process::Identity> parse_owner(const json::Value& claim, std::string_view subject) {
    const auto found = claim.find("owner");
    if (found == claim.end() || !found->is_object()) {
        return failure(claim_error(subject, "field owner is missing or not an object"));
    }
    process::Identity owner;
    owner.machine_id = TRY(json::string_at(*found, "machine_id", subject));
    owner.boot_id = TRY(json::string_at(*found, "boot_id", subject));
    owner.pid_namespace = TRY(json::uint_at(*found, "pid_namespace", subject));
    owner.pid = TRY(json::int_at(*found, "pid", subject));
    owner.pid_start = TRY(json::uint_at(*found, "pid_start", subject));
    return owner;
}

Result<std::string> bytes_at(const json::Value& claim, const char* field, std::string_view subject) {
    std::optional<std::string> bytes = TRY(json::find_bytes(claim, field, subject));
    if (!bytes) return failure(claim_error(subject, std::string("field ") + field + " is missing"));
    return *std::move(bytes);
}

}  // namespace

std::string claim_name(std::uint64_t number) { return numbered_name("claim-", number, 6, ".json"); }
std::optional<std::uint64_t> claim_number(std::string_view file_name) {
    return number_in<std::uint64_t>(file_name, "claim-", 6, ".json");
}
std::string beat_name(std::uint64_t claim_number) { return numbered_name("beat-", claim_number, 6, ".json"); }
std::optional<std::uint64_t> beat_number(std::string_view file_name) {
    return number_in<std::uint64_t>(file_name, "beat-", 6, ".json");
}

std::string beat_document(std::uint64_t claim_number) {
    json::Ordered value;
    value["format"] = std::string(kFormat);
    value["claim"] = claim_number;
    return json::dump(value, 2) + "\n";
}

std::string to_document(const ClaimRecord& record) {
    json::Ordered value;
    value["format"] = std::string(kFormat);
    value["claim"] = record.number;
    value["flow"] = record.flow;
    json::put_bytes(value, "source", record.source);
    json::put_bytes(value, "name", record.name);
    if (record.request.empty()) {
        value["options"] = to_json(record.options);
    } else {
        value["request"] = record.request;
    }
    value["token"] = record.token;
    value["owner"] = to_json(record.owner);
    return json::dump(value, 2) + "\n";
}

Result<ClaimRecord> parse_claim(std::string_view document, std::string_view subject) {
    const json::Value value = TRY(json::parse(document, subject));
    TRY(check_format(TRY(json::string_at(value, "format", subject)), subject));
    ClaimRecord record;
    record.number = TRY(json::uint_at(value, "claim", subject));
    record.flow = TRY(json::string_at(value, "flow", subject));
    record.source = TRY(bytes_at(value, "source", subject));
    record.name = TRY(bytes_at(value, "name", subject));
    record.request = TRY(json::find_string(value, "request", subject)).value_or("");
    if (const auto options = value.find("options"); options != value.end()) {
        record.options = TRY(parse_options(*options, subject));
    }
    record.token = TRY(json::string_at(value, "token", subject));
    record.owner = TRY(parse_owner(value, subject));
    return record;
}

}  // namespace haul::format

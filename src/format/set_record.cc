#include "format/set_record.h"

#include <algorithm>

#include "base/digest.h"
#include "format/line_writer.h"
#include "format/manifest.h"
#include "format/member_line.h"
#include "format/names.h"

namespace haul::format {
namespace {

// The record ends in these, with 64 hex digits between them. The digest is over the document without its last
// field: the bytes before kDigestBegins, then kClosing.
constexpr std::string_view kDigestBegins = ",\n  \"digest\": \"sha256:";
constexpr std::string_view kDigestEnds = "\"\n}\n";
constexpr std::string_view kClosing = "\n}\n";
constexpr std::size_t kDigits = 64;
constexpr std::size_t kListed = 100'000;

json::Ordered to_json(const PartRecord& part) {
    json::Ordered value;
    value["name"] = part.name;
    value["manifest"] = part.manifest;
    value["size"] = part.size;
    value["crc32"] = checksum_text(part.crc32);
    value["members"] = part.members;
    value["folders"] = part.folders;
    value["bytes"] = part.bytes;
    value["manifest_digest"] = part.manifest_digest;
    if (part.oversize) value["oversize"] = true;
    return value;
}

json::Ordered to_json(const std::vector<PathInPart>& paths) {
    json::Ordered list = json::Ordered::array();
    for (const PathInPart& path : paths) {
        json::Ordered value;
        json::put_bytes(value, "path", path.path);
        value["part"] = path.part;
        list.push_back(std::move(value));
    }
    return list;
}

json::Ordered to_json(const std::vector<ItemNote>& notes, std::uint64_t count) {
    json::Ordered list = json::Ordered::array();
    for (const ItemNote& note : notes) {
        if (list.size() == kListed) break;
        json::Ordered value;
        json::put_bytes(value, "path", note.path);
        value["reason"] = note.reason;
        if (!note.detail.empty()) value["detail"] = note.detail;
        list.push_back(std::move(value));
    }
    json::Ordered value;
    value["count"] = count;
    value["items"] = std::move(list);
    return value;
}

json::Ordered totals_of(const SetRecord& record) {
    json::Ordered value;
    value["files"] = record.files;
    value["folders"] = record.folders;
    value["symlinks"] = record.symlinks;
    value["folder_lines"] = record.folder_lines;
    value["bytes"] = record.bytes;
    return value;
}

}  // namespace

std::string file_name(std::uint32_t generation) { return numbered_name("haul-", generation, 5, ".json"); }
std::optional<std::uint32_t> generation_of(std::string_view file_name) {
    return number_in<std::uint32_t>(file_name, "haul-", 5, ".json");
}
std::string part_name(std::uint32_t number) { return numbered_name("part-", number, 5, ".zip"); }
std::string manifest_name(std::uint32_t number) { return numbered_name("part-", number, 5, ".jsonl.zst"); }
std::optional<std::uint32_t> part_number(std::string_view part_name) {
    return number_in<std::uint32_t>(part_name, "part-", 5, ".zip");
}

std::string to_document(const SetRecord& record) {
    json::Ordered value;
    value["format"] = std::string(kFormat);
    value["generation"] = record.generation;
    json::put_bytes(value, "name", record.name);
    json::put_bytes(value, "source", record.source);
    value["options"] = to_json(record.options);
    value["parts"] = json::Ordered::array();
    for (const PartRecord& part : record.parts) value["parts"].push_back(to_json(part));
    value["superseded"] = to_json(record.superseded);
    value["gone"] = to_json(record.gone);
    value["skipped"] = to_json(record.skipped, record.skipped_count);
    value["failed"] = to_json(record.failed, record.failed_count);
    value["totals"] = totals_of(record);
    std::string document = json::dump(value, 2) + "\n";
    const std::string digest = digest::sha256_hex(document);
    document.resize(document.size() - kClosing.size());
    document.append(kDigestBegins).append(digest).append(kDigestEnds);
    return document;
}

namespace {

Error record_error(std::string_view subject, std::string detail) {
    return make_error(Code::corrupt, "read", std::string(subject), std::move(detail));
}

Status check_digest(std::string_view document, std::string_view subject) {
    constexpr std::size_t kField = kDigestBegins.size() + kDigits + kDigestEnds.size();
    if (document.size() < kField || !document.ends_with(kDigestEnds)) {
        return failure(record_error(subject, "it does not end in its digest"));
    }
    const std::string_view field = document.substr(document.size() - kField);
    if (!field.starts_with(kDigestBegins))
        return failure(record_error(subject, "it does not end in its digest"));
    std::string covered(document.substr(0, document.size() - kField));
    covered += kClosing;
    if (digest::sha256_hex(covered) != field.substr(kDigestBegins.size(), kDigits)) {
        return failure(
            record_error(subject, "its digest does not match its contents: it was damaged or edited"));
    }
    return {};
}

// The list in `field`; absent is empty.
Result<const json::Value*> list_at(const json::Value& object, const char* field, std::string_view subject) {
    static const json::Value empty = json::Value::array();
    const auto found = object.find(field);
    if (found == object.end()) return &empty;
    if (!found->is_array())
        return failure(record_error(subject, std::string("field ") + field + " is not a list"));
    const bool objects =
        std::ranges::all_of(*found, [](const json::Value& item) { return item.is_object(); });
    if (!objects)
        return failure(record_error(subject, std::string("field ") + field + " holds more than objects"));
    return &*found;
}

Result<const json::Value*> object_at(const json::Value& object, const char* field, std::string_view subject) {
    const auto found = object.find(field);
    if (found == object.end() || !found->is_object()) {
        return failure(record_error(subject, std::string("field ") + field + " is missing or not an object"));
    }
    return &*found;
}

Result<std::string> bytes_at(const json::Value& object, const char* field, std::string_view subject) {
    std::optional<std::string> bytes = TRY(json::find_bytes(object, field, subject));
    if (!bytes) return failure(record_error(subject, std::string("field ") + field + " is missing"));
    return *std::move(bytes);
}

Result<PartRecord> parse_part(const json::Value& value, std::string_view subject) {
    PartRecord part;
    part.name = TRY(json::string_at(value, "name", subject));
    part.manifest = TRY(json::string_at(value, "manifest", subject));
    if (!part_number(part.name)) return failure(record_error(subject, "a part is named " + part.name));
    if (part.manifest != manifest_name(*part_number(part.name))) {
        return failure(record_error(subject, "the manifest of " + part.name + " is named " + part.manifest));
    }
    part.size = TRY(json::uint_at(value, "size", subject));
    const std::optional<std::uint32_t> crc32 = checksum_of(TRY(json::string_at(value, "crc32", subject)));
    if (!crc32) return failure(record_error(subject, "field crc32 is not 8 lower-case hex digits"));
    part.crc32 = *crc32;
    part.members = TRY(json::uint_at(value, "members", subject));
    part.folders = TRY(json::uint_at(value, "folders", subject));
    part.bytes = TRY(json::uint_at(value, "bytes", subject));
    part.manifest_digest = TRY(json::string_at(value, "manifest_digest", subject));
    if (value.contains("oversize")) part.oversize = TRY(json::bool_at(value, "oversize", subject));
    return part;
}

Result<std::vector<PartRecord>> parse_parts(const json::Value& record, std::string_view subject) {
    std::vector<PartRecord> parts;
    for (const json::Value& value : *TRY(list_at(record, "parts", subject))) {
        parts.push_back(TRY(parse_part(value, subject)));
    }
    return parts;
}

Result<std::vector<PathInPart>> parse_paths(const json::Value& record, const char* field,
                                            std::string_view subject) {
    std::vector<PathInPart> paths;
    for (const json::Value& value : *TRY(list_at(record, field, subject))) {
        paths.push_back(
            {TRY(bytes_at(value, "path", subject)), TRY(json::string_at(value, "part", subject))});
    }
    return paths;
}

Status parse_notes(const json::Value& record, const char* field, std::vector<ItemNote>& notes,
                   std::uint64_t& count, std::string_view subject) {
    const json::Value& value = *TRY(object_at(record, field, subject));
    count = TRY(json::uint_at(value, "count", subject));
    for (const json::Value& item : *TRY(list_at(value, "items", subject))) {
        notes.push_back({TRY(bytes_at(item, "path", subject)), TRY(json::string_at(item, "reason", subject)),
                         TRY(json::find_string(item, "detail", subject)).value_or("")});
    }
    return {};
}

Status parse_totals(const json::Value& record, SetRecord& into, std::string_view subject) {
    const json::Value& totals = *TRY(object_at(record, "totals", subject));
    into.files = TRY(json::uint_at(totals, "files", subject));
    into.folders = TRY(json::uint_at(totals, "folders", subject));
    into.symlinks = TRY(json::uint_at(totals, "symlinks", subject));
    into.folder_lines = TRY(json::uint_at(totals, "folder_lines", subject));
    into.bytes = TRY(json::uint_at(totals, "bytes", subject));
    return {};
}

}  // namespace

Result<SetRecord> parse_record(std::string_view document, std::string_view subject) {
    const json::Value value = TRY(json::parse(document, subject));
    // Before the digest: a later major version may have another rule for it.
    TRY(check_format(TRY(json::string_at(value, "format", subject)), subject));
    TRY(check_digest(document, subject));
    SetRecord record;
    const std::uint64_t generation = TRY(json::uint_at(value, "generation", subject));
    if (generation == 0 || generation > 0xFFFF'FFFFU)
        return failure(record_error(subject, "field generation is out of range"));
    record.generation = static_cast<std::uint32_t>(generation);
    record.name = TRY(bytes_at(value, "name", subject));
    record.source = TRY(bytes_at(value, "source", subject));
    record.options = TRY(parse_options(*TRY(object_at(value, "options", subject)), subject));
    record.parts = TRY(parse_parts(value, subject));
    record.superseded = TRY(parse_paths(value, "superseded", subject));
    record.gone = TRY(parse_paths(value, "gone", subject));
    TRY(parse_notes(value, "skipped", record.skipped, record.skipped_count, subject));
    TRY(parse_notes(value, "failed", record.failed, record.failed_count, subject));
    TRY(parse_totals(value, record, subject));
    return record;
}

}  // namespace haul::format

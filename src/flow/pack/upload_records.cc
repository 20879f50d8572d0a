#include "flow/pack/upload_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/number.h"
#include "flow/pack/own_files.h"
#include "format/manifest.h"

namespace haul::pack {
namespace {

constexpr std::string_view kPrefix = "part-", kIntent = ".intent", kId = ".id";

struct RecordName {
    std::uint32_t part = 0;
    std::uint64_t claim = 0;
    bool is_id = false;
};

std::string record_name(std::uint32_t part, std::uint64_t claim, std::string_view ending) {
    return fmt::format("{}/{}{:05}.{:06}{}", kUploadFolder, kPrefix, part, claim, ending);
}

// ".haul/uploads/part-00012.000003.id" -> 12, 3, true. Only what we would write ourselves.
std::optional<RecordName> parse_record_name(const std::string& name) {
    std::string_view rest = std::string_view(name).substr(std::string_view(kUploadFolder).size());
    RecordName record;
    record.is_id = rest.ends_with(kId);
    const std::string_view ending = record.is_id ? kId : kIntent;
    const std::size_t around = 1 + kPrefix.size() + ending.size();
    if (rest.size() < around || !rest.ends_with(ending)) return std::nullopt;
    rest = rest.substr(1 + kPrefix.size(), rest.size() - around);
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto part = text::whole_number<std::uint32_t>(rest.substr(0, dot));
    const auto claim = text::whole_number<std::uint64_t>(rest.substr(dot + 1));
    if (!part || !claim) return std::nullopt;
    record.part = *part;
    record.claim = *claim;
    if (record_name(record.part, record.claim, ending) != name) return std::nullopt;
    return record;
}

}  // namespace

std::string intent_name(std::uint32_t part, std::uint64_t claim) { return record_name(part, claim, kIntent); }
std::string id_name(std::uint32_t part, std::uint64_t claim) { return record_name(part, claim, kId); }

std::string intent_document(std::uint32_t part, std::uint64_t claim) {
    json::Ordered value;
    value["format"] = std::string(format::kFormat);
    value["part"] = part;
    value["claim"] = claim;
    return json::dump(value, 2) + "\n";
}

std::string to_document(const UploadId& upload) {
    json::Ordered value;
    value["format"] = std::string(format::kFormat);
    value["part"] = upload.plan.part;
    value["revision"] = upload.plan.revision;
    value["layout"] = upload.plan.layout_hash;
    value["size"] = upload.plan.image_size;
    value["tile_size"] = upload.plan.tile_size;
    json::put_bytes(value, "upload", upload.id);
    return json::dump(value, 2) + "\n";
}

Result<UploadId> parse_upload_id(std::string_view document, std::string_view subject) {
    const json::Value value = TRY(json::parse(document, subject));
    TRY(format::check_format(TRY(json::string_at(value, "format", subject)), subject));
    UploadId upload;
    upload.plan.part = static_cast<std::uint32_t>(TRY(json::uint_at(value, "part", subject)));
    upload.plan.revision = static_cast<std::uint32_t>(TRY(json::uint_at(value, "revision", subject)));
    upload.plan.layout_hash = TRY(json::string_at(value, "layout", subject));
    upload.plan.image_size = TRY(json::uint_at(value, "size", subject));
    upload.plan.tile_size = TRY(json::uint_at(value, "tile_size", subject));
    upload.id = TRY(json::find_bytes(value, "upload", subject)).value_or("");
    if (upload.id.empty())
        return failure(Code::corrupt, "read", std::string(subject), "field upload is missing or empty");
    return upload;
}

void UploadRecords::take(const std::vector<store::Object>& listed) {
    std::vector<RecordName> found;
    for (const store::Object& object : listed) {
        if (object.kind != store::Kind::file || !lies_in(object, kUploadFolder)) continue;
        if (const auto record = parse_record_name(object.name)) found.push_back(*record);
    }
    const std::scoped_lock lock(mutex_);
    records_.clear();
    for (const RecordName& name : found) {
        UploadRecord& record = at(name.part, name.claim);
        (name.is_id ? record.id : record.intent) = true;
    }
}

UploadRecord& UploadRecords::at(std::uint32_t part, std::uint64_t claim) {
    UploadRecord& record = records_[part][claim];
    record.claim = claim;
    return record;
}

std::vector<UploadRecord> UploadRecords::of(std::uint32_t part) const {
    const std::scoped_lock lock(mutex_);
    std::vector<UploadRecord> all;
    const auto found = records_.find(part);
    if (found == records_.end()) return all;
    for (const auto& [claim, record] : found->second) all.push_back(record);
    return all;
}

std::vector<std::uint32_t> UploadRecords::parts() const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::uint32_t> all;
    all.reserve(records_.size());
    for (const auto& [part, records] : records_) all.push_back(part);
    return all;
}

void UploadRecords::add_intent(std::uint32_t part, std::uint64_t claim) {
    const std::scoped_lock lock(mutex_);
    at(part, claim).intent = true;
    over_.erase(part);
}

void UploadRecords::add_id(std::uint32_t part, std::uint64_t claim) {
    const std::scoped_lock lock(mutex_);
    at(part, claim).id = true;
}

void UploadRecords::forget(std::uint32_t part) {
    const std::scoped_lock lock(mutex_);
    records_.erase(part);
}

void UploadRecords::set_over(std::uint32_t part) {
    const std::scoped_lock lock(mutex_);
    over_.insert(part);
}

bool UploadRecords::over(std::uint32_t part) const {
    const std::scoped_lock lock(mutex_);
    return over_.contains(part);
}

}  // namespace haul::pack

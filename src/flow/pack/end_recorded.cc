#include "flow/pack/end_recorded.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/fault_point.h"
#include "flow/pack/part_upload.h"
#include "format/manifest.h"
#include "store/end_upload.h"

namespace haul::pack {
namespace {

constexpr std::uint64_t kLongestId = 1U << 20U;

// nullopt where it cannot be read: its upload is then found by asking the service.
Result<std::optional<UploadId>> read_id(store::Store& set, std::uint32_t part, std::uint64_t claim,
                                        const std::stop_token& stop) {
    const std::string name = id_name(part, claim);
    auto document = store::read_object(set, name, kLongestId, stop);
    if (!document) {
        const Code code = document.error().code;
        if (code == Code::not_found || code == Code::corrupt) return std::optional<UploadId>();
        return failure(std::move(document).error());
    }
    auto parsed = parse_upload_id(*document, name);
    if (!parsed || parsed->plan.part != part) return std::optional<UploadId>();
    return std::optional(std::move(*parsed));
}

Result<std::vector<store::PendingUpload>> end_recorded_of(store::Store& set, claim::Claim& claim,
                                                          std::uint32_t part,
                                                          const std::vector<UploadRecord>& records,
                                                          const std::stop_token& stop) {
    std::vector<store::PendingUpload> ended;
    const Named named = TRY(read_ids(set, part, records, stop));
    for (const UploadId& upload : named.uploads) {
        TRY(claim.check());
        TRY(abort_upload(set, part, upload.id));
        ended.push_back({.name = format::part_name(part), .id = upload.id});
    }
    if (named.unknown) std::ranges::move(TRY(abort_listed(set, claim, part)), std::back_inserter(ended));
    TRY(remove_records(set, claim, part, records));
    return ended;
}

}  // namespace

Result<Named> read_ids(store::Store& set, std::uint32_t part, const std::vector<UploadRecord>& records,
                       const std::stop_token& stop) {
    Named named;
    for (const UploadRecord& record : records) {
        auto id = record.id ? TRY(read_id(set, part, record.claim, stop)) : std::optional<UploadId>();
        if (id) {
            named.uploads.push_back(std::move(*id));
        } else {
            named.unknown = true;
        }
    }
    return named;
}

Status abort_upload(store::Store& set, std::uint32_t part, const std::string& id) {
    FAULT_POINT("pack.upload.before_abort");
    TRY(store::end_upload(set, format::part_name(part), id));
    FAULT_POINT("pack.upload.after_abort");
    return {};
}

Result<std::vector<store::PendingUpload>> abort_listed(store::Store& set, claim::Claim& claim,
                                                       std::uint32_t part) {
    std::vector<store::PendingUpload> listed = TRY(set.uploads_of(format::part_name(part)));
    if (!listed.empty()) TRY(claim.check());
    for (const store::PendingUpload& upload : listed) TRY(abort_upload(set, part, upload.id));
    return listed;
}

// The id first: an intent without one makes the next run ask the service.
Status remove_records(store::Store& set, claim::Claim& claim, std::uint32_t part,
                      const std::vector<UploadRecord>& records) {
    TRY(claim.check());
    for (const UploadRecord& record : records) {
        TRY(store::remove_object(set, id_name(part, record.claim)));
        FAULT_POINT("pack.upload.between_records");
        TRY(store::remove_object(set, intent_name(part, record.claim)));
    }
    return {};
}

Result<std::vector<store::PendingUpload>> end_recorded_uploads(store::Store& set, claim::Claim& claim,
                                                               const std::stop_token& stop) {
    std::vector<store::PendingUpload> ended;
    if (!hides_uploads(set)) return ended;
    UploadRecords records;
    records.take(TRY(store::list_folder(set, kUploadFolder, stop)));
    for (const std::uint32_t part : records.parts()) {
        if (stop.stop_requested())
            return failure(Code::interrupted, "end the uploads of", set.capabilities().address,
                           "stopped on request");
        std::ranges::move(TRY(end_recorded_of(set, claim, part, records.of(part), stop)),
                          std::back_inserter(ended));
    }
    return ended;
}

}  // namespace haul::pack

#include "flow/pack/part_upload.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/fault_point.h"
#include "flow/pack/own_files.h"
#include "flow/pack/part_unit.h"
#include "format/manifest.h"

namespace haul::pack {
namespace {

constexpr std::uint64_t kLongestId = 1U << 20U;

store::UploadRequest request_for(const UploadPlan& plan) {
    store::UploadRequest request;
    request.name = format::part_name(plan.part);
    request.size = plan.image_size;
    request.condition.kind = store::Condition::Kind::create_only;
    return request;
}

// nullopt where it is gone.
Result<std::optional<PartUpload>> reopen(Work& work, store::UploadRequest request, const std::string& id) {
    request.scratch = id;
    request.id = id;
    PartUpload open;
    auto upload = work.destination.open_upload(request);
    if (!upload && upload.error().code == Code::not_found) return std::optional<PartUpload>();
    open.upload = TRY(std::move(upload));
    if (!hides_uploads(work.destination)) return std::optional(std::move(open));
    auto received = open.upload->received();
    if (!received && received.error().code == Code::not_found) return std::optional<PartUpload>();
    open.received = ReceivedPieces(TRY(std::move(received)));
    return std::optional(std::move(open));
}

// Announced, created, recorded, in this order.
Result<PartUpload> begin(Work& work, const UploadPlan& plan) {
    const std::uint64_t claim = work.claim.number();
    FAULT_POINT("pack.upload.before_intent");
    TRY(store::create_object(work.destination, intent_name(plan.part, claim),
                             intent_document(plan.part, claim)));
    work.uploads.add_intent(plan.part, claim);
    FAULT_POINT("pack.upload.after_intent");
    PartUpload begun;
    begun.upload = TRY(work.destination.open_upload(request_for(plan)));
    FAULT_POINT("pack.upload.after_create");
    if (Status held = work.claim.check(); !held) {
        // Who owns the set now may have looked for uploads before this one was there, and nobody goes on with
        // what nobody knows.
        if (held.error().code == Code::fenced) static_cast<void>(begun.upload->abort());
        return failure(std::move(held).error());
    }
    TRY(store::create_object(work.destination, id_name(plan.part, claim),
                             to_document({plan, begun.upload->id()})));
    work.uploads.add_id(plan.part, claim);
    FAULT_POINT("pack.upload.after_id");
    return begun;
}

// nullopt where it cannot be read: its upload is then found by asking the service.
Result<std::optional<UploadId>> read_id(Work& work, std::uint32_t part, std::uint64_t claim) {
    const std::string name = id_name(part, claim);
    auto document = store::read_object(work.destination, name, kLongestId, work.shutdown.stop());
    if (!document) {
        const Code code = document.error().code;
        if (code == Code::not_found || code == Code::corrupt) return std::optional<UploadId>();
        return failure(std::move(document).error());
    }
    auto parsed = parse_upload_id(*document, name);
    if (!parsed || parsed->plan.part != part) return std::optional<UploadId>();
    return std::optional(std::move(*parsed));
}

Status abort_upload(Work& work, std::uint32_t part, const std::string& id) {
    UploadPlan plan;
    plan.part = part;
    store::UploadRequest request = request_for(plan);
    request.id = id;
    auto upload = work.destination.open_upload(request);
    if (!upload && upload.error().code == Code::not_found) return {};
    FAULT_POINT("pack.upload.before_abort");
    TRY(TRY(std::move(upload))->abort());
    FAULT_POINT("pack.upload.after_abort");
    return {};
}

Result<std::vector<store::PendingUpload>> abort_listed(Work& work, std::uint32_t part) {
    std::vector<store::PendingUpload> listed = TRY(work.destination.uploads_of(format::part_name(part)));
    if (!listed.empty()) TRY(work.claim.check());
    for (const store::PendingUpload& upload : listed) TRY(abort_upload(work, part, upload.id));
    return listed;
}

// What the records of a part name. `unknown`: at least one upload may be there that no `.id` tells.
struct Named {
    std::vector<UploadId> uploads;
    bool unknown = false;
};
Result<Named> read_ids(Work& work, std::uint32_t part, const std::vector<UploadRecord>& records) {
    Named named;
    for (const UploadRecord& record : records) {
        auto id = record.id ? TRY(read_id(work, part, record.claim)) : std::optional<UploadId>();
        if (id) {
            named.uploads.push_back(std::move(*id));
        } else {
            named.unknown = true;
        }
    }
    return named;
}

// The id first: an intent without one makes the next run ask the service.
Status remove_records(Work& work, std::uint32_t part, const std::vector<UploadRecord>& records) {
    TRY(work.claim.check());
    for (const UploadRecord& record : records) {
        TRY(store::remove_object(work.destination, id_name(part, record.claim)));
        FAULT_POINT("pack.upload.between_records");
        TRY(store::remove_object(work.destination, intent_name(part, record.claim)));
    }
    work.uploads.forget(part);
    return {};
}

// Goes on with what is recorded where that was made for this plan; else nothing of it is left.
Result<std::optional<PartUpload>> continue_recorded(Work& work, const UploadPlan& plan) {
    const std::vector<UploadRecord> records = work.uploads.of(plan.part);
    if (records.empty()) return std::optional<PartUpload>();
    const Named named = TRY(read_ids(work, plan.part, records));
    if (!named.unknown && named.uploads.size() == 1 && named.uploads.front().plan == plan) {
        auto going_on = TRY(reopen(work, request_for(plan), named.uploads.front().id));
        if (going_on) return going_on;
    }
    TRY(work.claim.check());
    for (const UploadId& upload : named.uploads) TRY(abort_upload(work, plan.part, upload.id));
    if (named.unknown) TRY(abort_listed(work, plan.part));
    TRY(remove_records(work, plan.part, records));
    return std::optional<PartUpload>();
}

// Recorded ones too, unless their upload is known to be over: not every service lists them all.
Status end_uploads_of(Work& work, std::uint32_t part) {
    constexpr int kRounds = 3;
    std::vector<store::PendingUpload> listed = TRY(abort_listed(work, part));
    if (!work.uploads.over(part)) {
        const Named named = TRY(read_ids(work, part, work.uploads.of(part)));
        for (const UploadId& upload : named.uploads) TRY(abort_upload(work, part, upload.id));
    }
    for (int round = 1; !listed.empty(); ++round) {
        listed = TRY(abort_listed(work, part));
        if (listed.empty() || round < kRounds) continue;
        return failure(
            make_error(Code::unavailable, "end the uploads of", format::part_name(part),
                       fmt::format("the service still lists {} after they were aborted", listed.size()))
                .with_remedy("run the same command again"));
    }
    return {};
}

}  // namespace

bool hides_uploads(const store::Store& store) {
    const store::Capabilities able = store.capabilities();
    return able.lists_pieces && able.durable_pieces;
}

void take_recorded_uploads(Work& work, const std::vector<store::Object>& listed) {
    if (hides_uploads(work.destination)) work.uploads.take(listed);
}

Result<PartUpload> open_part_upload(Work& work, const UploadPlan& plan) {
    TRY(work.claim.check_if_stale());
    if (!hides_uploads(work.destination)) {
        store::UploadRequest request = request_for(plan);
        request.scratch = scratch_name(plan.part, work.claim.number());
        PartUpload begun;
        begun.upload = TRY(work.destination.open_upload(request));
        return begun;
    }
    if (auto recorded = TRY(continue_recorded(work, plan))) return std::move(*recorded);
    return begin(work, plan);
}

Result<std::optional<PartUpload>> resume_part_upload(Work& work, const UploadPlan& plan,
                                                     const std::string& id) {
    return reopen(work, request_for(plan), id);
}

Status give_up(Work& work, store::Upload& upload) {
    TRY(work.claim.check());
    return upload.abort();
}

Status end_uploads(Work& work, const std::vector<store::Object>& listed) {
    if (!hides_uploads(work.destination)) return {};
    TRY(work.claim.check());
    work.uploads.take(listed);
    std::set<std::uint32_t> parts;
    for (const std::uint32_t part : work.uploads.parts()) parts.insert(part);
    for (const auto& [part, revision] : lists_among(listed)) parts.insert(part);
    for (const std::uint32_t part : parts) TRY(end_uploads_of(work, part));
    FAULT_POINT("pack.upload.before_forget");
    return remove_seen(work, files_in(listed, kUploadFolder));
}

}  // namespace haul::pack

#include "flow/pack/part_upload.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/fault_point.h"
#include "flow/pack/end_recorded.h"
#include "flow/pack/own_files.h"
#include "flow/pack/part_unit.h"
#include "format/manifest.h"

namespace haul::pack {
namespace {

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

// Goes on with what is recorded where that was made for this plan; else nothing of it is left.
Result<std::optional<PartUpload>> continue_recorded(Work& work, const UploadPlan& plan) {
    const std::vector<UploadRecord> records = work.uploads.of(plan.part);
    if (records.empty()) return std::optional<PartUpload>();
    const Named named = TRY(read_ids(work.destination, plan.part, records, work.shutdown.stop()));
    if (!named.unknown && named.uploads.size() == 1 && named.uploads.front().plan == plan) {
        auto going_on = TRY(reopen(work, request_for(plan), named.uploads.front().id));
        if (going_on) return going_on;
    }
    TRY(work.claim.check());
    for (const UploadId& upload : named.uploads) TRY(abort_upload(work.destination, plan.part, upload.id));
    if (named.unknown) TRY(abort_listed(work.destination, work.claim, plan.part));
    TRY(remove_records(work.destination, work.claim, plan.part, records));
    work.uploads.forget(plan.part);
    return std::optional<PartUpload>();
}

// Recorded ones too, unless their upload is known to be over: not every service lists them all.
Status end_uploads_of(Work& work, std::uint32_t part) {
    constexpr int kRounds = 3;
    std::vector<store::PendingUpload> listed = TRY(abort_listed(work.destination, work.claim, part));
    if (!work.uploads.over(part)) {
        const Named named =
            TRY(read_ids(work.destination, part, work.uploads.of(part), work.shutdown.stop()));
        for (const UploadId& upload : named.uploads) TRY(abort_upload(work.destination, part, upload.id));
    }
    for (int round = 1; !listed.empty(); ++round) {
        listed = TRY(abort_listed(work.destination, work.claim, part));
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

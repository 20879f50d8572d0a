#include "flow/doctor/clean.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/fault_point.h"
#include "base/random.h"
#include "flow/claim/claim.h"
#include "flow/claim/own_folder.h"
#include "flow/pack/end_recorded.h"
#include "flow/unpack/uploads.h"

namespace haul::doctor {
namespace {

Result<std::uint64_t> count_records(store::Store& store, const std::stop_token& stop) {
    const std::vector<store::Object> there = TRY(store::list_folder(store, claim::kUploadFolder, stop));
    return static_cast<std::uint64_t>(std::ranges::count(there, store::Kind::file, &store::Object::kind));
}

// A claim of our own, not only a look at the one that is there: who comes meanwhile would go on with the very
// upload that we are ending. It asks for what the job asked for, so that it may supersede the job's, by the
// same rules; its token is another, so that the job itself has to wait for us too.
claim::Request request_like(const format::ClaimRecord& found, std::chrono::nanoseconds timeout) {
    claim::Request request;
    request.claim = found;
    request.claim.token = random::token_hex();
    request.timeout = timeout;
    return request;
}

Result<std::vector<store::PendingUpload>> end_recorded(store::Store& store, claim::Claim& claim,
                                                       const std::stop_token& stop) {
    // It ended between our look and our claim, and has left nothing.
    if (claim.earlier().empty()) return std::vector<store::PendingUpload>();
    FAULT_POINT("doctor.clean.claimed");
    if (claim.earlier().back().flow == "pack") return pack::end_recorded_uploads(store, claim, stop);
    return unpack::end_noted_uploads(store, claim, stop);
}

}  // namespace

Result<Cleaning> clean(store::Store& store, std::chrono::nanoseconds timeout, report::Hub& hub,
                       const std::stop_token& stop) {
    Cleaning cleaning;
    const std::vector<format::ClaimRecord> claims = TRY(claim::read_claims(store));
    cleaning.claimed = !claims.empty();
    cleaning.recorded = TRY(count_records(store, stop));
    if (cleaning.recorded == 0) return cleaning;
    const std::string address = store.capabilities().address;
    if (claims.empty()) {
        return failure(make_error(Code::corrupt, "clean", address,
                                  "uploads are recorded in .haul/uploads/, and no claim says whose they are")
                           .with_remedy("run the command that began them again: it takes care of them"));
    }
    const auto claim = TRY(claim::Claim::take(store, request_like(claims.back(), timeout), hub, stop));
    auto ended = claim->blame(end_recorded(store, *claim, stop));
    // Whatever happened: a claim of ours that stayed would keep other machines waiting for the time-out.
    FAULT_POINT("doctor.clean.before_hand_back");
    Status handed_back = claim->hand_back();
    cleaning.ended = TRY(std::move(ended));
    TRY(std::move(handed_back));
    return cleaning;
}

}  // namespace haul::doctor

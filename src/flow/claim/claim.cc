#include "flow/claim/claim.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <span>
#include <utility>

#include "base/clock.h"
#include "base/fault_point.h"
#include "base/text.h"
#include "flow/claim/beat.h"
#include "flow/claim/claim_files.h"
#include "flow/claim/release.h"
#include "flow/claim/rival.h"
#include "store/side_by_side.h"

namespace haul::claim {

using std::chrono::nanoseconds;

namespace {

// A folder may be ours and shut to us all the same: of mode 0555, as a set's root is given back to it.
std::string way_to_write(const store::Capabilities& can) {
    if (store::is_service(can)) return "choose a place that you may write to";
    return fmt::format(
        "nothing was written; where the folder is yours, `chmod u+w {}` lets you write there, else choose a "
        "place that you may write to",
        text::printable(can.address));
}

}  // namespace

struct Claim::State {
    State(store::Store& the_store, Request the_request, report::Hub& the_hub)
        : store(the_store), request(std::move(the_request)), hub(the_hub) {
        ours().owner = process::self();
    }

    [[nodiscard]] format::ClaimRecord& ours() { return request.claim; }
    [[nodiscard]] Status take(const std::stop_token& stop);
    [[nodiscard]] Result<bool> try_once(const std::stop_token& stop);
    [[nodiscard]] Result<bool> create();
    [[nodiscard]] Result<bool> stands();
    enum class Own : std::uint8_t { there, gone, changed };
    [[nodiscard]] Result<Own> look_at_own();
    [[nodiscard]] Result<Own> read_own();
    [[nodiscard]] Status check();
    [[nodiscard]] Status fenced(std::string detail);
    void begin_beating();

    store::Store& store;
    Request request;
    report::Hub& hub;
    std::vector<format::ClaimRecord> earlier;
    std::string document;  // of ours
    nanoseconds created_at{};
    std::atomic<bool> superseded = false;
    std::atomic<bool> ending = false;  // we are removing it ourselves
    std::optional<Beat> beat;
};

Status Claim::State::take(const std::stop_token& stop) {
    // Each lost race means that another won it, so the next look mostly ends in busy.
    constexpr int kRounds = 32;
    if (!store::can_create(store.capabilities())) {
        return failure(
            make_error(
                Code::unsupported, "claim", store.capabilities().address,
                "the service lets two writers create one object, so that two runs could both write here")
                .with_remedy(
                    "where nobody else works on this destination, give the command --take-over: Haul "
                    "then looks before each write; or use a service that honours If-None-Match "
                    "(`haul doctor` says what one can do)"));
    }
    for (int round = 0; round < kRounds; ++round) {
        if (stop.stop_requested())
            return failure(Code::interrupted, "claim", store.capabilities().address, "stopped on request");
        if (TRY(try_once(stop))) return {};
    }
    return failure(
        make_error(Code::busy, "claim", store.capabilities().address, "others claim it again and again")
            .with_remedy("try again later"));
}

// False: the claims changed meanwhile, look again.
Result<bool> Claim::State::try_once(const std::stop_token& stop) {
    earlier = TRY(read_claims(store));
    if (!earlier.empty()) {
        const Status allowed = may_supersede(store, earlier.back(), request, hub, stop);
        if (!allowed && allowed.error().code == Code::not_found) return false;
        TRY(allowed);
    }
    ours().number = earlier.empty() ? 1 : earlier.back().number + 1;
    if (!TRY(create())) return false;
    return stands();
}

Result<bool> Claim::State::create() {
    const std::string path = claim_path(ours().number);
    document = format::to_document(ours());
    FAULT_POINT("claim.before_create");
    created_at = clock::boot();
    const Status created =
        store::create_object(store, path, document, scratch_path("claim", ours().token, ours().number));
    FAULT_POINT("claim.after_create");
    if (created) return true;
    // A reply that was lost looks like a failure or, tried again beneath us, like a claim that was there
    // before.
    const std::optional<format::ClaimRecord> there = TRY(read_claim(store, ours().number));
    if (there) return there->token == ours().token && there->owner == ours().owner;
    const Code code = created.error().code;
    // not_found: who ended the last claim took `.haul/` away while we wrote.
    if (code == Code::exists || code == Code::not_found) return false;
    Error error = Error(created.error()).within("claim", store.capabilities().address);
    if (code == Code::denied && error.remedy.empty()) error.remedy = way_to_write(store.capabilities());
    return failure(std::move(error));
}

// An owner that ended its claim removes the lower numbers first, so one of them could be created again below
// a claim that is still there. Such a claim is none.
Result<bool> Claim::State::stands() {
    const std::vector<ClaimFile> files = TRY(list_claims(store));
    if (files.empty() || files.back().number <= ours().number) return true;
    TRY(store::remove_object(store, claim_path(ours().number)));
    return false;
}

void Claim::State::begin_beating() {
    beat.emplace(Beat::Setup{.store = store,
                             .hub = hub,
                             .number = ours().number,
                             .token = ours().token,
                             .timeout = request.timeout,
                             .claimed_at = created_at,
                             .check = [this] { return check(); }});
}

// Claims never change, so one plain read tells: token, process and all else are what we wrote, or it is not
// ours. What is longer begins with other bytes, since a document ends nowhere else. Other bytes are believed
// at the second look: one bit may turn on its way.
Result<Claim::State::Own> Claim::State::look_at_own() {
    const Own first = TRY(read_own());
    return first == Own::changed ? read_own() : first;
}

Result<Claim::State::Own> Claim::State::read_own() {
    const std::string path = claim_path(ours().number);
    std::string there(document.size(), '\0');
    store::Read read;
    read.name = path;
    read.into = std::as_writable_bytes(std::span(there));
    store.read_many(std::span(&read, 1), {});
    if (read.result) return there == document ? Own::there : Own::changed;
    if (read.result.error().code == Code::not_found) return Own::gone;
    if (read.result.error().code == Code::changed) return Own::changed;
    return failure(std::move(read.result).error());
}

// A successor takes exactly the next number, and ours goes before its does: so these two objects tell as much
// as a listing, at less cost. The order matters: ours may be gone, and the next too, when a successor ended
// its claim between the two looks. Two requests to a service: docs/decisions/0006.
Status Claim::State::check() {
    if (superseded) return fenced("another has taken it over");
    if (TRY(store::find_file(store, claim_path(ours().number + 1)))) {
        return fenced(fmt::format("claim {} has superseded ours, {}", ours().number + 1, ours().number));
    }
    const Own own = TRY(look_at_own());
    if (own == Own::there || (own == Own::gone && ending)) return {};
    if (own == Own::gone) return fenced(fmt::format("our claim {} is gone", ours().number));
    return fenced(fmt::format("claim {} is another's now", ours().number));
}

Status Claim::State::fenced(std::string detail) {
    superseded = true;
    return failure(
        make_error(Code::fenced, "check the claim of", store.capabilities().address, std::move(detail))
            .with_remedy("another process goes on with this work; nothing of it was touched here"));
}

Result<std::unique_ptr<Claim>> Claim::take(store::Store& store, Request request, report::Hub& hub,
                                           const std::stop_token& stop) {
    std::unique_ptr<Claim> claim(new Claim());
    claim->state_ = std::make_unique<State>(store, std::move(request), hub);
    TRY(claim->state_->take(stop));
    claim->state_->begin_beating();
    return claim;
}

Claim::~Claim() = default;

std::uint64_t Claim::number() const { return state_->ours().number; }
const std::vector<format::ClaimRecord>& Claim::earlier() const { return state_->earlier; }
Status Claim::check() { return state_->check(); }
Status Claim::check_if_stale() { return state_->beat->check_if_stale(); }

Status Claim::release() {
    state_->beat->stop();
    TRY(state_->check());
    FAULT_POINT("claim.before_release");
    state_->ending = true;
    return remove_claims(state_->store, number());
}

// The claim goes before its beat: the other way round it would look as old as it is, and be taken over
// beneath our hands. A beat that stays behind a kill is of no claim; whoever has the number next is newer.
Status Claim::hand_back() {
    if (earlier().empty()) return release();
    state_->beat->stop();
    TRY(state_->check());
    state_->ending = true;
    TRY(store::remove_object(state_->store, claim_path(number())));
    return store::remove_object(state_->store, beat_path(number()));
}

}  // namespace haul::claim

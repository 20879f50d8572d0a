#include "ledger/watched_ledger.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace haul::ledger {

using std::chrono::nanoseconds;

std::uint64_t WatchedLedger::Line::enter() {
    const std::scoped_lock lock(mutex_);
    inside_.insert(++tickets_);
    return tickets_;
}

void WatchedLedger::Line::leave(std::uint64_t ticket, nanoseconds waited) {
    const std::scoped_lock lock(mutex_);
    const auto behind = inside_.erase(inside_.find(ticket));
    const auto still_inside = static_cast<std::uint64_t>(std::distance(behind, inside_.end()));
    waits_.most_overtaken = std::max(waits_.most_overtaken, tickets_ - ticket - still_inside);
    ++waits_.calls;
    waits_.sum += waited;
    waits_.longest = std::max(waits_.longest, waited);
    const double seconds = std::chrono::duration<double>(waited).count();
    for (std::size_t i = 0; i < kBounds.size(); ++i)
        if (seconds <= kBounds.at(i)) ++waits_.within.at(i);
}

WatchedLedger::Waits WatchedLedger::Line::now() const {
    const std::scoped_lock lock(mutex_);
    Waits waits = waits_;
    waits.waiting = inside_.size();
    return waits;
}

// `line`: where the call is counted; nullptr: nowhere.
template <class Answered>
Answered WatchedLedger::call(Line* line, const std::function<Answered(Ledger&)>& ask) const {
    const auto began = clock::boot();
    const std::uint64_t ticket = line != nullptr ? line->enter() : 0;
    auto answered = [&]() -> Answered {
        const std::shared_lock lock(exchange_);
        if (ledger_) return ask(*ledger_);
        return failure(make_error(Code::internal, "ask the ledger", "", "it is not open")
                           .with_remedy("run the same command again"));
    }();
    if (line != nullptr) line->leave(ticket, clock::boot() - began);
    return answered;
}

Status WatchedLedger::exchange(const std::function<Result<std::unique_ptr<Ledger>>()>& make) {
    const std::unique_lock lock(exchange_);
    ledger_.reset();
    ledger_ = TRY(make());
    return {};
}

void WatchedLedger::close() {
    const std::unique_lock lock(exchange_);
    ledger_.reset();
}

Result<std::vector<Lease>> WatchedLedger::claim(const ClaimRequest& request) {
    return call<Result<std::vector<Lease>>>(&claims_, [&](Ledger& it) { return it.claim(request); });
}

Status WatchedLedger::renew(std::span<const LeaseRef> leases, nanoseconds lease_for) {
    return call<Status>(&commits_, [&](Ledger& it) { return it.renew(leases, lease_for); });
}

Status WatchedLedger::checkpoint(const LeaseRef& lease, std::string_view progress, const Outcome& outcome) {
    return call<Status>(&commits_, [&](Ledger& it) { return it.checkpoint(lease, progress, outcome); });
}

Status WatchedLedger::finish(const LeaseRef& lease, const Outcome& outcome) {
    return call<Status>(&commits_, [&](Ledger& it) { return it.finish(lease, outcome); });
}

Result<State> WatchedLedger::fail(const LeaseRef& lease, FailKind kind, const Error& error,
                                  nanoseconds delay) {
    return call<Result<State>>(&commits_, [&](Ledger& it) { return it.fail(lease, kind, error, delay); });
}

Status WatchedLedger::release(const LeaseRef& lease, nanoseconds delay) {
    return call<Status>(&commits_, [&](Ledger& it) { return it.release(lease, delay); });
}

Status WatchedLedger::record(const Outcome& outcome) {
    return call<Status>(&commits_, [&](Ledger& it) { return it.record(outcome); });
}

Result<Answer> WatchedLedger::read(const Query& query) const {
    return call<Result<Answer>>(nullptr, [&](Ledger& it) { return it.read(query); });
}

Status WatchedLedger::back_up(const std::string& path) {
    return call<Status>(nullptr, [&](Ledger& it) { return it.back_up(path); });
}

}  // namespace haul::ledger

#include <algorithm>
#include <memory>
#include <utility>

#include "base/fault_point.h"
#include "flow/doctor/doctor.h"
#include "flow/doctor/scratch.h"
#include "store/conformance/conformance.h"

namespace haul::doctor {
namespace {

constexpr std::string_view kProbe = "haul doctor was here\n";

// What every check needs. Where it is refused, forty broken promises would say less than the refusal.
Result<store::Capabilities> probe(const Scratch& scratch) {
    const auto store = TRY(scratch.open());
    const std::string name = "probe";
    TRY(store::create_object(*store, name, kProbe));
    if (TRY(store::read_object(*store, name, kProbe.size())) != kProbe) {
        return failure(make_error(Code::corrupt, "read", name, "it holds other bytes than were written")
                           .with_remedy("trust this store with nothing"));
    }
    TRY(store::list_folder(*store, ""));
    TRY(store::remove_object(*store, name));
    return store->capabilities();
}

Finding check(std::string_view promise, const std::vector<std::string_view>& claimed,
              const store::conformance::Factory& factory) {
    if (std::ranges::find(claimed, promise) == claimed.end()) return {promise, Outcome::not_claimed, {}};
    store::conformance::Verdict verdict = store::conformance::check(promise, factory);
    return {promise, verdict.passed ? Outcome::kept : Outcome::broken, std::move(verdict.detail)};
}

Status run(const Scratch& scratch, const Listener& listener, const std::stop_token& drain,
           Examination& examination) {
    const store::Capabilities can = TRY(probe(scratch));
    if (listener.begun) listener.begun(can, scratch.name());
    const std::vector<std::string_view> claimed = store::conformance::promises(can);
    const store::conformance::Factory factory{.make = [&scratch] { return scratch.open(); },
                                              .folder = "checks"};
    for (const std::string_view promise : store::conformance::all_promises()) {
        FAULT_POINT("doctor.between_promises");
        Finding finding = check(promise, claimed, factory);
        // A check that was cut short says nothing about the store.
        examination.interrupted = drain.stop_requested();
        if (examination.interrupted) return {};
        if (listener.found) listener.found(finding);
        examination.findings.push_back(std::move(finding));
    }
    return {};
}

}  // namespace

std::string_view name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::kept:
            return "kept";
        case Outcome::broken:
            return "broken";
        case Outcome::not_claimed:
            return "not_claimed";
    }
    return "broken";
}

Result<Examination> examine(const store::Address& place, const store::OpenOptions& options,
                            const Listener& listener, const std::stop_token& drain) {
    Scratch scratch = TRY(Scratch::choose(place, options));
    Examination examination;
    examination.scratch = scratch.name();
    Status ran = run(scratch, listener, drain, examination);
    examination.left = scratch.remove();
    if (ran) return examination;
    if (drain.stop_requested()) {
        examination.interrupted = true;
        return examination;
    }
    Error error = std::move(ran).error().within("examine", place.canonical());
    if (!examination.left.empty()) error.kept = examination.left.front();
    return failure(std::move(error));
}

}  // namespace haul::doctor

#include "flow/claim/rival.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/process.h"
#include "base/units.h"
#include "flow/claim/claim_files.h"
#include "flow/claim/differences.h"

namespace haul::claim {
namespace {

using std::chrono::nanoseconds;

// What is seen of an owner at one time.
struct Signs {
    std::string versions;  // of claim and beat, with their times: every beat has the same bytes
    std::optional<nanoseconds>
        silence;          // since the last, by the store's own clock; nullopt: it tells no times
    nanoseconds blur{0};  // what the silence may be off by: services tell whole seconds, cut off
};

// Every time of a service is one; of a folder one in 10^9 is, which then waits a second longer.
nanoseconds blur_of(std::int64_t one, std::int64_t other) {
    constexpr std::int64_t second = 1'000'000'000;
    return nanoseconds(one % second == 0 || other % second == 0 ? second : 0);
}

std::string seen_of(const store::Object& object) {
    return fmt::format("{} {} ", object.version.tag, object.attributes.mtime_ns.value_or(0));
}

Result<Signs> signs_of(store::Store& store, std::uint64_t number) {
    const store::Stat claim =
        TRY(store.stat({.name = claim_path(number), .want_clock = true, .only_objects = true}));
    const auto beat = TRY(store::find_file(store, beat_path(number)));
    Signs signs;
    signs.versions = seen_of(claim.object) + (beat ? seen_of(*beat) : std::string());
    if (!claim.store_clock_ns || !claim.object.attributes.mtime_ns) return signs;
    // The newer of both: a beat of this number may be left from an owner that had the number before.
    std::int64_t last = *claim.object.attributes.mtime_ns;
    if (beat && beat->attributes.mtime_ns) last = std::max(last, *beat->attributes.mtime_ns);
    signs.silence = nanoseconds(*claim.store_clock_ns - last);
    signs.blur = blur_of(*claim.store_clock_ns, last);
    return signs;
}

// Whether no sign of life comes within the time-out, by our own clock: an owner at work renews its beat three
// times meanwhile, whatever the times that the store gives it.
Result<bool> stays_silent(store::Store& store, std::uint64_t number, const Signs& first, nanoseconds timeout,
                          const std::stop_token& stop) {
    const nanoseconds step =
        std::clamp<nanoseconds>(timeout / 30, std::chrono::milliseconds(20), std::chrono::seconds(10));
    const nanoseconds deadline = clock::boot() + timeout;
    bool over = false;
    while (!over) {
        clock::sleep(step, stop);
        if (stop.stop_requested())
            return failure(Code::interrupted, "claim", store.capabilities().address, "stopped on request");
        over = clock::boot() > deadline;  // before the look: it has to be later than the time-out
        if (TRY(signs_of(store, number)).versions != first.versions) return false;
    }
    return true;
}

std::string words_for(const process::Identity& owner) {
    const process::Identity self = process::self();
    const bool here = !owner.machine_id.empty() && owner.machine_id == self.machine_id;
    return fmt::format("process {} of {}", owner.pid, here ? "this machine" : "machine " + owner.machine_id);
}

Error busy_error(const std::string& address, const format::ClaimRecord& there, std::string detail,
                 std::string remedy) {
    return make_error(Code::busy, "claim", address,
                      fmt::format("claim {} belongs to {}{}", there.number, words_for(there.owner), detail))
        .with_remedy(std::move(remedy));
}

// Its beats come from elsewhere: whether it lives, only the time tells.
Error maybe_alive_error(const std::string& address, const format::ClaimRecord& there,
                        std::optional<nanoseconds> silence, nanoseconds timeout) {
    if (!silence) return busy_error(address, there, {}, "wait until it is done");
    const nanoseconds shown = std::max(*silence, nanoseconds(0));
    return busy_error(
        address, there, fmt::format(", which gave its last sign of life {} ago", units::duration_text(shown)),
        fmt::format("wait until it is done; if it has died, the same command continues the work in {}",
                    units::duration_text(timeout - *silence)));
}

// It is seen to run, or its beats were seen to come.
Error alive_error(const std::string& address, const format::ClaimRecord& there) {
    return busy_error(address, there, ", which is at work", "wait until it is done");
}

// On this machine, where its end is seen at once.
Error running_error(const std::string& address, const format::ClaimRecord& there, nanoseconds timeout) {
    return busy_error(
        address, there, ", which is running",
        fmt::format("wait until it is done, or end it: the same command continues the work at once then. "
                    "Where it hangs or is stopped, {} after its last sign of life",
                    units::duration_text(timeout)));
}

}  // namespace

Status may_supersede(store::Store& store, const format::ClaimRecord& there, const Request& ours,
                     report::Hub& hub, const std::stop_token& stop) {
    if (there.token == ours.claim.token) return {};
    const std::string address = store.capabilities().address;
    const std::vector<std::string> differ = differences(there, ours.claim);
    if (!differ.empty()) {
        return failure(
            make_error(Code::usage, "claim", address,
                       fmt::format("it is claimed for another request: {}", fmt::join(differ, "; ")))
                .with_remedy(
                    "choose another --name or destination, or end the other job with `haul cancel`"));
    }
    const process::Liveness liveness = process::liveness(there.owner);
    if (liveness == process::Liveness::dead) return {};
    const Signs signs = TRY(signs_of(store, there.number));
    if (signs.silence && *signs.silence - signs.blur > ours.timeout) return {};
    // A little ahead it ages like any other; what a clock that was wrong has left may never do so.
    if (!signs.silence || *signs.silence >= -ours.timeout - signs.blur)
        return failure(liveness == process::Liveness::alive
                           ? running_error(address, there, ours.timeout)
                           : maybe_alive_error(address, there, signs.silence, ours.timeout + signs.blur));
    hub.note(
        report::Level::warning,
        fmt::format("claim {} of {} is dated {} in the future; it is watched for {} and taken over where no "
                    "sign of life comes",
                    there.number, words_for(there.owner), units::duration_text(-*signs.silence),
                    units::duration_text(ours.timeout)),
        address);
    if (TRY(stays_silent(store, there.number, signs, ours.timeout, stop))) return {};
    return failure(alive_error(address, there));
}

}  // namespace haul::claim

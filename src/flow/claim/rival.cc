#include "flow/claim/rival.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/process.h"
#include "base/units.h"
#include "flow/claim/claim_files.h"

namespace haul::claim {
namespace {

using std::chrono::nanoseconds;

std::vector<std::string> differences(const format::ClaimRecord& there, const format::ClaimRecord& ours) {
    std::vector<std::string> found;
    const auto compare = [&found](std::string_view what, const std::string& one, const std::string& other) {
        if (one != other) found.push_back(fmt::format("{} \"{}\" there and \"{}\" here", what, one, other));
    };
    compare("the command is", there.flow, ours.flow);
    compare("source is", there.source, ours.source);
    compare("name is", there.name, ours.name);
    compare("options are", there.request, ours.request);
    for (std::string& difference : format::differences(there.options, ours.options)) {
        found.push_back(std::move(difference));
    }
    return found;
}

// Since the owner's last sign of life, by the store's own clock; nullopt where the store does not tell times.
Result<std::optional<nanoseconds>> silence_of(store::Store& store, std::uint64_t number) {
    const store::Stat claim = TRY(store.stat({.name = claim_path(number), .want_clock = true}));
    if (!claim.store_clock_ns || !claim.object.attributes.mtime_ns) return std::optional<nanoseconds>();
    // The newer of both: a beat of this number may be left from an owner that had the number before.
    std::int64_t last = *claim.object.attributes.mtime_ns;
    const auto beat = TRY(store::find_object(store, beat_path(number)));
    if (beat && beat->attributes.mtime_ns) last = std::max(last, *beat->attributes.mtime_ns);
    return std::optional<nanoseconds>(nanoseconds(*claim.store_clock_ns - last));
}

std::string words_for(const process::Identity& owner) {
    const process::Identity self = process::self();
    const bool here = !owner.machine_id.empty() && owner.machine_id == self.machine_id;
    return fmt::format("process {} of {}", owner.pid, here ? "this machine" : "machine " + owner.machine_id);
}

Error busy_error(const std::string& address, const format::ClaimRecord& there,
                 std::optional<nanoseconds> silence, nanoseconds timeout) {
    std::string detail = fmt::format("claim {} belongs to {}", there.number, words_for(there.owner));
    std::string remedy = "wait until it is done";
    if (silence) {
        const nanoseconds shown = std::max(*silence, nanoseconds(0));
        detail += fmt::format(", which gave its last sign of life {} ago", units::duration_text(shown));
        remedy += fmt::format("; if it has died, the same command continues the work in {}",
                              units::duration_text(timeout - shown));
    }
    return make_error(Code::busy, "claim", address, std::move(detail)).with_remedy(std::move(remedy));
}

}  // namespace

Status may_supersede(store::Store& store, const format::ClaimRecord& there, const format::ClaimRecord& ours,
                     nanoseconds timeout) {
    if (there.token == ours.token) return {};
    const std::string address = store.capabilities().address;
    const std::vector<std::string> differ = differences(there, ours);
    if (!differ.empty()) {
        return failure(
            make_error(Code::usage, "claim", address,
                       fmt::format("it is claimed for another request: {}", fmt::join(differ, ", ")))
                .with_remedy(
                    "choose another --name or destination, or end the other job with `haul cancel`"));
    }
    if (process::liveness(there.owner) == process::Liveness::dead) return {};
    const std::optional<nanoseconds> silence = TRY(silence_of(store, there.number));
    if (silence && *silence > timeout) return {};
    return failure(busy_error(address, there, silence, timeout));
}

}  // namespace haul::claim

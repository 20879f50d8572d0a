#include "flow/pack/missing.h"

#include <cstdint>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/digest.h"
#include "flow/pack/failed_paths.h"
#include "flow/pack/selection.h"
#include "flow/set/set_view.h"

namespace haul::pack {
namespace {

constexpr std::uint64_t kAtOnce = 2'000'000;

// Two paths with one hash would hide a missing one: a chance of 1 in 10^5 for forty million.
std::uint64_t hash_of(std::string_view path) { return static_cast<std::uint64_t>(digest::hash_of(path)); }

}  // namespace

Status find_missing(store::Store& source, store::Store& destination, const Request& request,
                    const format::SetRecord& record, const std::function<void(set::Finding)>& tell,
                    const std::stop_token& stop) {
    const FailedPaths failed(record);
    const std::uint64_t members = record.files + record.folder_lines + record.symlinks;
    const std::uint64_t passes = members / kAtOnce + 1;
    for (std::uint64_t pass = 0; pass < passes; ++pass) {
        std::unordered_set<std::uint64_t> there;
        TRY(set::for_each_member(
            destination, record,
            [&](const format::PartRecord&, const format::Member& member) -> Status {
                if (const std::uint64_t hash = hash_of(member.path); hash % passes == pass)
                    there.insert(hash);
                return {};
            },
            stop));
        Selection selection = TRY(Selection::open(source, request, {}));
        while (const std::optional<Selected> item = TRY(selection.next(stop))) {
            const std::string& path = item->member.path;
            if (item->what != Selected::What::member || failed.cover(path)) continue;
            const std::uint64_t hash = hash_of(path);
            if (hash % passes != pass || there.contains(hash)) continue;
            tell({request.source.canonical(), std::nullopt, path, "the set does not have it", true});
        }
    }
    return {};
}

}  // namespace haul::pack

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "flow/pack/cutter.h"
#include "flow/pack/existing_set.h"
#include "flow/pack/notes.h"
#include "flow/pack/pack.h"
#include "flow/pack/selection.h"
#include "flow/pack/tile.h"
#include "flow/pack/work.h"
#include "flow/set/set_view.h"
#include "store/open_store.h"
#include "store/wrap/trace.h"

namespace haul::pack {
namespace {

bool is_service(const store::Address& address) { return address.scheme != store::Scheme::local; }

// What requests are counted from.
struct Tally {
    std::uint64_t files = 0;  // with something in them
    std::uint64_t tiles = 0;
};

void close_part(PartSums& open, const Request& request, Estimate& estimate, Tally& tally) {
    if (open.empty()) return;
    const std::uint64_t image = open.outline().image_size();
    ++estimate.parts;
    estimate.oversize += is_oversize(open, request.options.part_size) ? 1 : 0;
    estimate.image_bytes += image;
    const std::uint64_t tile =
        is_service(request.destination) ? request.tile_size : std::min(kLocalTile, request.tile_size);
    tally.tiles += tiles_of(image, tile);
    open = {};
}

void count(const format::Member& member, Estimate& estimate, Tally& tally) {
    switch (member.kind) {
        case zip::Kind::file:
            ++estimate.files;
            estimate.bytes += member.size;
            tally.files += member.size > 0 ? 1 : 0;
            break;
        case zip::Kind::folder:
            ++estimate.folders;
            break;
        case zip::Kind::symlink:
            ++estimate.symlinks;
            break;
    }
}

void count_requests(const Request& request, std::uint64_t objects, const Tally& tally, Estimate& estimate) {
    estimate.source_is_service = is_service(request.source);
    estimate.destination_is_service = is_service(request.destination);
    if (estimate.source_is_service)
        estimate.from_source = requests_to_source(objects, tally.files, estimate.parts, tally.tiles);
    if (estimate.destination_is_service)
        estimate.to_destination = requests_to_destination(estimate.parts, tally.tiles, request.verify_full);
}

// What a pack would make anew does not have to be there: the nearest place above it that may be. Of a service
// that is the bucket, whose prefixes are no places of their own.
bool go_up(store::Address& at, const Error& missing) {
    if (is_service(at)) {
        const bool more = missing.code == Code::not_found && !at.path.empty();
        at.path.clear();
        return more;
    }
    if (missing.root().os_error != ENOENT || at.path == "/") return false;
    const std::size_t slash = at.path.rfind('/');
    at.path = slash == 0 ? "/" : at.path.substr(0, slash);
    return true;
}

// Looks at the destination, or at what of its path exists, without making anything.
void look_at_destination(const Request& request, Estimate& estimate) {
    const store::OpenOptions reading{.service = request.service};
    store::Address at = request.destination.child(request.name);
    auto opened = store::open_store(at, reading);
    while (!opened && go_up(at, opened.error())) opened = store::open_store(at, reading);
    if (!opened) {
        estimate.destination_problem = opened.error().message();
        return;
    }
    estimate.free_bytes = (*opened)->capabilities().free_bytes;
    // A service tells only who tries.
    estimate.destination_writable = is_service(at) || ::access(at.path.c_str(), W_OK | X_OK) == 0;
    if (!estimate.destination_writable) estimate.destination_problem = at.path + " cannot be written to";
}

// Whether a set is there, and whether a pack would go on with it.
Status look_at_set(store::Store& source, const Request& request, report::Hub& hub,
                   const std::stop_token& stop, Estimate& estimate) {
    const store::OpenOptions reading{.service = request.service};
    auto opened = store::open_store(request.destination.child(request.name), reading);
    if (!opened) return {};  // told as the destination's problem where it is one
    store::Store& destination = **opened;
    const auto refused = [&estimate](const Error& error) {
        estimate.there = "other";
        estimate.there_problem = error.message();
    };
    const auto set = set::find_set(destination);
    if (!set) {
        refused(set.error());
        return {};
    }
    const auto under_way = store::is_folder_there(destination, kOwnFolder, stop);
    if (!*set) {
        if (under_way && *under_way) estimate.there = "unfinished";
        return {};
    }
    const auto compared = compare_with_set(source, destination, request, **set, hub, stop);
    if (!compared && compared.error().code == Code::interrupted) return failure(compared.error());
    if (!compared) {
        refused(compared.error());
        return {};
    }
    estimate.there = compared->readable.empty() ? "complete" : "growing";
    return {};
}

}  // namespace

Result<Estimate> estimate(const Request& request, report::Hub& hub, const std::stop_token& stop) {
    store::OpenOptions reading;
    reading.follow_symlinks = request.options.symlinks == "follow";
    reading.service = request.service;
    const auto counters = std::make_shared<store::wrap::Counters>();
    reading.counters = counters;
    const std::unique_ptr<store::Store> source = TRY(store::open_store(request.source, reading));
    Selection selection = TRY(Selection::open(*source, request, {}));
    Estimate estimate;
    PartSums open;
    Tally tally;
    while (true) {
        const std::optional<Selected> item = TRY(selection.next(stop));
        if (!item) break;
        if (item->what == Selected::What::skipped) ++estimate.skipped;
        if (item->what == Selected::What::failed) {
            ++estimate.failed;
            hub.fail_item(item->note.path, failed_item("list", item->note));
        }
        if (item->what != Selected::What::member) continue;
        if (closes_before(open, item->member, request.options.part_size))
            close_part(open, request, estimate, tally);
        open.add(item->member);
        count(item->member, estimate, tally);
    }
    close_part(open, request, estimate, tally);
    count_requests(request, counters->objects_listed, tally, estimate);
    look_at_destination(request, estimate);
    TRY(look_at_set(*source, request, hub, stop, estimate));
    return estimate;
}

}  // namespace haul::pack

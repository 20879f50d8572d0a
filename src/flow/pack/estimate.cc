#include <unistd.h>

#include <cerrno>
#include <utility>

#include "flow/pack/cutter.h"
#include "flow/pack/existing_set.h"
#include "flow/pack/notes.h"
#include "flow/pack/pack.h"
#include "flow/pack/selection.h"
#include "flow/set/set_view.h"
#include "store/open_store.h"

namespace haul::pack {
namespace {

void close_part(PartSums& open, const Request& request, Estimate& estimate) {
    if (open.empty()) return;
    const std::uint64_t image = open.outline().image_size();
    ++estimate.parts;
    estimate.oversize += is_oversize(open, request.options.part_size) ? 1 : 0;
    estimate.image_bytes += image;
    // A piece a tile, and beginning and finishing the upload, list and manifest.
    estimate.write_requests += (image + request.tile_size - 1) / request.tile_size + 4;
    open = {};
}

void count(const format::Member& member, Estimate& estimate) {
    switch (member.kind) {
        case zip::Kind::file:
            ++estimate.files;
            estimate.bytes += member.size;
            ++estimate.read_requests;
            break;
        case zip::Kind::folder:
            ++estimate.folders;
            break;
        case zip::Kind::symlink:
            ++estimate.symlinks;
            break;
    }
}

// Looks at the destination, or at what of its path exists, without making anything.
void look_at_destination(const Request& request, Estimate& estimate) {
    const store::OpenOptions reading{.service = request.service};
    store::Address at = request.destination.child(request.name);
    auto opened = store::open_store(at, reading);
    while (!opened && opened.error().root().os_error == ENOENT && at.path != "/") {
        const std::size_t slash = at.path.rfind('/');
        at.path = slash == 0 ? "/" : at.path.substr(0, slash);
        opened = store::open_store(at, reading);
    }
    if (!opened) {
        estimate.destination_problem = opened.error().message();
        return;
    }
    estimate.free_bytes = (*opened)->capabilities().free_bytes;
    estimate.destination_writable = ::access(at.path.c_str(), W_OK | X_OK) == 0;
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
    const auto under_way = store::find_object(destination, ".haul");
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
    const std::unique_ptr<store::Store> source = TRY(store::open_store(request.source, reading));
    Selection selection = TRY(Selection::open(*source, request, {}));
    Estimate estimate;
    PartSums open;
    while (true) {
        const std::optional<Selected> item = TRY(selection.next(stop));
        if (!item) break;
        if (item->what == Selected::What::skipped) ++estimate.skipped;
        if (item->what == Selected::What::failed) {
            ++estimate.failed;
            hub.fail_item(item->note.path, failed_item("list", item->note));
        }
        if (item->what != Selected::What::member) continue;
        if (closes_before(open, item->member, request.options.part_size)) close_part(open, request, estimate);
        open.add(item->member);
        count(item->member, estimate);
    }
    close_part(open, request, estimate);
    look_at_destination(request, estimate);
    TRY(look_at_set(*source, request, hub, stop, estimate));
    return estimate;
}

}  // namespace haul::pack

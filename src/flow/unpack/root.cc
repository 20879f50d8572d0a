#include "flow/unpack/root.h"

#include <utility>

#include "flow/unpack/outcome_log.h"
#include "flow/unpack/placing.h"
#include "flow/unpack/units.h"
#include "store/store.h"

namespace haul::unpack {
namespace {

constexpr const char* kMark = ".haul/new-root";
constexpr std::uint32_t kOwnerMayAll = 0700;

bool is_own(const std::string& name) { return name == "." || name == ".haul" || name.starts_with(".haul/"); }

Result<bool> is_empty(store::Store& destination, const std::stop_token& stop) {
    const auto listing = TRY(destination.list({}));
    while (true) {
        const store::Page page = TRY(listing->next(stop));
        for (const store::Object& object : page.objects) {
            if (!is_own(object.name)) return false;
        }
        if (page.last) return true;
    }
}

// The set's root as the first part has it; nullopt: foreign archives, it is not wanted, or that part's
// manifest is damaged, which was told when it was planned.
Result<std::optional<Item>> root_item(Work& work) {
    if (!work.archives.set || work.archives.names.empty()) return std::optional<Item>();
    const auto read = work.indexes.get(work.archives, 0, limits_of(work.request), work.shutdown.stop());
    if (!read && read.error().code == Code::corrupt) return std::optional<Item>();
    const auto index = TRY(read);
    std::optional<Item> item = index->count() > 0 ? index->item(0) : std::nullopt;
    if (!item || item->path != "." || !work.wanted(*item)) return std::optional<Item>();
    return item;
}

Status set_attributes(Work& work, store::Attributes attributes) {
    store::Write write;
    write.name = ".";
    write.kind = store::Kind::folder;
    write.attributes = std::move(attributes);
    work.destination.write_many({&write, 1}, {}, work.shutdown.stop());
    return std::move(write.result);
}

}  // namespace

Result<OwnRoot> OwnRoot::take(Work& work, std::optional<std::int64_t> time_before) {
    OwnRoot root;
    if (!work.can.keeps_modes) return root;  // a bucket or prefix has neither mode nor time
    root.time_before_ = time_before;
    root.ours_ = TRY(store::find_object(work.destination, kMark)).has_value();
    if (root.ours_ || !TRY(is_empty(work.destination, work.shutdown.stop()))) return root;
    TRY(store::create_object(work.destination, kMark, "", work.scratch(0, "root")));
    root.ours_ = true;
    return root;
}

Status OwnRoot::settle(Work& work) const {
    if (!ours_) return {};
    const auto item = TRY(root_item(work));
    if (item && item->mode && (*item->mode & kOwnerMayAll) == kOwnerMayAll) {
        // The same again, with the time, in finish(), which a kill may keep from coming.
        static_cast<void>(set_attributes(work, attributes_of(work, *item)));
    }
    return forget(work.destination);
}

Status OwnRoot::forget(store::Store& destination) { return store::remove_object(destination, kMark); }

Status OwnRoot::finish(Work& work, Totals& totals) const {
    if (totals.damaged > 0 || !work.can.keeps_modes) return {};
    const auto item = TRY(root_item(work));
    if (!item) return {};
    store::Attributes attributes = attributes_of(work, *item);
    if (!ours_) {
        // After a kill that came between settle() and here the mode is right already, and only the time is
        // not.
        const store::Stat there = TRY(work.destination.stat({"."}));
        const bool same_mode = attributes.mode && there.object.attributes.mode == attributes.mode;
        const std::optional<std::int64_t> time = same_mode ? attributes.mtime_ns : time_before_;
        if (!time) return {};
        attributes = {};
        attributes.mtime_ns = time;
    }
    Status set = set_attributes(work, std::move(attributes));
    if (set) return {};
    Error error = std::move(set).error();
    if (is_somebody_elses(work.request, error)) {
        work.hub.note(report::Level::warning, left_as_it_is(error), work.request.destination.canonical());
        return {};
    }
    if (!about_item(error)) return failure(std::move(error));
    ++totals.failed;
    work.hub.fail_item(item->path, std::move(error));
    return {};
}

}  // namespace haul::unpack

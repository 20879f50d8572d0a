#include "flow/doctor/scratch.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/owner_mark.h"
#include "base/process.h"
#include "base/random.h"
#include "store/store.h"

namespace haul::doctor {
namespace {

constexpr std::string_view kAbove = ".haul-doctor";
// Of one whose owner cannot be seen from here: no examination takes so long.
constexpr std::chrono::nanoseconds kOld = std::chrono::hours(24);

// By the store's own clock.
bool is_old(store::Store& store, const std::vector<store::Object>& objects) {
    const auto newest = std::ranges::max_element(
        objects, {}, [](const store::Object& object) { return object.attributes.mtime_ns.value_or(0); });
    const auto seen = store.stat({.name = newest->name, .want_clock = true});
    if (!seen || !seen->store_clock_ns || !newest->attributes.mtime_ns) return false;
    return std::chrono::nanoseconds(*seen->store_clock_ns - *newest->attributes.mtime_ns) > kOld;
}

bool is_left(store::Store& store, std::string_view name, const std::vector<store::Object>& objects) {
    const std::optional<process::Liveness> owner = process::liveness_of_mark(name);
    if (!owner) return false;  // not of ours
    return *owner == process::Liveness::dead ||
           (*owner == process::Liveness::unknown && is_old(store, objects));
}

// The folders in which killed ones worked, as names beneath the store.
Result<std::vector<std::string>> left_folders(store::Store& store) {
    std::map<std::string, std::vector<store::Object>> folders;  // by their names in kAbove
    for (store::Object& object : TRY(store::list_folder(store, std::string(kAbove)))) {
        const std::string inner = object.name.substr(kAbove.size() + 1);
        folders[inner.substr(0, inner.find('/'))].push_back(std::move(object));
    }
    std::vector<std::string> left;
    for (const auto& [name, objects] : folders) {
        if (is_left(store, name, objects)) left.push_back(std::string(kAbove) + "/" + name);
    }
    return left;
}

void remove_files(store::Store& store, const std::vector<store::Object>& objects,
                  std::vector<std::string>& left) {
    std::vector<store::Remove> removes;
    for (const store::Object& object : objects) {
        if (object.kind != store::Kind::folder) removes.push_back({.name = object.name, .result = {}});
    }
    store.remove_many(removes, {});
    for (const store::Remove& remove : removes) {
        if (!remove.result) left.push_back(remove.result.error().message());
    }
}

void remove_folders(store::Store& store, const std::vector<store::Object>& objects, const std::string& root,
                    std::vector<std::string>& left) {
    std::vector<std::string> folders = {root};
    for (const store::Object& object : objects) {
        if (object.kind == store::Kind::folder) folders.push_back(object.name);
    }
    // What lies in a folder has a longer name than the folder.
    std::ranges::sort(folders, std::ranges::greater(), &std::string::size);
    for (const std::string& folder : folders) {
        store::Remove remove{.name = folder, .folder = true, .result = {}};
        store.remove_many(std::span(&remove, 1), {});
        if (!remove.result) left.push_back(remove.result.error().message());
    }
}

}  // namespace

Result<Scratch> Scratch::choose(const store::Address& place, const store::OpenOptions& options) {
    const auto store = TRY(store::open_store(place, options));
    for (const std::string& folder : TRY(left_folders(*store))) {
        Scratch left(place, options, folder);
        if (const auto inner = store::open_store(place.child(folder), options))
            static_cast<void>(recall(**inner, *left.uploads_));
        static_cast<void>(left.remove());
    }
    // A process is no second time itself, and the token tells its examinations apart.
    return Scratch(
        place, options,
        std::string(kAbove) + "/" + process::owner_mark(process::self()) + "-" + random::token_hex(4));
}

Result<std::unique_ptr<store::Store>> Scratch::open() const {
    store::OpenOptions options = options_;
    options.create = true;
    return std::make_unique<RecordingStore>(TRY(store::open_store(place_.child(name_), options)), uploads_);
}

std::vector<std::string> Scratch::remove() {
    store::OpenOptions options = options_;
    options.stop = {};  // whoever asked to stop wants this all the same
    const std::string all = place_.child(name_).canonical();
    std::vector<std::string> left;
    const auto inner = store::open_store(place_.child(name_), options);
    if (inner) {
        for (const Error& error : uploads_->end_all(**inner)) left.push_back(error.message());
    }
    const auto outer = store::open_store(place_, options);
    if (!outer) return {all + ": " + outer.error().message()};
    const auto objects = store::list_folder(**outer, name_);
    if (!objects) return {all + ": " + objects.error().message()};
    remove_files(**outer, *objects, left);
    remove_folders(**outer, *objects, name_, left);
    // Refused where others are at work in it.
    store::Remove above{.name = std::string(kAbove), .folder = true, .result = {}};
    (*outer)->remove_many(std::span(&above, 1), {});
    // What the store says is believed only once it is seen.
    const auto still = store::list_folder(**outer, name_);
    if (left.empty() && still && !still->empty()) left.push_back(all + ": it is still there");
    return left;
}

}  // namespace haul::doctor

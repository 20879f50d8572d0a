#include "flow/doctor/scratch.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/random.h"
#include "store/store.h"

namespace haul::doctor {
namespace {

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
    while (true) {
        std::string name = ".haul-doctor-" + random::token_hex(4);
        const bool is_free =
            !TRY(store::find_object(*store, name)) && TRY(store::list_folder(*store, name)).empty();
        if (is_free) return Scratch(place, options, std::move(name));
    }
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
    // What the store says is believed only once it is seen.
    const auto still = store::list_folder(**outer, name_);
    if (left.empty() && still && !still->empty()) left.push_back(all + ": it is still there");
    return left;
}

}  // namespace haul::doctor

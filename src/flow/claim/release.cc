#include "flow/claim/release.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fault_point.h"
#include "flow/claim/claim_files.h"
#include "format/claim_record.h"

namespace haul::claim {
namespace {

std::string_view leaf_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_beat(const store::Object& object) {
    const std::string_view leaf = leaf_of(object.name);
    return object.name.size() == std::string_view(kOwnFolder).size() + 1 + leaf.size() &&
           format::beat_number(leaf).has_value();
}

void remove_now(store::Store& store, std::span<store::Remove> removes) {
    store.remove_many(removes, {});
    FAULT_POINT("claim.between_release");
}

// Only as they were listed: a successor that came meanwhile has files of the same kind.
Status remove_together(store::Store& store, const std::vector<const store::Object*>& objects) {
    if (objects.empty()) return {};
    std::vector<store::Remove> removes(objects.size());
    for (std::size_t i = 0; i < objects.size(); ++i) {
        removes[i].name = objects[i]->name;
        removes[i].version = objects[i]->version;
    }
    remove_now(store, removes);
    for (store::Remove& remove : removes) TRY(std::move(remove.result));
    return {};
}

// What is not empty stays: it belongs to others, or to a later sweep.
Status remove_if_empty(store::Store& store, const std::string& folder) {
    store::Remove remove;
    remove.name = folder;
    remove.folder = true;
    remove_now(store, std::span(&remove, 1));
    if (!remove.result && remove.result.error().code == Code::exists) return {};
    return std::move(remove.result);
}

Status remove_files(store::Store& store, const std::vector<store::Object>& objects) {
    std::vector<const store::Object*> files;
    for (const store::Object& object : objects) {
        if (is_beat(object) || is_scratch(object.name)) files.push_back(&object);
    }
    return remove_together(store, files);
}

Status remove_claims_below(store::Store& store, const std::vector<ClaimFile>& claims, std::uint64_t number) {
    for (const ClaimFile& claim : claims) {
        if (claim.number < number) TRY(remove_together(store, {&claim.object}));
    }
    return {};
}

// What a successor has is not ours to remove, nor anything else any more.
Status check_is_highest(store::Store& store, const std::vector<ClaimFile>& claims, std::uint64_t number) {
    if (claims.empty() || claims.back().number <= number) return {};
    return failure(make_error(Code::fenced, "end the claim of", store.capabilities().address,
                              "another has taken it over")
                       .with_remedy("another process goes on with this work"));
}

Status remove_folders(store::Store& store, const std::vector<store::Object>& objects) {
    std::vector<std::string> folders;
    for (const store::Object& object : objects) {
        if (object.kind == store::Kind::folder) folders.push_back(object.name);
    }
    // What lies in a folder has a longer name than the folder.
    std::ranges::sort(folders, std::ranges::greater(), &std::string::size);
    for (const std::string& folder : folders) TRY(remove_if_empty(store, folder));
    return {};
}

// What `.haul/` holds. A service's page may be an old one: where it lacks the claim that we hold, the claim's
// files are looked for by their names, a successor's among them.
Result<std::vector<store::Object>> own_files(store::Store& store, std::uint64_t number) {
    std::vector<store::Object> files = TRY(store::list_folder(store, kOwnFolder));
    if (shows_claim(files, number)) return files;
    TRY(add_by_name(store, claim_path(number + 1), files));
    for (std::uint64_t each = number; each > 0 && TRY(add_by_name(store, claim_path(each), files)); --each)
        TRY(add_by_name(store, beat_path(each), files));
    return files;
}

}  // namespace

Status remove_claims(store::Store& store, std::uint64_t number) {
    const std::vector<store::Object> objects = TRY(own_files(store, number));
    const std::vector<ClaimFile> claims = claims_among(objects);
    TRY(check_is_highest(store, claims, number));
    TRY(remove_files(store, objects));
    TRY(remove_claims_below(store, claims, number));
    TRY(remove_folders(store, objects));
    for (const ClaimFile& claim : claims) {
        if (claim.number == number) TRY(remove_together(store, {&claim.object}));
    }
    return remove_if_empty(store, kOwnFolder);
}

}  // namespace haul::claim

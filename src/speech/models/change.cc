#include "speech/models/change.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/random.h"
#include "base/units.h"
#include "speech/models/record.h"

namespace haul::speech {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWorkplace = ".new-";

// Of changes that were killed: ours is the only one there is.
void remove_workplaces(const std::string& folder) {
    std::error_code ignored;
    std::vector<std::string> left;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
        if (entry.path().filename().string().starts_with(kWorkplace)) left.push_back(entry.path().string());
    for (const std::string& path : left) static_cast<void>(file::remove_tree(AT_FDCWD, path));
}

}  // namespace

Result<Change> Change::begin(const std::string& folder) {
    TRY(file::make_folders(AT_FDCWD, folder, 0777));
    auto lock = file::lock(folder + "/.lock");
    if (!lock && lock.error().code == Code::busy)
        return failure(make_error(Code::busy, "change the models in", folder, "another process changes them")
                           .with_remedy("wait until it is done, and give the same command again"));
    if (!lock) return failure(std::move(lock).error());
    remove_workplaces(folder);
    Change change(folder, *std::move(lock));
    change.models_ = TRY(read_record(folder));
    const std::string name = std::string(kWorkplace) + random::token_hex(4);
    TRY(file::make_folders(AT_FDCWD, folder + "/" + name, 0700));
    change.workplace_ = folder + "/" + name;
    return change;
}

Change::Change(Change&& other) noexcept
    : folder_(std::move(other.folder_)),
      workplace_(std::exchange(other.workplace_, {})),
      lock_(std::move(other.lock_)),
      models_(std::move(other.models_)) {}

Change::~Change() {
    if (!workplace_.empty()) static_cast<void>(file::remove_tree(AT_FDCWD, workplace_));
}

Status Change::need(std::uint64_t bytes) const {
    const file::Fd folder = TRY(file::open_folder(folder_));
    const std::uint64_t free = TRY(file::free_bytes(folder.get()));
    if (free >= bytes) return {};
    return failure(make_error(Code::no_space, "make room for a model", folder_,
                              "it takes " + units::size_text(bytes) + " for a while, and " +
                                  units::size_text(free) + " are free")
                       .with_remedy("make room there, or name another folder of models"));
}

Result<Model> Change::put(const std::string& made, Model model) {
    // The name holds what the file is: one that is read under an old models.json never changes beneath it.
    const std::string name = model.id.name + "-" + model.id.sha256.substr(0, 12) + ".onnx";
    model.path = folder_ + "/" + name;
    TRY(file::rename_at(AT_FDCWD, made, AT_FDCWD, model.path, false));
    TRY(file::sync_folder(AT_FDCWD, folder_));
    std::erase_if(models_, [&](const Model& other) {
        return other.role == model.role && other.operators == model.operators &&
               (model.operators || other.id.name == model.id.name);
    });
    models_.push_back(model);
    TRY(write_record(folder_, models_));
    sweep();
    return model;
}

Result<bool> Change::take_out(Role role) {
    if (std::erase_if(models_, [&](const Model& one) { return one.operators && one.role == role; }) == 0)
        return false;
    TRY(write_record(folder_, models_));
    sweep();
    return true;
}

void Change::sweep() const {
    std::error_code ignored;
    std::vector<std::string> unnamed;
    for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
        const std::string path = folder_ + "/" + entry.path().filename().string();
        const bool named = std::ranges::any_of(models_, [&](const Model& one) { return one.path == path; });
        if (path.ends_with(".onnx") && !named) unnamed.push_back(path);
    }
    for (const std::string& path : unnamed) static_cast<void>(file::unlink_at(AT_FDCWD, path));
}

}  // namespace haul::speech

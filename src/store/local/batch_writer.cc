#include "store/local/batch_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/fault_point.h"
#include "base/random.h"
#include "store/local/attributes.h"
#include "store/local/status.h"

namespace haul::store::local {
namespace {

constexpr const char* kWrite = "write";
constexpr std::size_t kItemsPerChunk = 64;
constexpr std::string_view kHidden = ".haul-";

bool alive(const Write& write) { return write.result.has_value(); }

void about_to_sync() { FAULT_POINT("store.local.write_many.before_sync"); }

}  // namespace

BatchWriter::BatchWriter(Shared shared, std::span<Write> writes, const WriteOptions& options,
                         const std::stop_token& stop)
    : shared_(shared), stop_(stop), folders_(shared.root, kWrite) {
    items_.reserve(writes.size());
    for (Write& write : writes) items_.push_back({.write = &write});
    if (options.scratch.empty()) {
        scratch_leaf_ = fmt::format("tmp-{}-", random::token_hex(8));
        return;
    }
    const Split split = split_name(options.scratch);
    scratch_folder_ = split.folder;
    scratch_leaf_ = split.leaf;
    scratch_place_ = Place{};
}

BatchWriter::~BatchWriter() {
    for (std::size_t index = 0; index < items_.size(); ++index) {
        if (!items_[index].made) continue;
        std::shared_ptr<const Folder> keep;
        auto temporary = temporary_of(items_[index], index, folders_, keep);
        if (temporary.has_value()) ::unlinkat(temporary->folder, temporary->leaf.c_str(), 0);
    }
}

void BatchWriter::run() {
    check_requests();
    make_folders();
    write_temporaries();
    sync_temporaries();
    publish_all();
    finish_folders();
}

void BatchWriter::check_requests() {
    for (Item& item : items_) item.write->result = check_request(*item.write);
}

Status BatchWriter::check_request(const Write& write) const {
    const bool is_folder = write.kind == Kind::folder;
    if (!(is_folder && write.name == ".")) TRY(check_name(write.name, kWrite));
    const std::string subject = shared_.root.subject(write.name);
    if (!is_folder && write.kind != Kind::file && write.kind != Kind::symlink) {
        return failure(Code::usage, kWrite, subject, "only files, folders and symlinks can be written");
    }
    if (is_folder && write.condition.kind == Condition::Kind::replace) {
        return failure(Code::usage, kWrite, subject, "a folder has no version that could be replaced");
    }
    if (write.kind != Kind::symlink) return {};
    if (write.bytes.empty() || std::ranges::find(write.bytes, std::byte{0}) != write.bytes.end()) {
        return failure(Code::usage, kWrite, subject,
                       "the target of a symlink is empty or has a NUL byte in it");
    }
    return {};
}

void BatchWriter::make_folders() {
    const auto is_file = [](const Item& item) { return item.write->kind == Kind::file; };
    const auto files = static_cast<std::size_t>(std::ranges::count_if(items_, is_file));
    whole_ = shared_.durability.begin(shared_.root);
    sync_each_ = !whole_.valid() || !shared_.durability.prefers_whole(files);
    root_place_ = place_of(shared_.root.fd());
    for (Item& item : items_) {
        if (stop_.stop_requested()) return;
        if (alive(*item.write)) item.write->result = prepare(item);
    }
}

Status BatchWriter::prepare(Item& item) {
    if (item.write->kind == Kind::folder) return make_folder(*item.write);
    const auto made = [this](std::string_view parent) {
        if (auto folder = folders_.get(parent)) touch(**folder);
    };
    const Split split = split_name(item.write->name);
    const auto parent = TRY(folders_.make(split.folder, made));
    item.own_sync = sync_each_ || parent->place != root_place_;
    item.where = Temporary::beside;
    if (!scratch_place_) return {};
    if (*scratch_place_ == Place{}) {
        const auto scratch = TRY(folders_.make(scratch_folder_, made));
        scratch_place_ = scratch->place;
    }
    if (*scratch_place_ == parent->place) item.where = Temporary::in_scratch;
    return {};
}

Status BatchWriter::make_folder(Write& write) {
    const auto made = [this](std::string_view parent) {
        if (auto folder = folders_.get(parent)) touch(**folder);
    };
    if (write.name == ".") return {};
    const std::string subject = shared_.root.subject(write.name);
    const Split split = split_name(write.name);
    const auto parent = TRY(folders_.make(split.folder, made));
    touch(*parent);
    // Entries are still to be made in it: what takes that from its owner is set at the end.
    const ::mode_t mode = (write.attributes.mode.value_or(0777) & 0777U) | 0700U;
    if (::mkdirat(parent->fd.get(), std::string(split.leaf).c_str(), mode) == 0) return {};
    if (errno != EEXIST) return failure(path_error(errno, kWrite, subject));
    struct ::stat status{};
    const bool there =
        ::fstatat(parent->fd.get(), std::string(split.leaf).c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    const bool is_folder = there && S_ISDIR(status.st_mode);
    if (is_folder && write.condition.kind != Condition::Kind::create_only) return {};
    return failure(
        Code::exists, kWrite, subject,
        is_folder ? "the folder is there already" : "something that is no folder is there already");
}

void BatchWriter::touch(const Folder& folder) {
    if (!touched_.contains(folder.path)) touched_.emplace(folder.path, folder.place);
}

Result<Entry> BatchWriter::temporary_of(const Item& item, std::size_t index, Folders& folders,
                                        std::shared_ptr<const Folder>& keep) const {
    const bool in_scratch = item.where == Temporary::in_scratch;
    keep = TRY(
        folders.get(in_scratch ? std::string_view(scratch_folder_) : split_name(item.write->name).folder));
    const std::string_view hidden = in_scratch ? std::string_view() : kHidden;
    return Entry{.folder = keep->fd.get(), .leaf = fmt::format("{}{}{}", hidden, scratch_leaf_, index)};
}

void BatchWriter::write_temporaries() {
    const std::size_t chunks = (items_.size() + kItemsPerChunk - 1) / kItemsPerChunk;
    shared_.workers.run(chunks, [this](std::size_t chunk) {
        Folders folders(shared_.root, kWrite);
        const std::size_t end = std::min(items_.size(), (chunk + 1) * kItemsPerChunk);
        for (std::size_t index = chunk * kItemsPerChunk; index < end; ++index) {
            Item& item = items_[index];
            if (stop_.stop_requested()) return;
            if (item.where == Temporary::none || !alive(*item.write)) continue;
            item.write->result = write_temporary(item, index, folders);
        }
    });
    if (stop_.stop_requested()) interrupt_rest();
}

Status BatchWriter::write_temporary(Item& item, std::size_t index, Folders& folders) {
    std::shared_ptr<const Folder> keep;
    const Entry temporary = TRY(temporary_of(item, index, folders, keep));
    const std::string subject = shared_.root.subject(item.write->name);
    return item.write->kind == Kind::symlink ? write_symlink(item, temporary, subject)
                                             : write_file(item, temporary, subject);
}

Status BatchWriter::write_file(Item& item, const Entry& temporary, const std::string& subject) {
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    // With its own mode from the first moment: nobody reads it who may not, and mostly nothing is left to
    // set.
    const ::mode_t mode = item.write->attributes.mode.value_or(0666) & 0777U;
    int fd = ::openat(temporary.folder, temporary.leaf.c_str(), flags, mode);
    if (fd < 0 && errno == EEXIST) {
        // Left by a process that died: temporaries belong to the caller alone, so it is nobody else's.
        ::unlinkat(temporary.folder, temporary.leaf.c_str(), 0);
        fd = ::openat(temporary.folder, temporary.leaf.c_str(), flags, mode);
    }
    if (fd < 0) return failure(path_error(errno, kWrite, subject));
    file::Fd file(fd);
    item.made = true;
    const Write& write = *item.write;
    TRY(file::write_all(fd, write.bytes, 0, subject));
    item.write->written = weak_version(TRY(set_new_attributes(fd, write.attributes, subject)));
    if (item.own_sync) {
        about_to_sync();
        auto synced = file::sync_file(fd, subject);
        if (!synced.has_value()) {
            const std::lock_guard lock(sync_mutex_);
            if (!sync_error_) sync_error_ = synced.error();
            return synced;
        }
    }
    return file.close(subject);
}

Status BatchWriter::write_symlink(Item& item, const Entry& temporary, const std::string& subject) {
    const Write& write = *item.write;
    const std::string target(reinterpret_cast<const char*>(write.bytes.data()), write.bytes.size());
    int made = ::symlinkat(target.c_str(), temporary.folder, temporary.leaf.c_str());
    if (made != 0 && errno == EEXIST) {
        ::unlinkat(temporary.folder, temporary.leaf.c_str(), 0);
        made = ::symlinkat(target.c_str(), temporary.folder, temporary.leaf.c_str());
    }
    if (made != 0) return failure(path_error(errno, kWrite, subject));
    item.made = true;
    return set_link_attributes(temporary.folder, temporary.leaf, write.attributes, subject);
}

void BatchWriter::sync_temporaries() {
    if (sync_error_) return fail_batch(*sync_error_);
    const bool any = std::ranges::any_of(
        items_, [](const Item& item) { return item.made && !item.own_sync && alive(*item.write); });
    if (!any || sync_each_) return;
    about_to_sync();
    auto synced = shared_.durability.sync_whole(whole_.get(), shared_.root.path());
    if (!synced.has_value()) fail_batch(synced.error());
}

void BatchWriter::publish_all() {
    FAULT_POINT("store.local.write_many.before_rename");
    for (std::size_t index = 0; index < items_.size(); ++index) {
        Item& item = items_[index];
        if (!item.made || !alive(*item.write)) continue;
        if (stop_.stop_requested()) return interrupt_rest();
        item.write->result = publish_one(item, index);
        FAULT_POINT("store.local.write_many.between_renames");
    }
    FAULT_POINT("store.local.write_many.after_rename");
}

Status BatchWriter::publish_one(Item& item, std::size_t index) {
    const Write& write = *item.write;
    const std::string subject = shared_.root.subject(write.name);
    std::shared_ptr<const Folder> keep;
    const Entry temporary = TRY(temporary_of(item, index, folders_, keep));
    const Split split = split_name(write.name);
    const auto parent = TRY(folders_.get(split.folder));
    TRY(publish(temporary, {.folder = parent->fd.get(), .leaf = std::string(split.leaf)}, write.condition,
                subject));
    item.made = false;
    item.published = true;
    touch(*parent);
    return {};
}

void BatchWriter::finish_folders() {
    const auto with_attributes = std::ranges::count_if(
        items_, [](const Item& item) { return item.write->kind == Kind::folder && alive(*item.write); });
    const std::size_t changes = touched_.size() + static_cast<std::size_t>(with_attributes);
    const bool whole = whole_.valid() && shared_.durability.prefers_whole(changes);
    // Synced one by one, entries come first: a folder's new mode may keep even us from opening it again.
    Status done = whole ? Status() : sync_touched(false);
    if (done.has_value()) done = set_folder_attributes(whole);
    if (done.has_value() && whole) done = sync_touched(true);
    if (!done.has_value()) fail_batch(done.error());
}

Status BatchWriter::sync_touched(bool whole) {
    if (whole) TRY(shared_.durability.sync_whole(whole_.get(), shared_.root.path()));
    for (const auto& [path, place] : touched_) {
        if (whole && place == root_place_) continue;
        const auto folder = TRY(folders_.get(path));
        TRY(sync_folder(shared_.root, *folder));
    }
    return {};
}

Status BatchWriter::set_folder_attributes(bool whole) {
    std::vector<Write*> folders;
    for (const Item& item : items_) {
        if (item.write->kind == Kind::folder && alive(*item.write)) folders.push_back(item.write);
    }
    // The deepest first: a folder's new mode may close the way to those in it.
    std::ranges::sort(folders, std::ranges::greater(), [](const Write* write) { return write->name.size(); });
    for (Write* write : folders) {
        const std::string subject = shared_.root.subject(write->name);
        auto folder = folders_.get(write->name);
        if (!folder.has_value()) {
            write->result = failure(std::move(folder).error());
            continue;
        }
        write->result = set_attributes((*folder)->fd.get(), write->attributes, subject);
        if (!alive(*write) || (whole && (*folder)->place == root_place_)) continue;
        TRY(sync_folder(shared_.root, **folder));
    }
    return {};
}

void BatchWriter::interrupt_rest() {
    for (Item& item : items_) {
        if (item.published || !alive(*item.write)) continue;
        item.write->result =
            failure(Code::interrupted, kWrite, shared_.root.subject(item.write->name), "stopped on request");
    }
}

void BatchWriter::fail_batch(const Error& error) {
    for (Item& item : items_) {
        if (alive(*item.write)) item.write->result = failure(error);
    }
}

}  // namespace haul::store::local

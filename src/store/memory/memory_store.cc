#include "store/memory/memory_store.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "store/memory/memory_upload.h"

namespace haul::store::memory {
namespace {

Object folder_object(const std::string& name) {
    Object object;
    object.name = name;
    object.kind = Kind::folder;
    return object;
}

bool is_root(const std::string& name) { return name.empty() || name == "."; }

class MemoryListing final : public Listing {
  public:
    MemoryListing(std::shared_ptr<Place> place, const ListRequest& request, std::size_t page_objects)
        : place_(std::move(place)), page_objects_(page_objects), cursor_(request.after) {
        name_ = is_root(request.prefix) ? "." : request.prefix;
        prefix_ = is_root(request.prefix) ? "" : request.prefix + "/";
    }

    Result<Page> next(const std::stop_token& stop) override {
        if (stop.stop_requested()) {
            return failure(Code::interrupted, "list", place_->subject(name_), "stopped on request");
        }
        const std::lock_guard lock(place_->mutex);
        Page page;
        if (cursor_.empty()) {
            const Entry* own = name_ == "." ? nullptr : place_->find(name_);
            page.objects.push_back(own == nullptr ? folder_object(name_) : own->object);
            cursor_ = own_key();
        }
        // The root's key is a name that no object has: everything lies behind it.
        auto at = place_->entries.upper_bound(cursor_ == "./" ? std::string() : cursor_);
        const auto beneath = [&] { return at != place_->entries.end() && at->first.starts_with(prefix_); };
        for (; beneath() && page.objects.size() < page_objects_; ++at) {
            page.objects.push_back(at->second.object);
            cursor_ = at->first;
        }
        page.last = !beneath();
        page.cursor = cursor_;
        return page;
    }

  private:
    [[nodiscard]] std::string own_key() const { return name_ + "/"; }

    std::shared_ptr<Place> place_;
    std::size_t page_objects_;
    std::string name_, prefix_, cursor_;
};

}  // namespace

MemoryStore::MemoryStore(const MemoryOptions& options)
    : place_(std::make_shared<Place>()), page_objects_(options.page_objects) {
    place_->address = options.address;
    place_->habits = options.habits;
    place_->strict = options.strict;
    place_->min_piece = options.min_piece;
    place_->max_pieces = options.max_pieces;
}

Capabilities MemoryStore::capabilities() const {
    Capabilities can;
    can.address = place_->address;
    can.replace_if = true;
    can.full_object_checksum = place_->habits.object_checksums;
    can.ranged_copy = true;
    can.lists_pieces = true;
    can.durable_pieces = true;
    can.keeps_modes = !place_->strict;
    can.any_names = place_->strict;
    can.min_piece = place_->min_piece;
    can.max_pieces = place_->max_pieces;
    can.keeps_metadata = true;
    return can;
}

Result<std::unique_ptr<Listing>> MemoryStore::list(const ListRequest& request) {
    if (!is_root(request.prefix)) {
        TRY(place_->check_name(request.prefix, "list"));
        const std::string folder = request.prefix + "/";
        const std::lock_guard lock(place_->mutex);
        const auto first = place_->entries.lower_bound(folder);
        if (first == place_->entries.end() || !first->first.starts_with(folder)) {
            return failure(Code::not_found, "list", place_->subject(request.prefix),
                           "there is no such folder");
        }
        if (!request.after.empty() && !request.after.starts_with(folder)) {
            return failure(Code::usage, "list", place_->subject(request.prefix),
                           "the cursor is of another listing");
        }
    }
    return std::unique_ptr<Listing>(std::make_unique<MemoryListing>(place_, request, page_objects_));
}

Result<Stat> MemoryStore::stat(const StatRequest& request) {
    Stat answer;
    if (request.want_clock) {
        const std::lock_guard lock(place_->mutex);
        answer.store_clock_ns = place_->now();
    }
    if (request.name == ".") {
        answer.object = folder_object(".");
        return answer;
    }
    TRY(place_->check_name(request.name, "stat"));
    const std::lock_guard lock(place_->mutex);
    const Entry* entry = place_->find(request.name);
    if (entry == nullptr && place_->strict && place_->is_folder(request.name)) {
        answer.object = folder_object(request.name);
        return answer;
    }
    if (entry == nullptr) {
        return failure(Code::not_found, "stat", place_->subject(request.name), "there is no such object");
    }
    answer.object = entry->object;
    return answer;
}

void MemoryStore::read_many(std::span<Read> reads, const std::stop_token& stop) {
    for (Read& read : reads) {
        read.result = stop.stop_requested() ? failure(Code::interrupted, "read", place_->subject(read.name),
                                                      "stopped on request")
                                            : this->read(read);
    }
}

Status MemoryStore::read(Read& read) {
    TRY(place_->check_name(read.name, "read"));
    const std::lock_guard lock(place_->mutex);
    const std::string subject = place_->subject(read.name);
    const Entry* entry = place_->find(read.name);
    if (entry == nullptr) return failure(Code::not_found, "read", subject, "there is no such object");
    if (entry->object.kind != Kind::file) return failure(Code::unsupported, "read", subject, "it is no file");
    if (!read.version.tag.empty() && read.version != entry->object.version) {
        return failure(Code::changed, "read", subject, "it was changed since it was listed");
    }
    const std::string& bytes = entry->bytes;
    if (read.offset > bytes.size() || read.into.size() > bytes.size() - read.offset) {
        return failure(Code::changed, "read", subject, "it is shorter than the range asked for");
    }
    if (!read.into.empty()) std::memcpy(read.into.data(), bytes.data() + read.offset, read.into.size());
    read.seen = entry->object.version;
    if (read.want_attributes) read.attributes = entry->object.attributes;
    return {};
}

void MemoryStore::write_many(std::span<Write> writes, const WriteOptions&, const std::stop_token& stop) {
    for (Write& write : writes) {
        write.result = stop.stop_requested() ? failure(Code::interrupted, "write",
                                                       place_->subject(write.name), "stopped on request")
                                             : this->write(write);
    }
}

Status MemoryStore::write(Write& write) {
    if (write.kind == Kind::folder && write.name == ".") return {};
    TRY(place_->check_name(write.name, "write"));
    const std::string subject = place_->subject(write.name);
    if (place_->strict && write.kind == Kind::symlink)
        return failure(Code::unsupported, "write", subject, "it holds no symlinks");
    if (write.kind == Kind::other || write.kind == Kind::unreadable) {
        return failure(Code::usage, "write", subject, "only files, folders and symlinks can be written");
    }
    const std::lock_guard lock(place_->mutex);
    const bool own_key = place_->strict && write.kind == Kind::folder;
    TRY(place_->check(own_key ? write.name + "/" : write.name, write.condition));
    std::string bytes(reinterpret_cast<const char*>(write.bytes.data()), write.bytes.size());
    write.written = place_->put(write.name, write.kind, std::move(bytes), write.attributes).version;
    return {};
}

Result<std::unique_ptr<Upload>> MemoryStore::open_upload(const UploadRequest& request) {
    return MemoryUpload::open(place_, request);
}

Result<std::vector<PendingUpload>> MemoryStore::uploads_of(const std::string& name) {
    TRY(place_->check_name(name, "list uploads"));
    const std::lock_guard lock(place_->mutex);
    std::vector<PendingUpload> all;
    for (const auto& [id, upload] : place_->uploads) {
        if (upload.request.name == name) all.push_back({.name = name, .id = id});
    }
    return all;
}

void MemoryStore::remove_many(std::span<Remove> removes, const std::stop_token& stop) {
    for (Remove& remove : removes) {
        remove.result = stop.stop_requested() ? failure(Code::interrupted, "remove",
                                                        place_->subject(remove.name), "stopped on request")
                                              : this->remove(remove);
    }
}

Status MemoryStore::remove(const Remove& remove) {
    TRY(place_->check_name(remove.name, "remove"));
    const std::lock_guard lock(place_->mutex);
    const std::string subject = place_->subject(remove.name);
    const std::string key = remove.folder ? remove.name + "/" : remove.name;
    const auto found = place_->entries.find(key);
    if (remove.folder) {
        const auto next = place_->entries.upper_bound(key);
        if (next != place_->entries.end() && next->first.starts_with(key)) {
            return failure(Code::exists, "remove", subject, "the folder is not empty");
        }
    }
    if (found == place_->entries.end()) return {};
    if (!remove.version.tag.empty() && remove.version != found->second.object.version) {
        return failure(Code::changed, "remove", subject, "it is no longer the version that was asked for");
    }
    place_->entries.erase(found);
    return {};
}

}  // namespace haul::store::memory

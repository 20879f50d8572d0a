#include "store/store.h"

#include <algorithm>
#include <utility>

namespace haul::store {
namespace {

constexpr const char* kBadName =
    "not a name: elements joined by `/`, none of them empty, `.` or `..`, and no NUL byte";

Status write_one(Store& store, const std::string& name, std::string_view bytes, Condition::Kind condition,
                 const std::string& scratch) {
    Write write;
    write.name = name;
    write.bytes = std::as_bytes(std::span(bytes));
    write.condition.kind = condition;
    write.is_record = true;
    store.write_many(std::span(&write, 1), {.scratch = scratch}, {});
    return std::move(write.result);
}

Result<std::optional<Object>> found_by(Result<Stat> looked) {
    if (looked.has_value()) return std::optional<Object>(std::move(looked->object));
    if (looked.error().code == Code::not_found) return std::optional<Object>();
    return failure(std::move(looked).error());
}

}  // namespace

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::file:
            return "file";
        case Kind::folder:
            return "folder";
        case Kind::symlink:
            return "symlink";
        case Kind::other:
            return "other";
        case Kind::unreadable:
            return "unreadable";
    }
    return "other";
}

Status check_name(std::string_view name, std::string_view operation) {
    std::string_view rest = name;
    bool good = !rest.empty() && !rest.ends_with('/') && !name.contains('\0');
    while (good && !rest.empty()) {
        const std::string_view element = rest.substr(0, rest.find('/'));
        good = !element.empty() && element != "." && element != "..";
        rest.remove_prefix(std::min(rest.size(), element.size() + 1));
    }
    if (good) return {};
    return failure(Code::usage, std::string(operation), std::string(name), kBadName);
}

Result<std::string> read_object(Store& store, const std::string& name, std::uint64_t limit,
                                const std::stop_token& stop) {
    const Stat found = TRY(store.stat({.name = name}));
    if (found.object.kind != Kind::file) {
        return failure(Code::unsupported, "read", name, "it is a " + std::string(name_of(found.object.kind)));
    }
    if (found.object.size > limit) return failure(Code::corrupt, "read", name, "it is longer than it may be");
    std::string text(found.object.size, '\0');
    Read read;
    read.name = name;
    read.version = found.object.version;
    read.into = std::as_writable_bytes(std::span(text));
    store.read_many(std::span(&read, 1), stop);
    TRY(std::move(read.result));
    return text;
}

Status read_through(Store& store, const std::string& name, std::uint64_t size, std::uint64_t at_once,
                    const Sink& sink, const std::stop_token& stop) {
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(size, at_once)));
    Version version;
    for (std::uint64_t at = 0; at < size;) {
        Read read;
        read.name = name;
        read.version = version;
        read.offset = at;
        read.into = std::span(buffer).first(
            static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size - at)));
        store.read_many(std::span(&read, 1), stop);
        TRY(std::move(read.result));
        version = std::move(read.seen);
        TRY(sink(read.into));
        at += read.into.size();
    }
    return {};
}

namespace {

Status remove_what_is_listed(Store& store, const std::string& folder, const std::stop_token& stop) {
    std::vector<Remove> removes;
    for (Object& object : TRY(list_folder(store, folder, stop))) {
        if (object.kind == Kind::folder) continue;
        Remove remove;
        remove.name = std::move(object.name);
        remove.version = std::move(object.version);
        removes.push_back(std::move(remove));
    }
    store.remove_many(removes, stop);
    for (Remove& remove : removes) TRY(std::move(remove.result));
    Remove itself;
    itself.name = folder;
    itself.folder = true;
    store.remove_many(std::span(&itself, 1), stop);
    return std::move(itself.result);
}

}  // namespace

Status remove_folder(Store& store, const std::string& folder, const std::stop_token& stop) {
    // A service's page may be an old one: what it did not show, or still shows, is looked for once more.
    constexpr int kLooks = 3;
    Status gone = remove_what_is_listed(store, folder, stop);
    for (int look = 1; look < kLooks && !gone && gone.error().code == Code::exists; ++look)
        gone = remove_what_is_listed(store, folder, stop);
    return gone;
}

Status create_object(Store& store, const std::string& name, std::string_view bytes,
                     const std::string& scratch) {
    return write_one(store, name, bytes, Condition::Kind::create_only, scratch);
}

Status replace_object(Store& store, const std::string& name, std::string_view bytes,
                      const std::string& scratch) {
    return write_one(store, name, bytes, Condition::Kind::none, scratch);
}

Status remove_object(Store& store, const std::string& name) {
    Remove remove;
    remove.name = name;
    store.remove_many(std::span(&remove, 1), {});
    return std::move(remove.result);
}

Result<std::optional<Object>> find_object(Store& store, const std::string& name) {
    return found_by(store.stat({.name = name}));
}

Result<std::optional<Object>> find_file(Store& store, const std::string& name) {
    return found_by(store.stat({.name = name, .only_objects = true}));
}

Status check_answers(Store& store) {
    auto seen = store.stat({.name = "."});
    if (seen || seen.error().code == Code::not_found) return {};
    return failure(std::move(seen).error());
}

Result<bool> is_folder_there(Store& store, const std::string& folder, const std::stop_token& stop) {
    if (TRY(find_object(store, folder))) return true;
    const auto absent = [](const Error& error) { return error.code == Code::not_found; };
    auto listing = store.list({.prefix = folder, .after = {}});
    if (!listing.has_value() && absent(listing.error())) return false;
    if (!listing.has_value()) return failure(std::move(listing).error());
    for (;;) {
        auto page = (*listing)->next(stop);
        if (!page.has_value() && absent(page.error())) return false;
        if (!page.has_value()) return failure(std::move(page).error());
        for (const Object& object : page->objects) {
            if (object.name != folder) return true;
        }
        if (page->last) return false;
    }
}

Result<std::vector<Object>> list_folder(Store& store, const std::string& folder,
                                        const std::stop_token& stop) {
    std::vector<Object> all;
    const auto absent = [](const Error& error) { return error.code == Code::not_found; };
    auto listing = store.list({.prefix = folder, .after = {}});
    if (!listing.has_value() && absent(listing.error())) return all;
    if (!listing.has_value()) return failure(std::move(listing).error());
    const std::string own = folder.empty() ? "." : folder;
    for (;;) {
        auto page = (*listing)->next(stop);
        if (!page.has_value() && absent(page.error()) && all.empty()) return all;
        if (!page.has_value()) return failure(std::move(page).error());
        for (Object& object : page->objects) {
            const bool itself = object.name == own && object.kind == Kind::folder;
            if (!itself) all.push_back(std::move(object));
        }
        if (page->last) return all;
    }
}

}  // namespace haul::store

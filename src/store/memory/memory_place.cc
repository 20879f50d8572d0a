#include "store/memory/memory_place.h"

#include <fmt/format.h>

#include <span>
#include <utility>

#include "base/clock.h"
#include "base/digest.h"

namespace haul::store::memory {

std::string Place::subject(std::string_view name) const { return fmt::format("{}/{}", address, name); }

Status Place::check_name(std::string_view name, std::string_view operation) const {
    if (!strict) return store::check_name(name, operation);
    if (!name.empty() && name != "." && !name.contains('\0')) return {};
    return failure(Code::usage, std::string(operation), subject(name), "not a name of an object");
}

bool Place::is_folder(const std::string& name) const {
    const auto first = entries.lower_bound(name + "/");
    return first != entries.end() && first->first.starts_with(name + "/");
}

Entry* Place::find(std::string_view name) {
    for (const char* mark : {"", "/"}) {
        if (strict && *mark != '\0') break;
        const auto found = entries.find(std::string(name) + mark);
        if (found != entries.end()) return &found->second;
    }
    return nullptr;
}

Status Place::check(const std::string& name, const Condition& condition) {
    const Entry* there = find(name);
    if (condition.kind == Condition::Kind::create_only && there != nullptr) {
        return failure(Code::exists, "write", subject(name), "something of this name is there already");
    }
    if (condition.kind != Condition::Kind::replace || condition.version.tag.empty()) return {};
    if (there != nullptr && there->object.version == condition.version) return {};
    return failure(Code::changed, "write", subject(name), "it is no longer the version that was asked for");
}

std::int64_t Place::now() const {
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t time = habits.clock_ns != 0 ? habits.clock_ns : clock::wall().count();
    return habits.whole_seconds ? time / second * second : time;
}

Object& Place::put(const std::string& name, Kind kind, std::string bytes, const Attributes& attributes) {
    Entry entry;
    entry.object.name = name;
    entry.object.kind = kind;
    entry.object.attributes = attributes;
    if (strict) {
        entry.object.attributes = {};
        entry.object.attributes.content_type = attributes.content_type;
        entry.object.attributes.metadata = attributes.metadata;
    }
    if (strict || !attributes.mtime_ns) entry.object.attributes.mtime_ns = now();
    ++last_version;
    entry.object.version.tag =
        habits.content_tags ? digest::sha256_hex(bytes) : fmt::format("v{}", last_version);
    if (kind == Kind::symlink) entry.object.target = bytes;
    if (kind == Kind::file) {
        entry.object.size = bytes.size();
        if (habits.object_checksums) entry.object.crc32 = digest::crc32(0, std::as_bytes(std::span(bytes)));
    }
    entry.bytes = std::move(bytes);
    const std::string key = kind == Kind::folder ? name + "/" : name;
    return entries.insert_or_assign(key, std::move(entry)).first->second.object;
}

}  // namespace haul::store::memory

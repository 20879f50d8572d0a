#include "flow/set/against.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/digest.h"

namespace haul::set {
namespace {

constexpr std::uint64_t kReadAtOnce = 8ULL << 20U;

zip::Kind kind_of(store::Kind kind) {
    if (kind == store::Kind::folder) return zip::Kind::folder;
    return kind == store::Kind::symlink ? zip::Kind::symlink : zip::Kind::file;
}

// What differs without reading contents; empty: nothing.
std::string differs(const format::Member& member, const store::Object& object) {
    if (object.kind == store::Kind::unreadable || object.kind == store::Kind::other)
        return "the source has no file there";
    if (kind_of(object.kind) != member.kind) return "the source has another kind of thing there";
    if (member.kind == zip::Kind::symlink && object.target != member.target)
        return "the source's symlink leads elsewhere";
    if (member.kind != zip::Kind::symlink && member.mode && object.attributes.mode &&
        *member.mode != *object.attributes.mode) {
        return fmt::format("the source has mode {:04o}, the set {:04o}", *object.attributes.mode,
                           *member.mode);
    }
    if (member.kind != zip::Kind::file) return {};
    if (object.size != member.size)
        return fmt::format("the source has {} bytes, the set {}", object.size, member.size);
    if (member.mtime_ns && object.attributes.mtime_ns && *member.mtime_ns != *object.attributes.mtime_ns) {
        return "the source's file has another modification time";
    }
    return {};
}

struct Sums {
    std::uint32_t crc32 = 0;
    std::string digest;
};

Result<Sums> read_sums(store::Store& source, const format::Member& member, digest::Algorithm algorithm,
                       const std::stop_token& stop) {
    Sums sums;
    digest::Hasher hasher(algorithm);
    const auto take = [&](std::span<const std::byte> bytes) -> Status {
        sums.crc32 = digest::crc32(sums.crc32, bytes);
        hasher.update(bytes);
        return {};
    };
    TRY(store::read_through(source, member.path, member.size, kReadAtOnce, take, stop));
    sums.digest = digest::text(algorithm, hasher.finish());
    return sums;
}

Result<std::string> contents_differ(store::Store& source, const format::Member& member,
                                    const std::stop_token& stop) {
    const auto parsed = digest::parse(member.digest);
    const digest::Algorithm algorithm = parsed ? parsed->algorithm : digest::Algorithm::none;
    const Sums sums = TRY(read_sums(source, member, algorithm, stop));
    if (member.crc32 && sums.crc32 != *member.crc32)
        return std::string("the source's contents have another CRC-32");
    if (parsed && sums.digest != member.digest)
        return std::string("the source's contents have another digest");
    return std::string();
}

}  // namespace

Status compare_with_source(store::Store& set, const format::SetRecord& record, store::Store& source,
                           const std::function<void(Finding)>& tell, const std::stop_token& stop) {
    return for_each_member(
        set, record,
        [&](const format::PartRecord& part, const format::Member& member) -> Status {
            const auto object = TRY(store::find_object(source, member.path));
            std::string what = object ? differs(member, *object) : "the source does not have it any more";
            if (what.empty() && member.kind == zip::Kind::file) {
                auto contents = contents_differ(source, member, stop);
                if (!contents && contents.error().code == Code::interrupted)
                    return failure(std::move(contents).error());
                what = contents ? *contents : contents.error().message();
            }
            if (!what.empty()) tell({part.name, member.offset, member.path, std::move(what), true});
            return {};
        },
        stop);
}

}  // namespace haul::set

#include "flow/set/against.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "store/side_by_side.h"

namespace haul::set {
namespace {

constexpr std::uint64_t kReadAtOnce = 8ULL << 20U;
constexpr std::uint64_t kReadFromService = 4ULL << 20U;  // of each of several members

zip::Kind kind_of(store::Kind kind) {
    if (kind == store::Kind::folder) return zip::Kind::folder;
    return kind == store::Kind::symlink ? zip::Kind::symlink : zip::Kind::file;
}

// A service's time says when the object was written there, whatever it holds: files that were unpacked or
// copied there have another. There the contents decide, which are read in any case.
bool other_time(const format::Member& member, const store::Object& object, bool service) {
    return !service && member.mtime_ns && object.attributes.mtime_ns &&
           *member.mtime_ns != *object.attributes.mtime_ns;
}

// What differs without reading contents; empty: nothing.
std::string differs(const format::Member& member, const store::Object& object, bool service) {
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
    if (other_time(member, object, service)) return "the source's file has another modification time";
    return {};
}

struct Sums {
    std::uint32_t crc32 = 0;
    std::string digest;
};

Result<Sums> read_sums(store::Store& source, const format::Member& member, digest::Algorithm algorithm,
                       std::uint64_t at_once, const std::stop_token& stop) {
    Sums sums;
    digest::Hasher hasher(algorithm);
    const auto take = [&](std::span<const std::byte> bytes) -> Status {
        sums.crc32 = digest::crc32(sums.crc32, bytes);
        hasher.update(bytes);
        return {};
    };
    TRY(store::read_through(source, member.path, member.size, at_once, take, stop));
    sums.digest = digest::text(algorithm, hasher.finish());
    return sums;
}

Result<std::string> contents_differ(store::Store& source, const format::Member& member, std::uint64_t at_once,
                                    const std::stop_token& stop) {
    const auto parsed = digest::parse(member.digest);
    const digest::Algorithm algorithm = parsed ? parsed->algorithm : digest::Algorithm::none;
    const Sums sums = TRY(read_sums(source, member, algorithm, at_once, stop));
    if (member.crc32 && sums.crc32 != *member.crc32)
        return std::string("the source's contents have another CRC-32");
    if (parsed && sums.digest != member.digest)
        return std::string("the source's contents have another digest");
    return std::string();
}

// What differs between the member and the source; empty: nothing.
Result<std::string> compare(store::Store& source, const format::Member& member, bool service,
                            std::uint64_t at_once, const std::stop_token& stop) {
    const auto object = TRY(store::find_object(source, member.path));
    std::string what = object ? differs(member, *object, service) : "the source does not have it any more";
    if (!what.empty() || member.kind != zip::Kind::file) return what;
    auto contents = contents_differ(source, member, at_once, stop);
    if (!contents && contents.error().code == Code::interrupted) return failure(std::move(contents).error());
    return contents ? *contents : contents.error().message();
}

// Members in the order of the set, several compared at once where the source is a service.
class Comparison {
  public:
    Comparison(store::Store& source, const std::function<void(Finding)>& tell, std::stop_token stop)
        : source_(source), tell_(tell), stop_(std::move(stop)) {
        const store::Capabilities can = source.capabilities();
        service_ = store::is_service(can);
        threads_ = store::calls_at_once(can);
    }

    Status add(const format::PartRecord& part, const format::Member& member) {
        waiting_.push_back({part.name, member});
        return waiting_.size() < kChunk * threads_ ? Status() : compare_all();
    }
    Status compare_all() {
        const std::uint64_t at_once = service_ ? kReadFromService : kReadAtOnce;
        std::vector<Result<std::string>> found(waiting_.size());
        store::side_by_side(found.size(), threads_, [&](std::size_t at) {
            found[at] = compare(source_, waiting_[at].member, service_, at_once, stop_);
        });
        for (std::size_t at = 0; at < found.size(); ++at) {
            Waiting& one = waiting_[at];
            std::string what = TRY(std::move(found[at]));
            if (!what.empty()) tell_({one.part, one.member.offset, one.member.path, std::move(what), true});
        }
        waiting_.clear();
        return {};
    }

  private:
    static constexpr std::size_t kChunk = 16;  // members a thread: the slowest of them is waited for
    struct Waiting {
        std::string part;
        format::Member member;
    };
    store::Store& source_;
    const std::function<void(Finding)>& tell_;
    std::stop_token stop_;
    bool service_ = false;
    std::size_t threads_ = 1;
    std::vector<Waiting> waiting_;
};

}  // namespace

Status compare_with_source(store::Store& set, const format::SetRecord& record, store::Store& source,
                           const std::function<void(Finding)>& tell, const std::stop_token& stop) {
    Comparison comparison(source, tell, stop);
    TRY(for_each_member(
        set, record,
        [&](const format::PartRecord& part, const format::Member& member) {
            return comparison.add(part, member);
        },
        stop));
    return comparison.compare_all();
}

}  // namespace haul::set

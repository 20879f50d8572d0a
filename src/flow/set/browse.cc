// ls and cat.
#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/glob.h"
#include "flow/set/read_ahead.h"
#include "flow/set/read_range.h"
#include "flow/set/verify.h"
#include "store/side_by_side.h"

namespace haul::set {
namespace {

constexpr std::uint64_t kWholeBelow = 64ULL << 20U;
constexpr std::uint64_t kReadAtOnce = 8ULL << 20U;
constexpr std::size_t kStretchesOfService = 4;

Result<Listed> find(store::Store& set, const std::string& path, const std::stop_token& stop) {
    const format::SetRecord record = TRY(open_set(set));
    std::optional<Listed> found;
    TRY(for_each_member(
        set, record,
        [&](const format::PartRecord& part, const format::Member& member) -> Status {
            // Of a path in several parts the member in the highest counts.
            if (member.path == path) found = Listed{member, part.name};
            return {};
        },
        stop));
    if (!found) {
        return failure(make_error(Code::not_found, "find in the set", path, "no member has this path")
                           .with_remedy("`haul ls SET` lists them"));
    }
    return std::move(*found);
}

// CRC and digest of what went out, held against the manifest's.
class Checker {
  public:
    explicit Checker(const format::Member& member)
        : member_(member),
          parsed_(digest::parse(member.digest)),
          hasher_(parsed_ ? parsed_->algorithm : digest::Algorithm::none) {}

    void take(std::span<const std::byte> bytes) {
        crc_ = digest::crc32(crc_, bytes);
        hasher_.update(bytes);
    }
    Status end() {
        const bool crc_agrees = !member_.crc32 || *member_.crc32 == crc_;
        if (crc_agrees && (!parsed_ || hasher_.finish() == parsed_->raw)) return {};
        return failure(
            make_error(Code::corrupt, "read", member_.path, "its contents are not what the manifest says")
                .with_remedy("`haul verify` of the set says where the part is damaged"));
    }

  private:
    const format::Member& member_;
    std::optional<digest::Parsed> parsed_;
    digest::Hasher hasher_;
    std::uint32_t crc_ = 0;
};

}  // namespace

Status list(store::Store& set, const std::string& pattern, const std::function<Status(const Listed&)>& visit,
            const std::stop_token& stop) {
    const std::optional<Glob> glob =
        pattern.empty() ? std::nullopt : std::optional(TRY(Glob::parse(pattern)));
    const format::SetRecord record = TRY(open_set(set));
    return for_each_member(
        set, record,
        [&](const format::PartRecord& part, const format::Member& member) -> Status {
            if (glob && !glob->matches(member.path, member.kind == zip::Kind::folder)) return {};
            return visit({member, part.name});
        },
        stop);
}

Status cat(store::Store& set, const std::string& path,
           const std::function<Status(std::span<const std::byte>)>& sink, const std::stop_token& stop) {
    const Listed found = TRY(find(set, path, stop));
    const format::Member& member = found.member;
    if (member.kind != zip::Kind::file || !member.offset) {
        return failure(make_error(Code::usage, "read", path, "it is a folder or symlink, not a file")
                           .with_remedy("`haul ls -l SET` shows what is a file, and where symlinks lead"));
    }
    Checker checker(member);
    if (member.size < kWholeBelow) {
        std::vector<std::byte> contents(static_cast<std::size_t>(member.size));
        TRY(read_range(set, found.part, *member.offset, contents, stop));
        checker.take(contents);
        TRY(checker.end());
        return contents.empty() ? Status() : sink(contents);
    }
    const auto take = [&](std::span<const std::byte> bytes) -> Status {
        checker.take(bytes);
        return sink(bytes);
    };
    const std::size_t at_once = store::is_service(set.capabilities()) ? kStretchesOfService : 1;
    TRY(read_ahead(set, found.part, {}, member.size, {kReadAtOnce, at_once, *member.offset}, take, stop));
    return checker.end();
}

}  // namespace haul::set

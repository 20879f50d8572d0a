#include "flow/unpack/placing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/digest.h"

namespace haul::unpack {
namespace {

constexpr std::uint64_t kReadAtOnce = 8ULL << 20U;
constexpr std::size_t kLongestElement = 255;

// Whether the file at the destination has the item's contents, by size, CRC and digest.
Result<bool> same_content(Work& work, const Item& item, const store::Object& there,
                          digest::Algorithm algorithm) {
    if (there.kind != store::Kind::file || there.size != item.size) return false;
    std::uint32_t crc = 0;
    digest::Hasher hasher(algorithm);
    const auto take = [&](std::span<const std::byte> bytes) -> Status {
        crc = digest::crc32(crc, bytes);
        hasher.update(bytes);
        return {};
    };
    TRY(store::read_through(work.destination, there.name, item.size, kReadAtOnce, take,
                            work.shutdown.stop()));
    if (item.crc32 && *item.crc32 != crc) return false;
    return item.digest.empty() || hasher.finish() == item.digest;
}

digest::Algorithm algorithm_of(const Work& work) {
    if (!work.archives.set) return digest::Algorithm::none;
    return digest::algorithm_named(work.archives.set->options.digest).value_or(digest::Algorithm::none);
}

// Of what stands in the way of a create-only write.
Result<Existing> judge(Work& work, const OwnPaths& own, const Item& item, const store::Object& there) {
    Existing existing;
    existing.decision = Decision::fail;
    if (work.request.if_exists == IfExists::fail && !own.contains(there.name)) {
        existing.why = "it is there already, and --if-exists=fail was given";
        return existing;
    }
    if (TRY(same_content(work, item, there, algorithm_of(work)))) existing.decision = Decision::done;
    existing.why = there.kind == store::Kind::file ? "a file with other contents is there already"
                                                   : "something else of this name is there already";
    return existing;
}

}  // namespace

store::Attributes attributes_of(const Request& request, const Item& item) {
    store::Attributes attributes;
    attributes.mtime_ns = item.mtime_ns;
    attributes.mode = item.mode;
    if (attributes.mode && !request.owner)
        *attributes.mode &= ~06000U;  // setuid and setgid belong to an owner
    if (request.owner) {
        attributes.uid = item.uid;
        attributes.gid = item.gid;
    }
    return attributes;
}

std::string placed_name(const Request& request, const Item& item) {
    if (!request.rename_unfit) return item.path;
    std::string name;
    for (std::size_t begin = 0; begin <= item.path.size();) {
        const std::size_t end = std::min(item.path.find('/', begin), item.path.size());
        const std::string element = item.path.substr(begin, end - begin);
        if (!name.empty()) name += '/';
        if (element.size() <= kLongestElement) {
            name += element;
        } else {
            const std::string hash = digest::sha256_hex(element).substr(0, 16);
            name += element.substr(0, kLongestElement - hash.size() - 1) + "~" + hash;
        }
        begin = end + 1;
    }
    return name;
}

bool leads_out(const std::string& path, const std::string& target) {
    if (target.starts_with('/')) return true;
    auto depth = std::count(path.begin(), path.end(), '/');
    bool named = false;
    for (std::size_t begin = 0; begin <= target.size();) {
        const std::size_t end = std::min(target.find('/', begin), target.size());
        const std::string_view element = std::string_view(target).substr(begin, end - begin);
        if (element == "..") {
            if (named || --depth < 0) return true;
        } else if (!element.empty() && element != ".") {
            named = true;
        }
        begin = end + 1;
    }
    return false;
}

bool in_own_folder(std::string_view path) { return path == ".haul" || path.starts_with(".haul/"); }

Error own_folder_error(const Item& item) {
    return make_error(Code::unsupported, "unpack", item.path,
                      "it would lie in .haul/, where unpacking keeps its own files")
        .with_remedy("where it is a file, `haul cat SET PATH` writes it elsewhere");
}

// Of EPERM alone: chmod and utimensat say so where the caller is not the owner; a file system that takes no
// changes says something else.
bool is_somebody_elses(const Request& request, const Error& error) {
    return !request.owner && error.code == Code::denied && error.root().os_error == EPERM;
}

std::string left_as_it_is(const Error& error) {
    return "the folder belongs to somebody else and keeps its mode and time (" + error.message() + ")";
}

OwnPaths::OwnPaths(Work& work, std::int64_t unit)
    : work_(work), unit_(unit), prefix_(fmt::format("{}/{}-", kBatchFolder, unit)) {}

bool needs_own_paths(const Request& request) {
    return request.if_exists == IfExists::fail || request.if_exists == IfExists::newer;
}

bool OwnPaths::contains(const std::string& path) const {
    return paths_.contains(path) || work_.earlier.contains(path);
}

bool OwnPaths::needed() const { return needs_own_paths(work_.request); }

Status OwnPaths::load() {
    if (!needed()) return {};
    for (const store::Object& object :
         TRY(store::list_folder(work_.destination, kBatchFolder, work_.shutdown.stop()))) {
        if (!object.name.starts_with(prefix_)) continue;
        const std::string list = TRY(store::read_object(work_.destination, object.name, object.size));
        for_each_path(list, [this](std::string_view path) { paths_.emplace(path); });
    }
    return {};
}

Status OwnPaths::announce(std::size_t first, const std::vector<std::string>& paths) {
    if (!needed() || paths.empty()) return {};
    std::string list;
    for (const std::string& path : paths) list += path + '\0';
    const std::string name = fmt::format("{}{}.{}", prefix_, first, digest::sha256_hex(list).substr(0, 16));
    Status written = store::create_object(work_.destination, name, list, work_.scratch(unit_, "list"));
    if (!written && written.error().code == Code::exists) return {};  // the same list of an earlier run
    return written;
}

Result<Existing> before_writing(Work& work, const OwnPaths& own, const Item& item, const std::string& name) {
    Existing existing;
    existing.condition.kind = store::Condition::Kind::create_only;
    switch (work.request.if_exists) {
        case IfExists::same:
        case IfExists::fail:
            return existing;
        case IfExists::overwrite:
            existing.condition.kind = store::Condition::Kind::none;
            return existing;
        case IfExists::newer:
            break;
    }
    const auto there = TRY(store::find_object(work.destination, name));
    if (!there) return existing;
    if (own.contains(name) && TRY(same_content(work, item, *there, algorithm_of(work)))) {
        existing.decision = Decision::done;
    } else if (there->kind == store::Kind::folder) {
        existing.decision = Decision::fail;  // however old it is, a file does not replace it
        existing.why = "a folder of this name is there already";
    } else if (item.mtime_ns.value_or(0) > there->attributes.mtime_ns.value_or(0)) {
        existing.condition.kind = store::Condition::Kind::none;
    } else {
        existing.decision = Decision::skip;
        existing.why = "what is there is not older";
    }
    return existing;
}

Result<Existing> look_before_writing(Work& work, const OwnPaths& own, const Item& item,
                                     const std::string& name) {
    Existing existing = TRY(before_writing(work, own, item, name));
    const bool creates = existing.condition.kind == store::Condition::Kind::create_only;
    if (existing.decision != Decision::write || !creates) return existing;
    const auto there = TRY(store::find_object(work.destination, name));
    if (!there) return existing;
    return judge(work, own, item, *there);
}

Result<Existing> after_collision(Work& work, const OwnPaths& own, const Item& item, const std::string& name) {
    const auto there = TRY(store::find_object(work.destination, name));
    if (there) return judge(work, own, item, *there);
    Existing existing;
    existing.decision = Decision::fail;
    existing.why = "something else of this name is there already";
    return existing;
}

}  // namespace haul::unpack

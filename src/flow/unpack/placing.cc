#include "flow/unpack/placing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "zip/names.h"

namespace haul::unpack {
namespace {

constexpr std::uint64_t kReadAtOnce = 8ULL << 20U;
constexpr std::size_t kLongestElement = 255;
constexpr const char* kContentType = "content-type";  // among `meta` of manifests

// Cut behind a whole character, with a hash of the whole: cut names stay apart.
std::string shortened(const std::string& name, std::uint64_t longest) {
    if (name.size() <= longest) return name;
    const std::string hash = digest::sha256_hex(name).substr(0, 16);
    const bool utf8 = text::is_utf8(name);
    std::size_t size = static_cast<std::size_t>(longest) - hash.size() - 1;
    while (utf8 && size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0U) == 0x80U) --size;
    return name.substr(0, size) + "~" + hash;
}

// Whether the file at the destination has the item's contents, by size, CRC and digest.
Result<bool> same_content(Work& work, const Item& item, const store::Object& there,
                          digest::Algorithm algorithm) {
    if (there.kind != store::Kind::file || there.size != item.size) return false;
    // The service's own sum of the whole object: as good as reading it, and free.
    if (item.crc32 && there.crc32) return *item.crc32 == *there.crc32;
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

// What stands under the name; at services a folder of this name (keys beneath it) is in nobody's way.
Result<std::optional<store::Object>> look_at(Work& work, const std::string& name) {
    auto there = TRY(store::find_object(work.destination, name));
    if (there && there->kind == store::Kind::folder && work.can.any_names) there.reset();
    return there;
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

// For services that cannot create only where there is nothing.
Result<Existing> look_and_write(Work& work, const OwnPaths& own, const Item& item, const std::string& name) {
    const auto there = TRY(look_at(work, name));
    return there ? judge(work, own, item, *there) : Existing();
}

}  // namespace

store::Attributes attributes_of(const Request& request, const store::Capabilities& destination,
                                const Item& item) {
    store::Attributes attributes;
    if (destination.keeps_metadata) {
        attributes.metadata = item.meta;
        if (auto type = attributes.metadata.extract(kContentType)) attributes.content_type = type.mapped();
    }
    if (!destination.keeps_modes) return attributes;
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

std::string placed_name(const Request& request, const store::Capabilities& destination, const Item& item) {
    if (!request.rename_unfit) return item.path;
    if (destination.any_names) {
        const bool is_key = text::is_utf8(item.path) && !item.path.contains('\0');
        const std::string key = is_key ? item.path : zip::archive_name(item.path, false);
        return destination.max_name == 0 ? key : shortened(key, destination.max_name);
    }
    const bool is_name = item.path == "." || store::check_name(item.path, "").has_value();
    const std::string path = is_name ? item.path : zip::archive_name(item.path, false);
    std::string name;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (!name.empty()) name += '/';
        name += shortened(path.substr(begin, end - begin), kLongestElement);
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
            return store::can_create(work.can) ? existing : look_and_write(work, own, item, name);
        case IfExists::overwrite:
            existing.condition.kind = store::Condition::Kind::none;
            return existing;
        case IfExists::newer:
            break;
    }
    const auto there = TRY(look_at(work, name));
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
    const auto there = TRY(look_at(work, name));
    if (!there) return existing;
    return judge(work, own, item, *there);
}

Result<Existing> after_collision(Work& work, const OwnPaths& own, const Item& item, const std::string& name) {
    const auto there = TRY(look_at(work, name));
    if (there) return judge(work, own, item, *there);
    Existing existing;
    existing.decision = Decision::fail;
    existing.why = "something else of this name is there already";
    return existing;
}

void tell(Work& work, const Existing& existing, const Item& item, const std::string& name, OutcomeLog& log) {
    switch (existing.decision) {
        case Decision::write:
            break;
        case Decision::done:
            log.done(item);
            work.count(1, item.size);
            break;
        case Decision::skip:
            log.skipped(item.path, existing.why);
            break;
        case Decision::fail:
            log.failed(item.path,
                       make_error(Code::exists, "unpack", name, existing.why)
                           .with_remedy("remove it, unpack elsewhere, or give --if-exists=overwrite"));
            break;
    }
}

}  // namespace haul::unpack

#include "flow/unpack/archives.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "flow/set/set_view.h"
#include "store/open_store.h"

namespace haul::unpack {
namespace {

bool is_zip(const std::string& name) {
    if (name.size() < 4) return false;
    std::string tail = name.substr(name.size() - 4);
    std::transform(tail.begin(), tail.end(), tail.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return tail == ".zip";
}

void add_archive(Archives& archives, const std::string& name, std::string_view content) {
    archives.names.push_back(name);
    archives.identities.push_back(digest::sha256_hex(name + '\0' + std::string(content)));
}

void add_zip(Archives& archives, const store::Object& object) {
    add_archive(archives, object.name, fmt::format("{} {}", object.size, object.version.tag));
}

// Whether parts lie beside their manifests, without a record: what a pack that was given up leaves. For ZIPs
// of somebody else they would unpack without a word of what is missing.
bool unfinished_set(const std::vector<store::Object>& objects) {
    std::set<std::string_view> names;
    for (const store::Object& object : objects) names.insert(object.name);
    return std::ranges::any_of(objects, [&](const store::Object& object) {
        const auto number = format::part_number(object.name);
        return number && names.contains(format::manifest_name(*number));
    });
}

// Sets that lie beneath the folder: by their records, and by parts beside their manifests. As foreign ZIPs
// they would lose what only the manifests know.
struct SetsBeneath {
    std::set<std::string> complete, unfinished;
};
SetsBeneath sets_beneath(const std::vector<store::Object>& objects) {
    std::set<std::string_view> names;
    for (const store::Object& object : objects) names.insert(object.name);
    SetsBeneath sets;
    for (const store::Object& object : objects) {
        const std::size_t slash = object.name.rfind('/');
        if (slash == std::string::npos || object.kind != store::Kind::file) continue;
        const std::string folder = object.name.substr(0, slash), leaf = object.name.substr(slash + 1);
        if (format::generation_of(leaf)) sets.complete.insert(folder);
        const auto number = format::part_number(leaf);
        if (number && names.contains(folder + "/" + format::manifest_name(*number)))
            sets.unfinished.insert(folder);
    }
    for (const std::string& folder : sets.complete) sets.unfinished.erase(folder);
    return sets;
}

Status refuse_sets_beneath(const store::Address& source, const std::vector<store::Object>& objects) {
    constexpr std::ptrdiff_t most_named = 5;
    const SetsBeneath sets = sets_beneath(objects);
    if (!sets.complete.empty()) {
        const auto end = std::next(sets.complete.begin(),
                                   std::min(most_named, static_cast<std::ptrdiff_t>(sets.complete.size())));
        std::string named;
        for (auto folder = sets.complete.begin(); folder != end; ++folder)
            named += (named.empty() ? "" : ", ") + text::printable(source.path + "/" + *folder);
        return failure(
            make_error(
                Code::usage, "unpack", source.canonical(),
                fmt::format("it is no set; it holds {}",
                            sets.complete.size() == 1 ? "one" : fmt::format("{}", sets.complete.size())))
                .with_remedy("unpack them one by one: " + named));
    }
    if (sets.unfinished.empty()) return {};
    return failure(
        make_error(Code::not_found, "unpack", source.path + "/" + *sets.unfinished.begin(),
                   "it is a set that is not complete: it has parts and no record")
            .with_remedy("run the same `haul pack` again, it continues; then unpack the set itself"));
}

// SOURCE is one ZIP: the store is its folder.
Result<Archives> one_zip(const store::Address& source, const store::OpenOptions& reading) {
    store::Address folder = source;
    const std::size_t slash = source.path.rfind('/');
    folder.path = slash == 0 ? "/" : source.path.substr(0, slash);
    Archives archives;
    archives.store = TRY(store::open_store(folder, reading));
    const auto object = TRY(store::find_object(*archives.store, source.path.substr(slash + 1)));
    if (!object) {
        return failure(make_error(Code::not_found, "unpack", source.canonical(), "it does not exist")
                           .with_remedy("check the path, and that what holds it is mounted"));
    }
    if (object->kind == store::Kind::other) {
        return failure(make_error(Code::unsupported, "unpack", source.canonical(),
                                  "it is neither a folder nor a regular file")
                           .with_remedy("write what it gives into a file, and unpack that"));
    }
    add_zip(archives, *object);
    return archives;
}

}  // namespace

Result<Archives> find_archives(const store::Address& source, const store::ServiceOptions& service) {
    const store::OpenOptions reading{.service = service};
    auto opened = store::open_store(source, reading);
    if (!opened) {
        // Whatever its name is: archives have many.
        if (opened.error().root().os_error == ENOTDIR || is_zip(source.path)) return one_zip(source, reading);
        return failure(std::move(opened).error());
    }
    Archives archives;
    archives.store = std::move(*opened);
    archives.set = TRY(set::find_set(*archives.store));
    if (archives.set) {
        TRY(set::check_parts(*archives.store, *archives.set));
        for (const format::PartRecord& part : archives.set->parts)
            add_archive(archives, part.name, part.manifest_digest);
        return archives;
    }
    const std::vector<store::Object> objects = TRY(store::list_folder(*archives.store, ""));
    if (TRY(store::find_object(*archives.store, ".haul")) || unfinished_set(objects)) {
        if (auto unfinished = set::open_set(*archives.store); !unfinished)
            return failure(std::move(unfinished).error());
    }
    TRY(refuse_sets_beneath(source, objects));
    for (const store::Object& object : objects) {
        if (object.kind == store::Kind::file && is_zip(object.name)) add_zip(archives, object);
    }
    if (archives.names.empty()) {
        return failure(make_error(Code::not_found, "unpack", source.canonical(), "no set and no ZIP is here")
                           .with_remedy("name a packed set's folder, a folder of ZIPs, or one ZIP"));
    }
    return archives;
}

Result<ArchiveSource> ArchiveSource::open(store::Store& store, const std::string& name) {
    const store::Stat stat = TRY(store.stat({name, false}));
    return ArchiveSource(store, name, stat.object.size, stat.object.version);
}

Status ArchiveSource::read(std::uint64_t offset, std::span<std::byte> into) {
    store::Read read;
    read.name = name_;
    read.version = version_;
    read.offset = offset;
    read.into = into;
    store_->read_many({&read, 1}, {});
    return std::move(read.result);
}

}  // namespace haul::unpack

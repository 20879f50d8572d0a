#include "flow/unpack/archives.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "base/digest.h"
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

// SOURCE is one ZIP: the store is its folder.
Result<Archives> one_zip(const store::Address& source) {
    store::Address folder = source;
    const std::size_t slash = source.path.rfind('/');
    folder.path = slash == 0 ? "/" : source.path.substr(0, slash);
    Archives archives;
    archives.store = TRY(store::open_store(folder, {}));
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

Result<Archives> find_archives(const store::Address& source) {
    auto opened = store::open_store(source, {});
    if (!opened) {
        // Whatever its name is: archives have many.
        if (opened.error().root().os_error == ENOTDIR || is_zip(source.path)) return one_zip(source);
        return failure(std::move(opened).error());
    }
    Archives archives;
    archives.store = std::move(*opened);
    archives.set = TRY(set::find_set(*archives.store));
    if (archives.set) {
        for (const format::PartRecord& part : archives.set->parts)
            add_archive(archives, part.name, part.manifest_digest);
        return archives;
    }
    const std::vector<store::Object> objects = TRY(store::list_folder(*archives.store, ""));
    if (TRY(store::find_object(*archives.store, ".haul")) || unfinished_set(objects)) {
        if (auto unfinished = set::open_set(*archives.store); !unfinished)
            return failure(std::move(unfinished).error());
    }
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

#include "flow/unpack/archives.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "flow/claim/own_folder.h"
#include "flow/set/path_check.h"
#include "flow/set/read_range.h"
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

// What lies beneath a folder that is no set, as far as it matters here: everything beneath is looked through,
// and only this is held.
struct Look {
    std::vector<store::Object> zips;
    // Whether parts lie beside their manifests, without a record: what a pack that was given up leaves. For
    // ZIPs of somebody else they would unpack without a word of what is missing.
    bool unfinished_here = false;
    // Sets that lie beneath the folder: by their records, and by parts beside their manifests. As foreign
    // ZIPs they would lose what only the manifests know.
    std::set<std::string> complete, unfinished;
};

class LookThrough {
  public:
    Result<Look> run(store::Store& store) {
        const auto listing = TRY(store.list({}));
        while (true) {
            store::Page page = TRY(listing->next({}));
            for (store::Object& object : page.objects) {
                if (object.kind == store::Kind::file) take(std::move(object));
            }
            if (page.last) return finish();
        }
    }

  private:
    void take(store::Object object) {
        const std::size_t slash = object.name.rfind('/');
        const std::string folder = slash == std::string::npos ? "" : object.name.substr(0, slash);
        const std::string leaf = slash == std::string::npos ? object.name : object.name.substr(slash + 1);
        if (slash != std::string::npos && format::generation_of(leaf)) look_.complete.insert(folder);
        if (format::part_number(leaf)) parts_.insert(object.name);
        if (leaf.starts_with(kPartPrefix)) manifests_.insert(object.name);
        if (is_zip(object.name)) look_.zips.push_back(std::move(object));
    }
    Result<Look> finish() {
        for (const std::string& part : parts_) {
            const std::size_t leaf = part.rfind('/') + 1;  // 0 where there is none
            const auto number = format::part_number(std::string_view(part).substr(leaf));
            if (!manifests_.contains(part.substr(0, leaf) + format::manifest_name(*number))) continue;
            if (leaf == 0) {
                look_.unfinished_here = true;
            } else {
                look_.unfinished.insert(part.substr(0, leaf - 1));
            }
        }
        for (const std::string& folder : look_.complete) look_.unfinished.erase(folder);
        return std::move(look_);
    }

    static constexpr std::string_view kPartPrefix = "part-";
    Look look_;
    std::set<std::string> parts_, manifests_;  // names
};

Status refuse_sets_beneath(const store::Address& source, const Look& sets) {
    constexpr std::ptrdiff_t most_named = 5;
    if (!sets.complete.empty()) {
        const auto end = std::next(sets.complete.begin(),
                                   std::min(most_named, static_cast<std::ptrdiff_t>(sets.complete.size())));
        std::string named;
        for (auto folder = sets.complete.begin(); folder != end; ++folder)
            named += (named.empty() ? "" : ", ") + text::printable(source.child(*folder).canonical());
        return failure(
            make_error(
                Code::usage, "unpack", source.canonical(),
                fmt::format("it is no set; it holds {}",
                            sets.complete.size() == 1 ? "one" : fmt::format("{}", sets.complete.size())))
                .with_remedy("unpack them one by one: " + named));
    }
    if (sets.unfinished.empty()) return {};
    return failure(
        make_error(Code::not_found, "unpack", source.child(*sets.unfinished.begin()).canonical(),
                   "it is a set that is not complete: it has parts and no record")
            .with_remedy("run the same `haul pack` again, it continues; then unpack the set itself"));
}

// The folder, prefix or bucket that SOURCE lies in, and its name there.
struct Place {
    store::Address folder;
    std::string name;
};
Place place_of(const store::Address& source) {
    Place place{source, source.last_element()};
    const std::size_t above = source.path.size() - place.name.size();
    place.folder.path = source.path.substr(0, above > 1 ? above - 1 : source.path.starts_with('/') ? 1 : 0);
    return place;
}

// SOURCE is one ZIP: the store is its folder.
Result<Archives> one_zip(const store::Address& source, const store::OpenOptions& reading) {
    const Place place = place_of(source);
    Archives archives;
    archives.store = TRY(store::open_store(place.folder, reading));
    const auto object = TRY(store::find_object(*archives.store, place.name));
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

// At a service every address opens: whether an object has this name says what it is. A set or a folder of
// ZIPs is a prefix, and no object.
Result<bool> is_object(const store::Address& source, const store::OpenOptions& reading) {
    if (source.scheme == store::Scheme::local || source.path.empty()) return false;
    const Place place = place_of(source);
    const auto folder = TRY(store::open_store(place.folder, reading));
    const auto object = TRY(store::find_object(*folder, place.name));
    return object && object->kind == store::Kind::file && object->size > 0;
}

}  // namespace

bool is_from_folder(const format::SetRecord& set) { return haul::set::is_from_folder(set); }

Result<Archives> find_archives(const store::Address& source, const store::OpenOptions& reading) {
    if (TRY(is_object(source, reading))) return one_zip(source, reading);
    auto opened = store::open_store(source, reading);
    if (opened) return archives_in(*std::move(opened), source);
    // Whatever its name is: archives have many.
    if (opened.error().root().os_error == ENOTDIR || is_zip(source.path)) return one_zip(source, reading);
    return failure(std::move(opened).error());
}

Result<Archives> archives_in(std::unique_ptr<store::Store> store, const store::Address& source) {
    Archives archives;
    archives.store = std::move(store);
    archives.set = TRY(set::find_set(*archives.store));
    if (archives.set) {
        TRY(set::check_parts(*archives.store, *archives.set));
        for (const format::PartRecord& part : archives.set->parts)
            add_archive(archives, part.name, part.manifest_digest);
        return archives;
    }
    const Look look = TRY(LookThrough().run(*archives.store));
    if (look.unfinished_here || TRY(store::is_folder_there(*archives.store, claim::kOwnFolder))) {
        if (auto unfinished = set::open_set(*archives.store); !unfinished)
            return failure(std::move(unfinished).error());
    }
    TRY(refuse_sets_beneath(source, look));
    for (const store::Object& zip : look.zips) add_zip(archives, zip);
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
    return set::read_range(*store_, name_, offset, into, {}, version_);
}

}  // namespace haul::unpack

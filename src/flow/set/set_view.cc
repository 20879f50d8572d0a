#include "flow/set/set_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "store/side_by_side.h"

namespace haul::set {
namespace {

constexpr std::uint64_t kReadAtOnce = 4ULL << 20U;
constexpr std::uint64_t kLongestRecord = 1ULL << 30U;

std::string damage_remedy(const store::Store& store) {
    return fmt::format("`haul verify {}` says all that is wrong; restore those files from another copy",
                       text::printable(store.capabilities().address));
}

// What is found wrong while the set is read says of itself only which of its files it is in.
template <class T>
Result<T> of_set(const store::Store& store, Result<T> read) {
    if (!read && read.error().code == Code::corrupt && read.error().remedy.empty())
        read.error().remedy = damage_remedy(store);
    return read;
}

Error not_complete(store::Store& store, std::string detail) {
    return make_error(Code::not_found, "open the set", store.capabilities().address, std::move(detail));
}

// Generations at the set's folder, highest last; and whether anything of a set in the making was seen on the
// way.
struct Found {
    std::vector<std::uint32_t> generations;
    bool in_the_making = false;
};

// All names that begin with `prefix`, and where that is cheap no others.
Result<std::vector<store::Object>> objects_of(store::Store& store, const std::string& prefix) {
    const store::Capabilities can = store.capabilities();
    // A service's cursor is a key: a listing may begin anywhere, and end behind what is wanted.
    const bool skips = store::is_service(can) && can.order == store::Order::bytes;
    if (!skips) return store::list_folder(store, "");
    std::vector<store::Object> found;
    const auto listing = TRY(store.list({.prefix = {}, .after = prefix}));
    while (true) {
        store::Page page = TRY(listing->next({}));
        for (store::Object& object : page.objects) {
            if (!object.name.starts_with(prefix)) return found;
            found.push_back(std::move(object));
        }
        if (page.last) return found;
    }
}

// Whether anything at all has such a name: the first page says it.
Result<bool> any_part(store::Store& store) {
    const auto listing = TRY(store.list({.prefix = {}, .after = "part-"}));
    const store::Page page = TRY(listing->next({}));
    return std::ranges::any_of(page.objects, [](const store::Object& object) {
        return format::part_number(object.name).has_value();
    });
}

// Where there is no generation: is one being made?
Result<bool> is_in_the_making(store::Store& store, const Found& found) {
    if (found.in_the_making || !store::is_service(store.capabilities())) return found.in_the_making;
    return TRY(store::find_object(store, ".haul")).has_value() || TRY(any_part(store));
}

// A service may answer with a page from before a record was written, which then is there by its name.
Status add_by_name(store::Store& store, std::vector<std::uint32_t>& generations) {
    if (!store::is_service(store.capabilities())) return {};
    std::uint32_t next = generations.empty() ? 1 : generations.back() + 1;
    while (TRY(store::find_file(store, format::file_name(next)))) generations.push_back(next++);
    return {};
}

Result<Found> look(store::Store& store) {
    Found found;
    for (const store::Object& object : TRY(objects_of(store, "haul-"))) {
        if (const auto generation = format::generation_of(object.name))
            found.generations.push_back(*generation);
        if (object.name.starts_with(".haul") || format::part_number(object.name)) found.in_the_making = true;
    }
    std::sort(found.generations.begin(), found.generations.end());
    TRY(add_by_name(store, found.generations));
    return found;
}

Result<format::SetRecord> read_record(store::Store& store, std::uint32_t generation) {
    const std::string name = format::file_name(generation);
    return of_set(store, format::parse_record(TRY(store::read_object(store, name, kLongestRecord)), name));
}

// Paths of `part` that another part or nobody holds any more.
std::set<std::string, std::less<>> left_out(const format::SetRecord& record, const std::string& part) {
    std::set<std::string, std::less<>> paths;
    for (const auto* list : {&record.superseded, &record.gone}) {
        for (const format::PathInPart& entry : *list) {
            if (entry.part == part) paths.insert(entry.path);
        }
    }
    return paths;
}

Error contradicts(const format::PartRecord& part, std::string detail) {
    return make_error(Code::corrupt, "read the manifest", part.manifest, std::move(detail));
}

// Adds the member; it has to lie where the members before it leave off. Sizes that reach around 2^64 would
// put it anywhere.
Status add_in_place(const format::PartRecord& part, const format::Member& member,
                    format::MemberTable& table) {
    const std::uint64_t before = table.layout().directory_offset();
    table.add(member);
    if (member.zip_name.empty()) {
        if (member.offset)
            return failure(contradicts(part, member.path + " has an offset, and no entry in the archive"));
        if (member.kind == zip::Kind::folder) return {};
        return failure(contradicts(part, member.path + " is no folder, and has no entry in the archive"));
    }
    const std::uint64_t after = table.layout().directory_offset();
    if (after < before || after - before < member.size)
        return failure(contradicts(part, fmt::format("{} has {} bytes", member.path, member.size)));
    const std::uint64_t place = after - member.size;
    if (member.offset && *member.offset == place) return {};
    return failure(
        contradicts(part, fmt::format("the offset of {} should be {} and {}", member.path, place,
                                      member.offset ? fmt::format("is {}", *member.offset) : "is missing")));
}

// As read_manifest; `header` is set once it was read.
Status read_lines(store::Store& store, const format::PartRecord& part, const Visitor& visit,
                  std::optional<format::ManifestHeader>& header, const std::stop_token& stop) {
    const store::Stat stat = TRY(store.stat({part.manifest, false}));
    format::ManifestReader reader(part.manifest);
    digest::Hasher hasher(digest::Algorithm::sha256);
    const auto take = [&](std::span<const std::byte> bytes) -> Status {
        hasher.update(bytes);
        return reader.write(store::text_of(bytes), visit);
    };
    TRY(store::read_through(store, part.manifest, stat.object.size, kReadAtOnce, take, stop));
    TRY(reader.end());
    const std::string digest = digest::text(digest::Algorithm::sha256, hasher.finish());
    if (digest != part.manifest_digest) {
        return failure(contradicts(
            part, fmt::format("its digest is {}, the set's record says {}", digest, part.manifest_digest)));
    }
    header = reader.header();
    return {};
}

Status check_part(store::Store& store, const format::PartRecord& part) {
    if (!TRY(store::find_file(store, part.manifest))) {
        return failure(make_error(Code::corrupt, "look at the manifest", part.manifest,
                                  "it is missing, and the set's record says that the set is complete")
                           .with_remedy(damage_remedy(store)));
    }
    const auto there = TRY(store::find_file(store, part.name));
    const bool good = there && there->size == part.size && (!there->crc32 || *there->crc32 == part.crc32);
    if (good) return {};
    return failure(
        make_error(Code::corrupt, "look at the part", part.name,
                   there ? fmt::format("it has {} bytes, or another checksum; the set's record says {} bytes",
                                       there->size, part.size)
                         : "it is missing, and the set's record says that the set is complete")
            .with_remedy(
                "bring the part back from a copy, or move the set away and pack again; `haul verify` "
                "lists all that is wrong"));
}

}  // namespace

Result<std::optional<format::SetRecord>> find_set(store::Store& store) {
    const Found found = TRY(look(store));
    if (found.generations.empty()) return std::optional<format::SetRecord>();
    return std::optional(TRY(read_record(store, found.generations.back())));
}

Result<format::SetRecord> open_set(store::Store& store, std::uint32_t generation) {
    const Found found = TRY(look(store));
    if (found.generations.empty()) {
        if (TRY(is_in_the_making(store, found))) {
            return failure(not_complete(store, "it is not complete: it has no record haul-00001.json yet")
                               .with_remedy("run the same `haul pack` again, it continues; then come back"));
        }
        return failure(
            not_complete(store, "no set is here").with_remedy("name the folder that holds haul-00001.json"));
    }
    if (generation == 0) return read_record(store, found.generations.back());
    if (!std::binary_search(found.generations.begin(), found.generations.end(), generation)) {
        return failure(not_complete(store, fmt::format("it has no generation {}", generation))
                           .with_remedy(fmt::format("its newest is {}", found.generations.back())));
    }
    return read_record(store, generation);
}

Status read_manifest(store::Store& store, const format::PartRecord& part, const Visitor& visit,
                     const std::stop_token& stop) {
    std::optional<format::ManifestHeader> header;
    return of_set(store, read_lines(store, part, visit, header, stop));
}

format::TableSize table_size(const format::SetRecord& record, const format::PartRecord& part) {
    return format::table_size(part.members, part.folders, part.bytes, part.size, record.symlinks > 0);
}

Status read_table(store::Store& store, const format::PartRecord& part, format::MemberTable& table,
                  const Visitor& visit, const std::stop_token& stop) {
    std::optional<format::ManifestHeader> header;
    table.reserve(format::table_size(part.members, part.folders, part.bytes, part.size, true));
    const auto add = [&](const format::Member& member) -> Status {
        TRY(add_in_place(part, member, table));
        return visit(member);
    };
    TRY(of_set(store, read_lines(store, part, add, header, stop)));
    const zip::Layout& layout = table.layout();
    if (header && header->image_size == layout.image_size() && header->layout_hash == layout.hash())
        return {};
    return of_set(store,
                  Status(failure(contradicts(part, "its header is of another layout than its lines make"))));
}

Status check_parts(store::Store& store, const format::SetRecord& record) {
    std::vector<Status> good(record.parts.size());
    store::side_by_side(good.size(), store::calls_at_once(store.capabilities()),
                        [&](std::size_t at) { good[at] = check_part(store, record.parts[at]); });
    for (Status& part : good) TRY(std::move(part));
    return {};
}

Result<format::ManifestHeader> manifest_header(store::Store& store, const std::string& manifest_name) {
    const store::Stat stat = TRY(store.stat({manifest_name, false}));
    format::ManifestReader reader(manifest_name);
    std::string buffer;
    const auto ignore = [](const format::Member&) -> Status { return {}; };
    constexpr std::uint64_t first_bytes = 64U << 10U;
    for (std::uint64_t at = 0; at < stat.object.size && !reader.header();) {
        buffer.resize(std::min(first_bytes, stat.object.size - at));
        store::Read read;
        read.name = manifest_name;
        read.offset = at;
        read.into = std::as_writable_bytes(std::span(buffer));
        store.read_many({&read, 1}, {});
        TRY(std::move(read.result));
        TRY(reader.write(buffer, ignore));
        at += buffer.size();
    }
    if (!reader.header())
        return failure(make_error(Code::corrupt, "read the manifest", manifest_name, "it has no header line")
                           .with_remedy(damage_remedy(store)));
    return *reader.header();
}

Status for_each_member(store::Store& store, const format::SetRecord& record,
                       const std::function<Status(const format::PartRecord&, const format::Member&)>& visit,
                       const std::stop_token& stop) {
    for (const format::PartRecord& part : record.parts) {
        const auto skip = left_out(record, part.name);
        TRY(read_manifest(
            store, part,
            [&](const format::Member& member) -> Status {
                if (!skip.empty() && skip.contains(member.path)) return {};
                return visit(part, member);
            },
            stop));
    }
    return {};
}

}  // namespace haul::set

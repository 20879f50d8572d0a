#include "flow/pack/publish.h"

#include <fmt/format.h>

#include <utility>

#include "base/digest.h"
#include "base/fault_point.h"
#include "base/json.h"
#include "flow/pack/meta_log.h"
#include "flow/pack/notes.h"
#include "flow/pack/part_upload.h"
#include "flow/pack/window.h"
#include "flow/set/image_check.h"
#include "flow/set/set_view.h"
#include "format/manifest.h"
#include "store/store.h"

namespace haul::pack {
namespace {

constexpr const char* kLooksBroken =
    "look for faults of that disk or its file system; the same command makes the part again";

struct Contents {
    const format::MemberTable& table;
    const std::vector<std::uint32_t>& crcs;
    const std::string& digests;
    const MetaLog& metas;
};

// The lines of a part's manifest, with what filling found out.
format::Member published_member(const Contents& part, bool keep_version, digest::Algorithm algorithm,
                                std::size_t line, std::size_t entry, bool has_entry) {
    format::Member member = part.table.member(line);
    // A folder's version is its size and time, which the line has; a service's is its own and cannot be
    // derived.
    if (!keep_version) member.version.clear();
    if (!has_entry) return member;
    const std::size_t width = set::digest_width(algorithm);
    member.crc32 = part.crcs[entry];
    member.offset = part.table.layout().data_offset(entry);
    if (member.kind == zip::Kind::file) {
        member.digest = digest::text(algorithm, std::string_view(part.digests).substr(entry * width, width));
    }
    member.proof = format::Proof::read;
    return member;
}

Result<std::string> manifest_bytes(const Work& work, std::uint32_t number, const Contents& part,
                                   std::uint32_t image_crc) {
    const digest::Algorithm algorithm = *digest::algorithm_named(work.request.options.digest);
    const bool keep_version = !work.source.capabilities().keeps_modes;
    format::ManifestHeader header;
    header.part = format::part_name(number);
    header.layout_hash = part.table.layout().hash();
    header.image_size = part.table.layout().image_size();
    header.crc32 = image_crc;
    header.members = part.table.entries();
    header.folders = part.table.lines() - part.table.entries();
    header.bytes = part.table.file_bytes();
    header.first = part.table.path(0);
    header.last = part.table.path(part.table.lines() - 1);
    std::string bytes;
    // A string that grows by itself is there twice while it moves; what it does not need is never touched.
    bytes.reserve(part.table.lines() * 128);
    format::ManifestWriter writer;
    TRY(writer.begin(header, bytes));
    MetaLog::Reader metas(part.metas);
    std::size_t entry = 0;
    for (std::size_t line = 0; line < part.table.lines(); ++line) {
        const bool has_entry = entry < part.table.entries() && part.table.line_of(entry) == line;
        format::Member member = published_member(part, keep_version, algorithm, line, entry, has_entry);
        if (has_entry) {
            if (Meta meta = TRY(metas.of(entry)); !meta.empty()) member.meta = std::move(meta);
        }
        TRY(writer.add(member, bytes));
        if (has_entry) ++entry;
    }
    TRY(writer.end(bytes));
    return bytes;
}

PublishedPart published_part(std::uint32_t number, const format::MemberTable& table, std::uint32_t crc32,
                             const std::string& manifest, bool oversize) {
    PublishedPart part;
    format::PartRecord& record = part.record;
    record.name = format::part_name(number);
    record.manifest = format::manifest_name(number);
    record.size = table.layout().image_size();
    record.crc32 = crc32;
    record.members = table.entries();
    record.folders = table.lines() - table.entries();
    record.bytes = table.file_bytes();
    record.manifest_digest = "sha256:" + digest::sha256_hex(manifest);
    record.oversize = oversize;
    for (std::size_t entry = 0; entry < table.entries(); ++entry) {
        switch (table.kind(table.line_of(entry))) {
            case zip::Kind::file:
                ++part.files;
                break;
            case zip::Kind::folder:
                ++part.folders;
                break;
            case zip::Kind::symlink:
                ++part.symlinks;
                break;
        }
    }
    return part;
}

Result<PublishedPart> write_manifest(Work& work, std::uint32_t number, const Contents& part,
                                     std::uint32_t image_crc, bool oversize) {
    const std::string bytes = TRY(manifest_bytes(work, number, part, image_crc));
    FAULT_POINT("pack.part.before_manifest");
    TRY(work.claim.check());
    TRY(store::create_object(work.destination, format::manifest_name(number), bytes,
                             small_scratch(work, "manifest", number)));
    FAULT_POINT("pack.part.after_manifest");
    return published_part(number, part.table, image_crc, bytes, oversize);
}

// Size and, where the store keeps one, checksum of the object as the store has it now. Whether that is proof
// enough.
Result<bool> check_published(Work& work, const std::string& name, std::uint64_t size, std::uint32_t crc32) {
    const auto object = TRY(store::find_file(work.destination, name));
    if (!object) {
        return failure(
            make_error(Code::not_found, "read back", name, "it is not there after it was published")
                .with_remedy("see that nobody else removes files there; the same command makes it again"));
    }
    if (object->size != size || (object->crc32 && *object->crc32 != crc32)) {
        return failure(make_error(Code::corrupt, "read back", name,
                                  fmt::format("it has {} bytes there, {} were sent", object->size, size))
                           .with_remedy(kLooksBroken));
    }
    const store::Capabilities can = work.destination.capabilities();
    return !is_far(can) || (can.full_object_checksum && object->crc32);
}

// Every byte is read back and held against what was sent.
Status read_back(Work& work, const std::string& name, const Contents& part, std::uint32_t crc32,
                 std::size_t at_once) {
    std::string wrong;
    const digest::Algorithm algorithm = *digest::algorithm_named(work.request.options.digest);
    const set::ImageContents contents = TRY(set::check_image(
        work.destination, name, part.table, part.crcs, algorithm,
        [&](std::uint64_t offset, std::optional<std::size_t>, const std::string& what) {
            if (wrong.empty()) wrong = fmt::format("at byte {}: {}", offset, what);
        },
        {.progress = {}, .at_once = at_once}, work.shutdown.stop()));
    if (!wrong.empty() || contents.crc32 != crc32) {
        return failure(make_error(Code::corrupt, "read back", name,
                                  wrong.empty() ? "its CRC-32 is not the one that was sent" : wrong)
                           .with_remedy(kLooksBroken));
    }
    return {};
}

Status remove_unpublished(Work& work, const store::Object& image, const std::string& why) {
    work.hub.note(report::Level::warning, "made again: " + why, image.name);
    store::Remove remove;
    remove.name = image.name;
    remove.version = image.version;
    TRY(work.claim.check());
    work.destination.remove_many({&remove, 1}, work.shutdown.stop());
    return std::move(remove.result);
}

// Of a part that is there already, whose members are not read again. What is no longer there as it was listed
// leaves its line without.
Status ask_for_metas(Work& work, const format::MemberTable& table, MetaLog& metas) {
    if (!work.source.capabilities().keeps_metadata) return {};
    std::vector<std::size_t> entries;
    std::vector<store::Read> asked;
    for (std::size_t entry = 0; entry <= table.entries(); ++entry) {
        const bool end = entry == table.entries();
        if (!end && table.kind(table.line_of(entry)) == zip::Kind::file) {
            store::Read& read = asked.emplace_back();
            read.name = table.path(table.line_of(entry));
            read.version.tag = table.version(table.line_of(entry));
            read.want_attributes = true;
            entries.push_back(entry);
        }
        if (!end && asked.size() < kReadsAtOnce) continue;
        work.source.read_many(asked, work.shutdown.stop());
        for (std::size_t i = 0; i < asked.size(); ++i) {
            if (asked[i].result) {
                metas.note(entries[i], meta_text(asked[i].attributes));
            } else if (!about_member(asked[i].result.error())) {
                return failure(std::move(asked[i].result).error());
            }
        }
        TRY(metas.append(1, end ? entry : entry + 1));
        asked.clear();
        entries.clear();
    }
    return {};
}

Result<std::optional<PublishedPart>> adopt(Work& work, std::uint32_t number, const PartList& list,
                                           const store::Object& image, const Adoption& how) {
    const auto& known = how.known;
    if (!work.request.verify_full && known && image.size == list.table.layout().image_size() &&
        image.crc32 == known->crc32) {
        MetaLog metas(work.job.folder(), number);
        TRY(metas.load(known->revision, known->meta_length));
        const Contents contents{list.table, known->members.crcs, known->members.digests, metas};
        return std::optional(TRY(write_manifest(work, number, contents, known->crc32, list.end.oversize)));
    }
    // It would have to be restored first, which takes hours.
    if (image.archived) {
        TRY(remove_unpublished(work, image, "it is in an archive class and cannot be read back"));
        return std::optional<PublishedPart>();
    }
    std::string wrong;
    const digest::Algorithm algorithm = *digest::algorithm_named(work.request.options.digest);
    auto contents = set::check_image(
        work.destination, image.name, list.table, {}, algorithm,
        [&](std::uint64_t offset, std::optional<std::size_t>, const std::string& what) {
            if (wrong.empty()) wrong = fmt::format("at byte {}: {}", offset, what);
        },
        {.progress = {}, .at_once = how.at_once}, work.shutdown.stop());
    if (!contents && contents.error().code != Code::corrupt) return failure(std::move(contents).error());
    if (!contents || !wrong.empty()) {
        TRY(remove_unpublished(work, image, wrong.empty() ? contents.error().message() : wrong));
        return std::optional<PublishedPart>();
    }
    MetaLog metas(work.job.folder(), number);
    TRY(ask_for_metas(work, list.table, metas));
    auto made = write_manifest(work, number, {list.table, contents->crcs, contents->digests, metas},
                               contents->crc32, list.end.oversize);
    metas.remove();
    return std::optional(TRY(std::move(made)));
}

// A service whose reply was lost no longer knows the upload (not_found), or meets our own object (exists):
// what counts is what is there. `error`: what finish() said.
Status look_for_lost_reply(Work& work, FilledPart& filled, const Error& error) {
    const bool gone = error.code == Code::not_found;
    if (gone && !TRY(store::find_file(work.destination, format::part_name(filled.part)))) {
        return failure(error);
    }
    // What the service holds is not what was sent, and it will say so again: the part begins again.
    if (error.code == Code::corrupt && hides_uploads(work.destination)) TRY(give_up(work, *filled.upload));
    if (!gone && error.code != Code::exists) return failure(error);
    return {};
}

}  // namespace

Result<PublishedPart> publish(Work& work, FilledPart& filled, bool oversize, std::size_t at_once) {
    const std::string name = format::part_name(filled.part);
    const std::uint64_t size = filled.table.layout().image_size();
    TRY(work.claim.check());
    FAULT_POINT("pack.part.before_publish");
    auto finished = filled.upload->finish({size, filled.crc32, filled.pieces});
    if (!finished) TRY(look_for_lost_reply(work, filled, finished.error()));
    FAULT_POINT("pack.part.after_publish");
    const bool proven = TRY(check_published(work, name, size, filled.crc32));
    const Contents contents{filled.table, filled.members.crcs, filled.members.digests, *filled.metas};
    if (!finished || !proven || work.request.verify_full)
        TRY(read_back(work, name, contents, filled.crc32, at_once));
    if (!finished) TRY(give_up(work, *filled.upload));
    work.uploads.set_over(filled.part);
    return write_manifest(work, filled.part, contents, filled.crc32, oversize);
}

Result<std::optional<PublishedPart>> find_published(Work& work, std::uint32_t part, const PartList& list,
                                                    const Adoption& how) {
    const auto image = TRY(store::find_file(work.destination, format::part_name(part)));
    if (!image) return std::optional<PublishedPart>();
    const std::string manifest = format::manifest_name(part);
    const auto object = TRY(store::find_file(work.destination, manifest));
    if (!object) return adopt(work, part, list, *image, how);
    const std::string bytes =
        TRY(store::read_object(work.destination, manifest, object->size, work.shutdown.stop()));
    const format::ManifestHeader header = TRY(set::manifest_header(work.destination, manifest));
    if (header.layout_hash != list.end.layout_hash || header.image_size != image->size) {
        return failure(make_error(Code::corrupt, "continue with", manifest,
                                  "it does not belong to the member list of this part")
                           .with_remedy("run `haul verify` on it, or pack under another --name"));
    }
    return std::optional(published_part(part, list.table, header.crc32, bytes, list.end.oversize));
}

std::string to_text(const PublishedPart& part) {
    const format::PartRecord& record = part.record;
    json::Ordered value;
    value["name"] = record.name;
    value["manifest"] = record.manifest;
    value["size"] = record.size;
    value["crc32"] = record.crc32;
    value["members"] = record.members;
    value["folders"] = record.folders;
    value["bytes"] = record.bytes;
    value["manifest_digest"] = record.manifest_digest;
    value["oversize"] = record.oversize;
    value["files"] = part.files;
    value["folder_entries"] = part.folders;
    value["symlinks"] = part.symlinks;
    return json::dump(value);
}

Result<PublishedPart> parse_published_part(const std::string& text) {
    constexpr std::string_view subject = "part record";
    const json::Value value = TRY(json::parse(text, subject));
    PublishedPart part;
    format::PartRecord& record = part.record;
    record.name = TRY(json::string_at(value, "name", subject));
    record.manifest = TRY(json::string_at(value, "manifest", subject));
    record.size = TRY(json::uint_at(value, "size", subject));
    record.crc32 = static_cast<std::uint32_t>(TRY(json::uint_at(value, "crc32", subject)));
    record.members = TRY(json::uint_at(value, "members", subject));
    record.folders = TRY(json::uint_at(value, "folders", subject));
    record.bytes = TRY(json::uint_at(value, "bytes", subject));
    record.manifest_digest = TRY(json::string_at(value, "manifest_digest", subject));
    record.oversize = TRY(json::bool_at(value, "oversize", subject));
    part.files = TRY(json::uint_at(value, "files", subject));
    part.folders = TRY(json::uint_at(value, "folder_entries", subject));
    part.symlinks = TRY(json::uint_at(value, "symlinks", subject));
    return part;
}

}  // namespace haul::pack

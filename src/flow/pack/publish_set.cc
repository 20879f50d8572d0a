#include "flow/pack/publish_set.h"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

#include "base/fault_point.h"
#include "flow/claim/claim_files.h"
#include "flow/pack/checkpoint.h"
#include "flow/pack/notes.h"
#include "flow/pack/own_files.h"
#include "flow/pack/part_unit.h"
#include "flow/pack/part_upload.h"
#include "flow/pack/publish.h"
#include "flow/set/set_view.h"
#include "store/store.h"

namespace haul::pack {
namespace {

constexpr std::size_t kMostNotesListed = 100'000;

// Parts and totals: of the earlier generation, where there is one, and of what this job published.
Status add_parts(Work& work, format::SetRecord& record) {
    return ledger::for_each_fact(work.job.ledger(), kPartFact, [&](const ledger::Fact& fact) -> Status {
        PublishedPart part = TRY(parse_published_part(fact.value.value_or("")));
        record.files += part.files;
        record.folders += part.folders;
        record.symlinks += part.symlinks;
        record.folder_lines += part.record.folders;
        record.bytes += part.record.bytes;
        record.parts.push_back(std::move(part.record));
        return {};
    });
}

// Members of earlier generations that a part of this one holds again: they count no more.
Status add_superseded(Work& work, format::SetRecord& record) {
    return ledger::for_each_fact(work.job.ledger(), kSupersededFact, [&](const ledger::Fact& fact) -> Status {
        if (TRY(ledger::fact(work.job.ledger(), kFailedFact, fact.key)))
            return {};  // it was not packed again
        const json::Value value = TRY(json::parse(fact.value.value_or("{}"), "superseded member"));
        record.superseded.push_back({fact.key, TRY(json::string_at(value, "part", "superseded member"))});
        --(TRY(json::bool_at(value, "entry", "superseded member")) ? record.folders : record.folder_lines);
        return {};
    });
}

// Its header; with --verify=full after every byte of it was read back.
Result<format::ManifestHeader> look_at_manifest(Work& work, const format::PartRecord& part) {
    if (work.request.verify_full) {
        const auto visit = [](const format::Member&) -> Status { return {}; };
        TRY(set::read_manifest(work.destination, part, visit, work.shutdown.stop()));
    }
    return set::manifest_header(work.destination, part.manifest);
}

Status compare_with_manifest(Work& work, const format::PartRecord& part) {
    const auto image = TRY(store::find_file(work.destination, part.name));
    auto looked = look_at_manifest(work, part);
    if (!looked && looked.error().code == Code::corrupt) {
        return failure(
            std::move(looked)
                .error()
                .within("complete the set", part.manifest)
                .with_remedy("run the same command again; where it says the same, end the job with "
                             "`haul cancel` and begin anew"));
    }
    const format::ManifestHeader header = TRY(std::move(looked));
    if (image && image->size == part.size && header.image_size == part.size && header.crc32 == part.crc32 &&
        (!image->crc32 || *image->crc32 == part.crc32)) {
        return {};
    }
    return failure(
        make_error(Code::corrupt, "complete the set", part.name,
                   image
                       ? fmt::format("it has {} bytes, its manifest says {}", image->size, header.image_size)
                       : "it is not there any more")
            .with_remedy(
                "something else changed the destination; run `haul verify`, or pack under another --name"));
}

// The set is complete with it, and cannot be opened without it: what the destination has is compared with
// what was sent.
Status write_record(Work& work, const format::SetRecord& record) {
    const std::string name = format::file_name(record.generation);
    const std::string document = format::to_document(record);
    TRY(store::create_object(work.destination, name, document, small_scratch(work, "record")));
    const std::string there =
        TRY(store::read_object(work.destination, name, document.size(), work.shutdown.stop()));
    if (there == document) return {};
    TRY(work.claim.check());
    TRY(store::remove_object(work.destination, name));
    Error error = make_error(Code::corrupt, "read back", name, "it is not what was sent");
    error.cleaned = "it was removed";
    return failure(std::move(error).with_remedy("run the same command again"));
}

// Uploads that a checkpoint of ours goes on with.
Result<std::set<std::string>> uploads_under_way(Work& work) {
    std::set<std::string> kept;
    TRY(ledger::for_each_unit(work.job.ledger(), kPartUnit, [&](const ledger::UnitRow& unit) -> Status {
        if (unit.checkpoint.empty() || unit.state == ledger::State::done) return {};
        kept.insert(TRY(parse_checkpoint(unit.checkpoint)).upload);
        return {};
    }));
    return kept;
}

// An attempt to write after a successor had cleaned up made these folders again; while anything is in them
// they stay.
void remove_empty_folders(Work& work) {
    for (const char* folder : {kScratchFolder, kOwnFolder}) {
        store::Remove remove;
        remove.name = folder;
        remove.folder = true;
        work.destination.remove_many({&remove, 1}, {});
    }
}

}  // namespace

ledger::Fact superseded_fact(const std::string& path, const LinePlace& line) {
    return {kSupersededFact, path, json::dump(json::Ordered{{"part", line.part}, {"entry", line.entry}})};
}

Result<format::SetRecord> publish_set(Work& work) {
    format::SetRecord record = work.earlier.value_or(format::SetRecord{});
    if (work.earlier) ++record.generation;
    record.name = work.request.name;
    record.source = work.request.source.canonical();
    record.options = work.request.options;
    TRY(add_parts(work, record));
    TRY(add_superseded(work, record));
    for (const format::PartRecord& part : record.parts) TRY(compare_with_manifest(work, part));
    Noted skipped = TRY(noted(work, kSkippedFact, kMostNotesListed));
    Noted failed = TRY(noted(work, kFailedFact, kMostNotesListed));
    record.skipped = std::move(skipped.items);
    record.skipped_count = skipped.count;
    record.failed = std::move(failed.items);
    record.failed_count = failed.count;
    TRY(work.claim.check());
    FAULT_POINT("pack.set.before_record");
    Status written = write_record(work, record);
    if (!written) {
        remove_empty_folders(work);
        return failure(std::move(written).error());
    }
    FAULT_POINT("pack.set.after_record");
    return record;
}

Status sweep_temporaries(Work& work, const std::vector<store::Object>& listed) {
    const std::set<std::string> kept = TRY(uploads_under_way(work));
    std::vector<store::Object> stale = files_in(listed, kScratchFolder);
    std::erase_if(stale, [&](const store::Object& object) { return kept.contains(object.name); });
    return stale.empty() ? Status() : remove_seen(work, stale);
}

Status abandon_parts(Work& work) {
    std::set<std::string> kept;
    if (work.earlier) {
        for (const format::PartRecord& part : work.earlier->parts) kept.insert(part.name);
    }
    for (const auto& [part, revision] : TRY(find_lists(work))) {
        if (kept.contains(format::part_name(part))) continue;
        // The manifest first: a part without one that has a list is still ours after a kill.
        for (const std::string& name : {format::manifest_name(part), format::part_name(part)}) {
            auto there = TRY(store::find_file(work.destination, name));
            if (there) TRY(remove_seen(work, {std::move(*there)}));
            FAULT_POINT("pack.abandon.between");
        }
    }
    return {};
}

Status clean_up(Work& work) {
    const std::vector<store::Object> there = TRY(list_own_folder(work));
    // While the lists are there: they tell whose uploads to look for.
    TRY(end_uploads(work, there));
    for (const char* folder : {kListFolder, kScratchFolder}) {
        std::vector<store::Object> files = files_in(there, folder);
        // A beat may be on its way there.
        std::erase_if(files, [](const store::Object& file) { return claim::is_scratch(file.name); });
        if (!files.empty()) TRY(remove_seen(work, files));
        FAULT_POINT("pack.clean.between");
    }
    FAULT_POINT("pack.clean.before_release");
    return work.claim.release();
}

}  // namespace haul::pack

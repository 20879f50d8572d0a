#include "flow/pack/own_files.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/number.h"
#include "flow/claim/claim_files.h"
#include "flow/pack/part_unit.h"
#include "flow/pack/upload_records.h"
#include "ledger/ledger.h"

namespace haul::pack {
namespace {

// "part-00012.r3.list.zst" -> (12, 3)
std::optional<std::pair<std::uint32_t, std::uint32_t>> parse_list_name(std::string_view name) {
    const std::size_t dot = name.find(".r");
    if (!name.starts_with("part-") || dot == std::string_view::npos || !name.ends_with(".list.zst"))
        return std::nullopt;
    const std::size_t tail = name.size() - std::string_view(".list.zst").size();
    const auto part = text::whole_number<std::uint32_t>(name.substr(5, dot - 5));
    const auto revision = text::whole_number<std::uint32_t>(name.substr(dot + 2, tail - dot - 2));
    if (!part || !revision) return std::nullopt;
    return std::pair(*part, *revision);
}

Status add_known_lists(Work& work, std::vector<store::Object>& files) {
    return ledger::for_each_unit(work.job.ledger(), kPartUnit, [&](const ledger::UnitRow& unit) -> Status {
        const std::uint32_t part = TRY(parse_part_unit(unit.payload)).part;
        for (std::uint32_t revision = 1;
             TRY(claim::add_by_name(work.destination, list_name(part, revision), files));)
            ++revision;
        return {};
    });
}

Status add_known_uploads(Work& work, std::vector<store::Object>& files) {
    for (const std::uint32_t part : work.uploads.parts()) {
        for (const UploadRecord& record : work.uploads.of(part)) {
            if (record.intent)
                TRY(claim::add_by_name(work.destination, intent_name(part, record.claim), files));
            if (record.id) TRY(claim::add_by_name(work.destination, id_name(part, record.claim), files));
        }
    }
    return {};
}

}  // namespace

std::vector<store::Object> files_in(const std::vector<store::Object>& listed, std::string_view folder) {
    std::vector<store::Object> files;
    for (const store::Object& object : listed) {
        if (object.kind != store::Kind::folder && lies_in(object, folder)) files.push_back(object);
    }
    return files;
}

Lists lists_among(const std::vector<store::Object>& listed) {
    Lists highest;
    for (const store::Object& object : listed) {
        if (!lies_in(object, kListFolder)) continue;
        const std::size_t slash = object.name.rfind('/');
        if (const auto parsed = parse_list_name(std::string_view(object.name).substr(slash + 1))) {
            std::uint32_t& revision = highest[parsed->first];
            revision = std::max(revision, parsed->second);
        }
    }
    return highest;
}

Result<Lists> find_lists(Work& work) {
    return lists_among(TRY(store::list_folder(work.destination, kListFolder, work.shutdown.stop())));
}

Result<std::vector<store::Object>> list_own_folder(Work& work) {
    std::vector<store::Object> files =
        TRY(store::list_folder(work.destination, kOwnFolder, work.shutdown.stop()));
    if (claim::shows_claim(files, work.claim.number())) return files;
    TRY(add_known_lists(work, files));
    TRY(add_known_uploads(work, files));
    return files;
}

Status remove_seen(Work& work, const std::vector<store::Object>& objects) {
    std::vector<store::Remove> removes;
    for (const store::Object& object : objects) {
        if (object.kind == store::Kind::folder) continue;
        store::Remove remove;
        remove.name = object.name;
        remove.version = object.version;
        removes.push_back(std::move(remove));
    }
    TRY(work.claim.check());
    work.destination.remove_many(removes, work.shutdown.stop());
    for (store::Remove& remove : removes) TRY(std::move(remove.result));
    return {};
}

}  // namespace haul::pack

#include "flow/pack/part_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/json.h"
#include "flow/pack/checkpoint.h"
#include "flow/pack/notes.h"
#include "flow/pack/part_fill.h"
#include "flow/pack/part_upload.h"
#include "flow/pack/publish.h"
#include "flow/pack/window.h"
#include "flow/set/image_check.h"

namespace haul::pack {
namespace {

// The highest revision that the destination holds; a kill may have come between writing it and the
// checkpoint.
Result<std::uint32_t> highest_revision(Work& work, std::uint32_t part, std::uint32_t known) {
    while (TRY(store::find_file(work.destination, list_name(part, known + 1)))) ++known;
    return known;
}

Result<ledger::Outcome> outcome_of(Work& work, std::uint32_t part, const std::optional<PublishedPart>& record,
                                   const std::vector<format::ListNote>& notes) {
    ledger::Outcome outcome;
    if (record) outcome.facts.push_back({kPartFact, key_of(part), to_text(*record)});
    TRY(add_note_facts(work, part, notes, outcome));
    return outcome;
}

void say_done(Work& work, const engine::Context& context, const format::PartRecord& record) {
    report::Event event;
    event.type = report::Type::part_done;
    event.subject = record.name;
    event.files = record.members;
    event.bytes = record.size;
    event.worker = context.worker;
    work.hub.emit(std::move(event));
}

// Parts side by side are to have equally much; pieces that an earlier run sent keep their size.
Result<Window> choose_window(const Work& work, const engine::Context& context, const PartUnit& unit,
                             std::uint64_t beside_tiles) {
    const std::uint64_t all = context.memory.for_work();
    const std::uint64_t share = all / std::max(work.request.jobs, 1U);
    WindowNeed need;
    need.source = work.source.capabilities();
    need.destination = work.destination.capabilities();
    need.tile_size = work.request.tile_size;
    need.memory = all - std::min(all, beside_tiles);
    need.share = share - std::min(share, beside_tiles);
    if (!context.lease.checkpoint.empty())
        need.kept_tile = TRY(parse_checkpoint(context.lease.checkpoint)).tile_size;
    return window_for(need, unit);
}

}  // namespace

std::string key_of(std::uint32_t part) { return fmt::format("{:05}", part); }

std::string to_payload(const PartUnit& unit) {
    json::Ordered value;
    value["part"] = unit.part;
    value["revision"] = unit.revision;
    value["members"] = unit.members;
    value["folders"] = unit.folders;
    value["bytes"] = unit.bytes;
    value["size"] = unit.image_size;
    value["oversize"] = unit.oversize;
    value["text"] = unit.text;
    return json::dump(value);
}

Result<PartUnit> parse_part_unit(const std::string& payload) {
    constexpr std::string_view subject = "part unit";
    const json::Value value = TRY(json::parse(payload, subject));
    PartUnit unit;
    unit.part = static_cast<std::uint32_t>(TRY(json::uint_at(value, "part", subject)));
    unit.revision = static_cast<std::uint32_t>(TRY(json::uint_at(value, "revision", subject)));
    unit.members = TRY(json::uint_at(value, "members", subject));
    unit.folders = TRY(json::uint_at(value, "folders", subject));
    unit.bytes = TRY(json::uint_at(value, "bytes", subject));
    unit.image_size = TRY(json::uint_at(value, "size", subject));
    unit.oversize = TRY(json::bool_at(value, "oversize", subject));
    unit.text = TRY(json::find_uint(value, "text", subject)).value_or(0);
    return unit;
}

ledger::NewUnit new_unit(const PartUnit& unit) {
    return {kPartUnit, key_of(unit.part), to_payload(unit), unit.part};
}

PartUnit unit_of(std::uint32_t part, std::uint32_t revision, const format::PartListEnd& end) {
    return {part, revision, end.members, end.folders, end.bytes, end.image_size, end.oversize, end.text};
}

format::TableSize table_size(const PartUnit& unit) {
    if (unit.text > 0) return {unit.members + unit.folders, unit.members, unit.text};
    constexpr std::uint64_t version = 36;  // size and time of a local file, an ETag of a service
    format::TableSize size =
        format::table_size(unit.members, unit.folders, unit.bytes, unit.image_size, true);
    size.text += size.lines * version;
    return size;
}

std::uint64_t memory_to_fill(const PartUnit& unit, const std::string& digest) {
    const format::TableSize size = table_size(unit);
    const auto algorithm = digest::algorithm_named(digest);
    const std::uint64_t width = set::digest_width(algorithm.value_or(digest::Algorithm::sha256));
    const std::uint64_t sums = 2 * size.entries * (4 + width);
    // Of a manifest's line only sums, sizes, times and the ends of names do not compress.
    const std::uint64_t manifest = size.lines * 16 + size.entries * (16 + width) + size.text;
    return memory_of(size) + sums + manifest;
}

Result<ledger::Outcome> handle_part(Work& work, engine::Context& context) {
    const PartUnit unit = TRY(parse_part_unit(context.lease.payload));
    const engine::Reservation slot = TRY(work.slots.reserve(1, work.shutdown.drain()));
    const std::uint64_t beside_tiles = memory_to_fill(unit, work.request.options.digest);
    const Window window = TRY(choose_window(work, context, unit, beside_tiles));
    const engine::Reservation memory = TRY(context.memory.reserve(
        beside_tiles + memory_of(window, unit), format::part_name(unit.part), work.shutdown.drain()));
    const std::uint32_t revision = TRY(highest_revision(work, unit.part, unit.revision));
    PartList list = TRY(read_list(work, unit, revision));
    const UploadPlan plan{unit.part, revision, list.end.layout_hash, list.table.layout().image_size(),
                          window.tile_size};
    const auto known = TRY(sums_of_filled(work, context, list, plan));
    if (const auto done = TRY(find_published(work, unit.part, list, {known, window.stretches}))) {
        work.count(done->record.members, done->record.bytes);
        say_done(work, context, done->record);
        return outcome_of(work, unit.part, done, list.end.notes);
    }
    PartFill fill(work, context, unit.part, revision, std::move(list), window);
    FilledPart filled = TRY(fill.run());
    std::optional<PublishedPart> record;
    if (filled.table.lines() == 0) {
        TRY(give_up(work, *filled.upload));  // every member left: there is nothing to publish
        work.uploads.set_over(unit.part);
    } else {
        record = TRY(publish(work, filled, unit.oversize, window.stretches));
        say_done(work, context, record->record);
    }
    fill.forget_progress();
    return outcome_of(work, unit.part, record, filled.notes);
}

}  // namespace haul::pack

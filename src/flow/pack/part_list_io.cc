// Member lists at the destination, as they are read.
#include <fmt/format.h>

#include <utility>

#include "flow/pack/part_unit.h"
#include "store/store.h"

namespace haul::pack {
namespace {

constexpr std::uint64_t kReadAtOnce = 4ULL << 20U;

// Lists are create-only: the same command finds the same one again.
Error no_good(const Work& work, Error error) {
    if (error.code != Code::corrupt) return error;
    return std::move(error).with_remedy(fmt::format(
        "run the same command again; where it says the same, give the unfinished set up with `haul "
        "cancel {}`, and pack again",
        work.job.id()));
}

}  // namespace

Result<format::PartListEnd> read_list_end(Work& work, std::uint32_t part, std::uint32_t revision,
                                          const format::MemberSink& visit) {
    const std::string name = list_name(part, revision);
    const auto object = TRY(store::find_file(work.destination, name));
    if (!object) return failure(Code::not_found, "read the member list", name, "it is not there");
    format::PartListReader reader(name);
    const auto take = [&](std::span<const std::byte> bytes) -> Status {
        return reader.write(store::text_of(bytes), visit);
    };
    Status read =
        store::read_through(work.destination, name, object->size, kReadAtOnce, take, work.shutdown.stop());
    if (!read) return failure(no_good(work, std::move(read).error()));
    auto end = reader.end();
    if (!end) return failure(no_good(work, std::move(end).error()));
    return end;
}

Result<PartList> read_list(Work& work, const PartUnit& unit, std::uint32_t revision) {
    PartList list;
    list.table.reserve(table_size(unit));
    list.end = TRY(read_list_end(work, unit.part, revision, [&](const format::Member& member) -> Status {
        list.table.add(member);
        return {};
    }));
    if (list.table.layout().hash() != list.end.layout_hash) {
        return failure(
            no_good(work, make_error(Code::corrupt, "read the member list", list_name(unit.part, revision),
                                     "its members do not give the layout that its closing line names")));
    }
    return list;
}

}  // namespace haul::pack

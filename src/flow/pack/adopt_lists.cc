#include "flow/pack/adopt_lists.h"

#include <map>
#include <utility>

#include "flow/pack/notes.h"
#include "flow/pack/own_files.h"
#include "flow/pack/part_unit.h"

namespace haul::pack {
namespace {

Result<AdoptedList> adopt(Work& work, std::uint32_t part, std::uint32_t revision) {
    AdoptedList adopted;
    adopted.part = part;
    std::map<std::string, LateMember, std::less<>> late;
    for (LateMember& member : TRY(open_late_members(work))) late.emplace(member.path, std::move(member));
    std::vector<LateMember> taken_up;
    adopted.end = TRY(read_list_end(work, part, revision, [&](const format::Member& member) -> Status {
        const auto found = late.find(member.path);
        if (found != late.end()) taken_up.push_back(found->second);
        return {};
    }));
    adopted.outcome.units.push_back(new_unit(unit_of(part, revision, adopted.end)));
    if (adopted.end.settles) {
        for (const LateMember& member : taken_up) adopted.outcome.facts.push_back(settled_fact(member));
    }
    TRY(add_note_facts(work, part, adopted.end.notes, adopted.outcome));
    return adopted;
}

}  // namespace

Status adopt_lists(Work& work, std::uint32_t first, const std::function<Status(const AdoptedList&)>& commit) {
    const Lists lists =
        work.lists_left ? *std::exchange(work.lists_left, std::nullopt) : TRY(find_lists(work));
    for (auto at = lists.find(first); at != lists.end(); at = lists.find(at->first + 1)) {
        TRY(commit(TRY(adopt(work, at->first, at->second))));
    }
    return {};
}

}  // namespace haul::pack

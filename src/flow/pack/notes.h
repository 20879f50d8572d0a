// What was skipped, failed or left for later: as notes in member lists (durable at the destination) and as
// facts in the ledger.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/pack/work.h"
#include "format/part_list.h"
#include "ledger/ledger.h"

namespace haul::pack {

// A member that changed while it was read goes to a later part, this many times at most; then it is failed.
inline constexpr int kMostTries = 3;

// Adds the facts of the notes in the list of `part`. Giving the same notes twice changes nothing.
[[nodiscard]] Status add_note_facts(Work& work, std::uint32_t part,
                                    const std::vector<format::ListNote>& notes, ledger::Outcome& outcome);

// Whether an error of the source is about one member, which then fails alone, rather than about the source or
// this process.
[[nodiscard]] bool about_member(const Error& error);

struct LateMember {
    std::string path;
    int tries = 0;           // how often it changed under us
    std::uint32_t part = 0;  // the last part that gave it up
};
// Those that no later part has taken up yet, in byte order of paths.
[[nodiscard]] Result<std::vector<LateMember>> open_late_members(Work& work);
// The fact that says that a later part has taken a late member up, or that it was given up.
[[nodiscard]] ledger::Fact settled_fact(const LateMember& late);
// The fact that says that a member waits for a later part.
[[nodiscard]] ledger::Fact open_fact(const LateMember& late);

// Facts as the set's record lists them (at most `limit`), and their whole count.
struct Noted {
    std::vector<format::ItemNote> items;
    std::uint64_t count = 0;
};
[[nodiscard]] Result<Noted> noted(Work& work, const char* fact_kind, std::size_t limit);
[[nodiscard]] ledger::Fact note_fact(const char* fact_kind, const format::ItemNote& note);

// For the display and the end's list: what could not be packed, and what to do about it.
[[nodiscard]] Error failed_item(const char* operation, const format::ItemNote& note);

}  // namespace haul::pack

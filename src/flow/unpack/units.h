// The units of an unpack and their handlers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "engine/engine.h"
#include "flow/unpack/work.h"
#include "ledger/ledger.h"

namespace haul::unpack {

// A run of members of one archive, about 256 MiB: items [first, last) of its index.
struct RunUnit {
    std::size_t archive = 0, first = 0, last = 0;
};
[[nodiscard]] ledger::NewUnit plan_unit(const Archives& archives, std::size_t archive);
// Whether the archive of a plan unit is still there, with the name and the content that it was planned for.
[[nodiscard]] Result<bool> still_planned(const Archives& archives, const std::string& payload);
[[nodiscard]] ledger::NewUnit run_unit(const RunUnit& run);
[[nodiscard]] Result<RunUnit> parse_run(const std::string& payload);
[[nodiscard]] ledger::NewUnit close_unit();

[[nodiscard]] Result<ledger::Outcome> handle_plan(Work& work, engine::Context& context);
[[nodiscard]] Result<ledger::Outcome> handle_run(Work& work, engine::Context& context);
[[nodiscard]] Result<ledger::Outcome> handle_close(Work& work, engine::Context& context);

// For a unit: the index of an archive. A source that refuses is Code::io here, since the engine takes
// Code::denied for an outage of the destination, and waits; so the archive is set aside, and others go on.
[[nodiscard]] Result<std::shared_ptr<const Index>> index_of(Work& work, std::size_t archive);

// Waits for the memory of that index and `beside` it; held as long as the index is.
[[nodiscard]] Result<engine::Reservation> reserve_index(Work& work, engine::Context& context,
                                                        std::size_t archive, std::uint64_t beside);

// Limits that the request sets for foreign archives.
[[nodiscard]] zip::Limits limits_of(const Request& request);

// Refuses, before anything is written: two members of one name in different archives, a member beneath a
// symlink of the archives, a member beneath `.haul/`. Foreign ZIPs only: a set's paths were checked when it
// was packed. Holds 16 bytes a member.
[[nodiscard]] Status check_names(const Request& request, const Archives& archives, IndexCache& indexes,
                                 const engine::Shutdown& shutdown);

}  // namespace haul::unpack

// The unit "part": what its payload says, and the list of members that belongs to it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "flow/pack/work.h"
#include "format/member_table.h"
#include "format/part_list.h"
#include "ledger/ledger.h"

namespace haul::pack {

inline constexpr const char* kPartUnit = "part";
inline constexpr const char* kListUnit = "list";
// Facts of a pack's ledger.
inline constexpr const char* kPartFact = "part";  // key "00001": the part's record, once it is published
inline constexpr const char* kSkippedFact = "skipped";  // key: path
inline constexpr const char* kFailedFact = "failed";
inline constexpr const char* kSupersededFact =
    "superseded";  // key: path; its line in an earlier generation: {"part":…,"entry":bool}
inline constexpr const char* kLateFact =
    "late";  // key: path; changed while it was read: {"tries":N,"open":bool}

struct PartUnit {
    std::uint32_t part = 0;
    std::uint32_t revision = 1;  // of the list when the unit was made; the destination may hold a higher one
    std::uint64_t members = 0, folders = 0, bytes = 0, image_size = 0;
    bool oversize = false;
    std::uint64_t text = 0;  // format::TableSize::text; 0: not known
};
[[nodiscard]] std::string key_of(std::uint32_t part);
[[nodiscard]] std::string to_payload(const PartUnit& unit);
[[nodiscard]] Result<PartUnit> parse_part_unit(const std::string& payload);
[[nodiscard]] ledger::NewUnit new_unit(const PartUnit& unit);
[[nodiscard]] PartUnit unit_of(std::uint32_t part, std::uint32_t revision, const format::PartListEnd& end);

// What the table of its members comes to at most.
[[nodiscard]] format::TableSize table_size(const PartUnit& unit);

// Table, sums (twice while the log of an earlier run is read), and the manifest while it is written; tiles
// come to it.
[[nodiscard]] std::uint64_t memory_to_fill(const PartUnit& unit, const std::string& digest);
// The list of the part that is being cut, compressed, and its copy while it grows: at most, beside all parts.
inline constexpr std::uint64_t kOpenList = 72ULL << 20U;

// A part's list as read from the destination.
struct PartList {
    format::MemberTable table;
    format::PartListEnd end;
};
[[nodiscard]] Result<PartList> read_list(Work& work, const PartUnit& unit, std::uint32_t revision);
// Only its closing line is kept; the members are shown to `visit`, one by one.
[[nodiscard]] Result<format::PartListEnd> read_list_end(Work& work, std::uint32_t part,
                                                        std::uint32_t revision,
                                                        const format::MemberSink& visit);
// The handler: fill, publish, manifest. Its outcome is the part's record as a fact.
[[nodiscard]] Result<ledger::Outcome> handle_part(Work& work, engine::Context& context);

}  // namespace haul::pack

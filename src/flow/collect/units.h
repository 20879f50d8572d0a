// The kinds of units that collecting consists of, and those that one phase leaves for another.
//
// Units are known by their keys, and one that has ended stays. Where there is something to do again, its key
// gets a turn, "KEY@TURN".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"

namespace haul::collect {

inline constexpr const char *kSearchUnit = "search", *kProbeUnit = "probe", *kDownloadUnit = "download",
                            *kFilterUnit = "filter";

// `turn`: empty for the first.
[[nodiscard]] std::string in_turn(const std::string& key, std::string_view turn);
[[nodiscard]] std::string without_turn(const std::string& key);
// The units of that key, in all their turns.
[[nodiscard]] Result<std::vector<ledger::UnitRow>> turns_of(const ledger::Ledger& ledger,
                                                            const std::string& kind, const std::string& key);

[[nodiscard]] ledger::NewUnit download_unit(const std::string& item_id, std::string_view turn = "");
// Judges a channel, beginning with that item.
[[nodiscard]] ledger::NewUnit probe_unit(const std::string& channel_id, const std::string& item_id,
                                         std::string_view turn = "");
// Hears a file that is there.
[[nodiscard]] ledger::NewUnit filter_unit(const std::string& item_id);

}  // namespace haul::collect

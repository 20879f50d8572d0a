// What holds of every candidate, whatever the stranger wrote that it was read from.
#pragma once

#include <string>

#include "demand.h"
#include "flow/collect/item/item.h"

namespace haul::fuzz {

// It has a name and a channel, and comes back from the ledger as it went in.
inline void demand_sound(const collect::Candidate& candidate) {
    demand(!candidate.item.empty() && !candidate.channel.empty());
    const std::string text = json::dump(collect::json_of(candidate));
    const auto value = json::parse(text, "fuzz");
    demand(value.has_value());
    const auto back = collect::candidate_from(*value, "fuzz");
    demand(back.has_value() && *back == candidate);
    demand(collect::id_of(*back) == collect::id_of(candidate));
}

}  // namespace haul::fuzz

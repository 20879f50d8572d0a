// The set's record: the last thing that is written, and what makes the set complete.
#pragma once

#include <string>

#include "base/result.h"
#include "flow/pack/existing_set.h"
#include "flow/pack/work.h"
#include "format/set_record.h"
#include "ledger/ledger.h"

namespace haul::pack {

// For the ledger: a member of an earlier generation that this one packs again.
[[nodiscard]] ledger::Fact superseded_fact(const std::string& path, const LinePlace& line);

// Compares every part with its manifest once more and writes the record of the next generation.
[[nodiscard]] Result<format::SetRecord> publish_set(Work& work);
// Parts that have a list and belong to no complete set, published or not, go: nothing refers to them once the
// lists are gone.
[[nodiscard]] Status abandon_parts(Work& work);
// Ends what uploads are left, removes member lists and temporaries, then the claim and `.haul/` itself.
[[nodiscard]] Status clean_up(Work& work);
// Removes those of the temporaries among `listed` that no checkpoint of ours names.
[[nodiscard]] Status sweep_temporaries(Work& work, const std::vector<store::Object>& listed);

}  // namespace haul::pack

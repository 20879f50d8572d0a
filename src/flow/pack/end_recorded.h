// Ends uploads of parts that a service keeps out of sight, and what `.haul/uploads/` says of them
// (upload_records.h). Only for who holds the highest claim. Stateless.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/claim/claim.h"
#include "flow/pack/upload_records.h"
#include "store/store.h"

namespace haul::pack {

// What the records of a part name. `unknown`: at least one upload may be there that no `.id` tells.
struct Named {
    std::vector<UploadId> uploads;
    bool unknown = false;
};
[[nodiscard]] Result<Named> read_ids(store::Store& set, std::uint32_t part,
                                     const std::vector<UploadRecord>& records, const std::stop_token& stop);

// One that is gone is fine.
[[nodiscard]] Status abort_upload(store::Store& set, std::uint32_t part, const std::string& id);
// Every upload of the part that the service lists now; returns them. Looks at the claim first.
[[nodiscard]] Result<std::vector<store::PendingUpload>> abort_listed(store::Store& set, claim::Claim& claim,
                                                                     std::uint32_t part);
// Those of uploads that are over. Looks at the claim first.
[[nodiscard]] Status remove_records(store::Store& set, claim::Claim& claim, std::uint32_t part,
                                    const std::vector<UploadRecord>& records);

// All of the above for every part that `.haul/uploads/` tells of, for who does not go on with the set itself:
// its next owner begins these uploads anew. Nothing else is touched. Looks at the claim before each abort.
// Returns what was ended, also what turned out to be gone. Code::interrupted: asked to stop; what is ended by
// then is ended.
[[nodiscard]] Result<std::vector<store::PendingUpload>> end_recorded_uploads(store::Store& set,
                                                                             claim::Claim& claim,
                                                                             const std::stop_token& stop);

}  // namespace haul::pack

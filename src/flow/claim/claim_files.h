// The files of claims at a destination: where they lie and what is in them. Holds no state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/claim/own_folder.h"
#include "format/claim_record.h"
#include "store/store.h"

namespace haul::claim {

[[nodiscard]] std::string claim_path(std::uint64_t number);
[[nodiscard]] std::string beat_path(std::uint64_t number);
// Whether a listing of `.haul/` has it: one that lacks a claim which is there is an old page of a service.
[[nodiscard]] bool shows_claim(const std::vector<store::Object>& listed, std::uint64_t number);
// For what an old page lacks: whether `name` is there; it is among `files` then.
[[nodiscard]] Result<bool> add_by_name(store::Store& store, const std::string& name,
                                       std::vector<store::Object>& files);
// Where a local store puts the temporaries of claims and beats. One writer at a time may use one name.
[[nodiscard]] std::string scratch_path(const std::string& kind, const std::string& token,
                                       std::uint64_t number);
[[nodiscard]] bool is_scratch(const std::string& path);

// The claims' objects, lowest number first.
struct ClaimFile {
    std::uint64_t number = 0;
    store::Object object;
};
[[nodiscard]] std::vector<ClaimFile> claims_among(const std::vector<store::Object>& objects);
[[nodiscard]] Result<std::vector<ClaimFile>> list_claims(store::Store& store,
                                                         const std::stop_token& stop = {});

// nullopt where there is none of this number.
[[nodiscard]] Result<std::optional<format::ClaimRecord>> read_claim(store::Store& store,
                                                                    std::uint64_t number);

}  // namespace haul::claim

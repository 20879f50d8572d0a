// The claim `.haul/claim-NNNNNN.json` and the beat: who owns a destination, and with what request. Format
// haul/1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/process.h"
#include "base/result.h"
#include "format/set_record.h"

namespace haul::format {

struct ClaimRecord {
    std::uint64_t number = 1;
    std::string flow;    // "pack", "unpack"
    std::string source;  // canonical address
    std::string name;
    SetOptions options;   // pack
    std::string request;  // unpack: its options as canonical JSON text; else empty
    std::string token;    // random; also in the owner's ledger
    process::Identity owner;
};
[[nodiscard]] std::string claim_name(std::uint64_t number);  // "claim-000001.json"
[[nodiscard]] std::optional<std::uint64_t> claim_number(std::string_view file_name);
[[nodiscard]] std::string beat_name(std::uint64_t claim_number);  // "beat-000001.json"
[[nodiscard]] std::optional<std::uint64_t> beat_number(std::string_view file_name);
// Its time is the store's: the document says only whose beat it is.
[[nodiscard]] std::string beat_document(std::uint64_t claim_number);
[[nodiscard]] std::string to_document(const ClaimRecord& record);
[[nodiscard]] Result<ClaimRecord> parse_claim(std::string_view document, std::string_view subject);

}  // namespace haul::format

// The objects that decisions are written in: OUT/decisions/NNNNNN.jsonl, each made once and never changed.
//
// A line is JSON whose last field, "crc32", is the CRC-32 of the line as it would be without that field. The
// first line says how many follow, so that a cut is seen. What is damaged is named by object and line, and
// all else is used. Holds no state.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/collect/decisions/decision.h"
#include "store/store.h"

namespace haul::collect {

inline constexpr const char* kDecisionsFolder = "decisions";
// A local store's temporaries, in that folder.
inline constexpr const char* kDecisionsTemporary = "decisions/.haul-decisions-";

[[nodiscard]] std::string object_name(std::uint64_t number);
// nullopt: `name` is no object of decisions.
[[nodiscard]] std::optional<std::uint64_t> object_number(std::string_view name);

// Of the texts of decisions.
[[nodiscard]] std::string object_text(const std::vector<std::string>& decisions);

struct ReadObject {
    std::vector<Decision> decisions{};
    std::vector<Error> damaged{};  // a line, or the whole, that could not be used
};
[[nodiscard]] ReadObject parse_object(std::string_view text, const std::string& name);
// An object that is longer than any that is written here is damaged.
[[nodiscard]] Result<ReadObject> read_decisions(store::Store& out, const std::string& name,
                                                const std::stop_token& stop);

struct ListedDecisions {
    std::vector<std::uint64_t> numbers{};    // in their order
    std::vector<std::string> temporaries{};  // of a run that was killed
};
[[nodiscard]] Result<ListedDecisions> list_decisions(store::Store& out, const std::stop_token& stop);

}  // namespace haul::collect

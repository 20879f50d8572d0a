// JSON without exceptions: nlohmann's value type, parsed and picked apart with Results.
//
// Getters name the document and field that is missing or of the wrong type (Code::corrupt). Unknown fields
// are ignored.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace haul::json {

using Value = nlohmann::json;
using Ordered = nlohmann::ordered_json;  // keeps the order of keys as written: what we store

// `subject` names the document in errors. Depth is limited to 64.
[[nodiscard]] Result<Value> parse(std::string_view text, std::string_view subject);
// Never throws: invalid UTF-8 is replaced by U+FFFD (put bytes into *_b64 fields where they matter).
[[nodiscard]] std::string dump(const Value& value, int indent = -1);
[[nodiscard]] std::string dump(const Ordered& value, int indent = -1);

// What the getters below return for a field that is there and is not what it should be: `why` goes on from
// its name, as in "is not a number". For whoever looks at fields without them.
[[nodiscard]] std::unexpected<Error> bad_field(std::string_view subject, std::string_view field,
                                               std::string_view why);

[[nodiscard]] Result<std::string> string_at(const Value& object, const char* field, std::string_view subject);
[[nodiscard]] Result<std::uint64_t> uint_at(const Value& object, const char* field, std::string_view subject);
[[nodiscard]] Result<std::int64_t> int_at(const Value& object, const char* field, std::string_view subject);
[[nodiscard]] Result<bool> bool_at(const Value& object, const char* field, std::string_view subject);
// nullopt where the field is absent or null; an error where it has another type.
[[nodiscard]] Result<std::optional<std::string>> find_string(const Value& object, const char* field,
                                                             std::string_view subject);
[[nodiscard]] Result<std::optional<std::uint64_t>> find_uint(const Value& object, const char* field,
                                                             std::string_view subject);
[[nodiscard]] Result<std::optional<std::int64_t>> find_int(const Value& object, const char* field,
                                                           std::string_view subject);

// A path as a JSON field: "path" where it is UTF-8, else "path_b64". `field` is "path", "target", ...
void put_bytes(Ordered& object, const std::string& field, std::string_view bytes);
[[nodiscard]] Result<std::optional<std::string>> find_bytes(const Value& object, const std::string& field,
                                                            std::string_view subject);

}  // namespace haul::json

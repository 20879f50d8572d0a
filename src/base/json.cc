#include "base/json.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "base/text.h"

namespace haul::json {
namespace {

constexpr int kMaxDepth = 64;

// Looked at before the parser runs: what it builds is nested as deep as the text.
bool is_too_deep(std::string_view text) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > kMaxDepth) return true;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return false;
}

// Without the library's own "[json.exception.parse_error.101] ".
std::string reason_of(const nlohmann::json::exception& error) {
    const std::string_view what = error.what();
    const std::size_t end = what.find("] ");
    return std::string(end == std::string_view::npos ? what : what.substr(end + 2));
}

// nullptr where it is absent or null.
Result<const Value*> find(const Value& object, std::string_view field, std::string_view subject) {
    if (!object.is_object()) return failure(Code::corrupt, "read", std::string(subject), "not a JSON object");
    const auto at = object.find(field);
    if (at == object.end() || at->is_null()) return nullptr;
    return &*at;
}

Result<std::string> as_string(const Value& value, std::string_view field, std::string_view subject) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr) return bad_field(subject, field, "is not a string");
    return *text;
}

Result<std::uint64_t> as_uint(const Value& value, std::string_view field, std::string_view subject) {
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    if (!value.is_number_integer()) return bad_field(subject, field, "is not a whole number");
    if (value.get<std::int64_t>() < 0) return bad_field(subject, field, "is negative");
    return value.get<std::uint64_t>();
}

Result<std::int64_t> as_int(const Value& value, std::string_view field, std::string_view subject) {
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!value.is_number_integer()) return bad_field(subject, field, "is not a whole number");
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > kMax)
        return bad_field(subject, field, "is too large");
    return value.get<std::int64_t>();
}

Result<bool> as_bool(const Value& value, std::string_view field, std::string_view subject) {
    if (!value.is_boolean()) return bad_field(subject, field, "is not true or false");
    return value.get<bool>();
}

template <class T>
using Reader = Result<T> (*)(const Value&, std::string_view, std::string_view);

template <class T>
Result<T> required(Reader<T> read, const Value& object, const char* field, std::string_view subject) {
    const Value* value = TRY(find(object, field, subject));
    if (value == nullptr) return bad_field(subject, field, "is missing");
    return read(*value, field, subject);
}

template <class T>
Result<std::optional<T>> optional(Reader<T> read, const Value& object, const char* field,
                                  std::string_view subject) {
    const Value* value = TRY(find(object, field, subject));
    if (value == nullptr) return std::nullopt;
    return std::optional<T>(TRY(read(*value, field, subject)));
}

}  // namespace

std::unexpected<Error> bad_field(std::string_view subject, std::string_view field, std::string_view why) {
    return failure(Code::corrupt, "read", std::string(subject), fmt::format("field \"{}\" {}", field, why));
}

Result<Value> parse(std::string_view text, std::string_view subject) {
    if (is_too_deep(text)) return failure(Code::corrupt, "read", std::string(subject), "nested too deeply");
    try {
        return Value::parse(text);
    } catch (const nlohmann::json::exception& error) {
        return failure(Code::corrupt, "read", std::string(subject), reason_of(error));
    }
}

std::string dump(const Value& value, int indent) {
    return value.dump(indent, ' ', false, Value::error_handler_t::replace);
}

std::string dump(const Ordered& value, int indent) {
    return value.dump(indent, ' ', false, Ordered::error_handler_t::replace);
}

Result<std::string> string_at(const Value& object, const char* field, std::string_view subject) {
    return required(as_string, object, field, subject);
}

Result<std::uint64_t> uint_at(const Value& object, const char* field, std::string_view subject) {
    return required(as_uint, object, field, subject);
}

Result<std::int64_t> int_at(const Value& object, const char* field, std::string_view subject) {
    return required(as_int, object, field, subject);
}

Result<bool> bool_at(const Value& object, const char* field, std::string_view subject) {
    return required(as_bool, object, field, subject);
}

Result<std::optional<std::string>> find_string(const Value& object, const char* field,
                                               std::string_view subject) {
    return optional(as_string, object, field, subject);
}

Result<std::optional<std::uint64_t>> find_uint(const Value& object, const char* field,
                                               std::string_view subject) {
    return optional(as_uint, object, field, subject);
}

Result<std::optional<std::int64_t>> find_int(const Value& object, const char* field,
                                             std::string_view subject) {
    return optional(as_int, object, field, subject);
}

void put_bytes(Ordered& object, const std::string& field, std::string_view bytes) {
    if (text::is_utf8(bytes)) {
        object[field] = bytes;
    } else {
        object[field + "_b64"] = text::base64(bytes);
    }
}

Result<std::optional<std::string>> find_bytes(const Value& object, const std::string& field,
                                              std::string_view subject) {
    const std::string encoded_field = field + "_b64";
    auto plain = TRY(find_string(object, field.c_str(), subject));
    auto encoded = TRY(find_string(object, encoded_field.c_str(), subject));
    if (!encoded) return plain;
    if (plain) return bad_field(subject, field, "stands there twice, as text and as base64");
    auto bytes = text::base64_decode(*encoded);
    if (!bytes) return bad_field(subject, encoded_field, "is not base64");
    return bytes;
}

}  // namespace haul::json

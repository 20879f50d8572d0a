#include "format/line_writer.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>

#include "base/text.h"

namespace haul::format {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

enum class Class : std::uint8_t { plain, escape, high };

constexpr std::array<Class, 256> make_classes() {
    std::array<Class, 256> classes{};
    for (std::size_t i = 0; i < 0x20; ++i) classes[i] = Class::escape;
    for (std::size_t i = 0x80; i < 256; ++i) classes[i] = Class::high;
    classes['"'] = Class::escape;
    classes['\\'] = Class::escape;
    return classes;
}
constexpr std::array<Class, 256> kClasses = make_classes();

struct Look {
    bool escapes = false, high = false;
};

Look look_at(std::string_view value) {
    Look look;
    for (const char c : value) {
        const Class found = kClasses[static_cast<unsigned char>(c)];
        look.escapes |= found == Class::escape;
        look.high |= found == Class::high;
    }
    return look;
}

void append_escape(std::string& out, char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\t':
            out += "\\t";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\b':
            out += "\\b";
            return;
        case '\f':
            out += "\\f";
            return;
        default:
            break;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out.push_back(kHex[byte >> 4U]);
    out.push_back(kHex[byte & 15U]);
}

void append_escaped(std::string& out, std::string_view value) {
    std::size_t plain_from = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (kClasses[static_cast<unsigned char>(value[i])] != Class::escape) continue;
        out.append(value, plain_from, i - plain_from);
        append_escape(out, value[i]);
        plain_from = i + 1;
    }
    out.append(value, plain_from);
}

// The longest valid character at the front, in bytes; 0 where none begins here.
std::size_t character_at(std::string_view value) {
    for (std::size_t length = 1; length <= 4 && length <= value.size(); ++length) {
        if (text::is_utf8(value.substr(0, length))) return length;
    }
    return 0;
}

std::string replace_invalid(std::string_view value) {
    std::string valid;
    while (!value.empty()) {
        const std::size_t length = character_at(value);
        valid += length == 0 ? kReplacement : value.substr(0, length);
        value.remove_prefix(length == 0 ? 1 : length);
    }
    return valid;
}

void append_quoted(std::string& out, std::string_view utf8, bool escapes) {
    out.push_back('"');
    if (escapes) {
        append_escaped(out, utf8);
    } else {
        out += utf8;
    }
    out.push_back('"');
}

void append_text(std::string& out, std::string_view value) {
    const Look look = look_at(value);
    if (look.high && !text::is_utf8(value)) {
        append_quoted(out, replace_invalid(value), look.escapes);
    } else {
        append_quoted(out, value, look.escapes);
    }
}

std::array<char, 8> checksum_digits(std::uint32_t value) {
    std::array<char, 8> digits{};
    for (std::size_t i = 0; i < digits.size(); ++i) digits[i] = kHex[(value >> (28U - 4U * i)) & 15U];
    return digits;
}

}  // namespace

void LineWriter::begin_field(std::string_view key, std::string_view suffix) {
    out_ += first_ ? "\"" : ",\"";
    first_ = false;
    out_ += key;
    out_ += suffix;
    out_ += "\":";
}

void LineWriter::text(std::string_view key, std::string_view value) {
    begin_field(key);
    append_text(out_, value);
}

void LineWriter::bytes(std::string_view key, std::string_view value) {
    const Look look = look_at(value);
    if (look.high && !text::is_utf8(value)) {
        begin_field(key, "_b64");
        append_quoted(out_, text::base64(value), false);
    } else {
        begin_field(key);
        append_quoted(out_, value, look.escapes);
    }
}

void LineWriter::number(std::string_view key, std::uint64_t value) {
    begin_field(key);
    const fmt::format_int digits(value);
    out_.append(digits.data(), digits.size());
}

void LineWriter::signed_number(std::string_view key, std::int64_t value) {
    begin_field(key);
    const fmt::format_int digits(value);
    out_.append(digits.data(), digits.size());
}

void LineWriter::checksum(std::string_view key, std::uint32_t value) {
    begin_field(key);
    const std::array<char, 8> digits = checksum_digits(value);
    append_quoted(out_, {digits.data(), digits.size()}, false);
}

void LineWriter::flag(std::string_view key, bool value) {
    begin_field(key);
    out_ += value ? "true" : "false";
}

void LineWriter::texts(std::string_view key, const std::map<std::string, std::string>& values) {
    begin_field(key);
    out_.push_back('{');
    bool first = true;
    for (const auto& [name, value] : values) {
        if (!first) out_.push_back(',');
        first = false;
        append_text(out_, name);
        out_.push_back(':');
        append_text(out_, value);
    }
    out_.push_back('}');
}

std::string checksum_text(std::uint32_t crc32) {
    const std::array<char, 8> digits = checksum_digits(crc32);
    return {digits.data(), digits.size()};
}

}  // namespace haul::format

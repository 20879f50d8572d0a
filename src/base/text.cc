#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace haul::text {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> values_of(std::string_view digits) {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNoDigit);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        values[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}
constexpr auto kBase64Values = values_of(kBase64Digits);

unsigned byte_of(char c) { return static_cast<unsigned char>(c); }

// How many bytes at the front are ASCII; eight at a time, since nearly all names are ASCII throughout.
std::size_t ascii_prefix(std::string_view bytes) {
    constexpr std::uint64_t kHighBits = 0x8080808080808080U;
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, 8);
        if ((word & kHighBits) != 0) break;
    }
    while (at < bytes.size() && byte_of(bytes[at]) < 0x80) ++at;
    return at;
}

void append_escaped(std::string& out, unsigned byte) {
    out += "\\x";
    out += kHexDigits[byte >> 4U];
    out += kHexDigits[byte & 15U];
}

// C0, DEL and C1: a terminal may act on any of them. Breaks of lines and paragraphs, and what turns the
// direction of writing: it would reorder the rest of the line.
bool is_control(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

CodePoint first_code_point(std::string_view bytes) {
    if (bytes.empty()) return {};
    const unsigned lead = byte_of(bytes[0]);
    if (lead < 0x80) return {lead, 1};
    if (lead < 0xC2 || lead > 0xF4) return {};
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (bytes.size() < length) return {};
    char32_t value = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const unsigned next = byte_of(bytes[i]);
        if ((next & 0xC0U) != 0x80) return {};
        value = (value << 6U) | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (overlong || surrogate || value > 0x10FFFF) return {};
    return {value, length};
}

bool is_utf8(std::string_view bytes) {
    while (true) {
        bytes.remove_prefix(ascii_prefix(bytes));
        if (bytes.empty()) return true;
        const CodePoint c = first_code_point(bytes);
        if (c.length == 0) return false;
        bytes.remove_prefix(c.length);
    }
}

bool is_ascii(std::string_view bytes) { return ascii_prefix(bytes) == bytes.size(); }

std::string printable(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const CodePoint c = first_code_point(bytes);
        const std::size_t length = c.length == 0 ? 1 : c.length;
        if (c.length != 0 && !is_control(c.value)) {
            out += bytes.substr(0, length);
        } else if (bytes[0] == '\n') {
            out += "\\n";
        } else if (bytes[0] == '\t') {
            out += "\\t";
        } else {
            for (const char b : bytes.substr(0, length)) append_escaped(out, byte_of(b));
        }
        bytes.remove_prefix(length);
    }
    return out;
}

std::string lower(std::string_view bytes) {
    std::string out(bytes);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    return out;
}

std::string_view trimmed(std::string_view bytes) {
    constexpr std::string_view kBlanks = " \t\r\n";
    bytes.remove_prefix(std::min(bytes.find_first_not_of(kBlanks), bytes.size()));
    return bytes.substr(0, bytes.find_last_not_of(kBlanks) + 1);
}

std::string base64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
        unsigned group = byte_of(bytes[0]) << 16U;
        if (bytes.size() > 1) group |= byte_of(bytes[1]) << 8U;
        if (bytes.size() > 2) group |= byte_of(bytes[2]);
        out += kBase64Digits[group >> 18U];
        out += kBase64Digits[(group >> 12U) & 63U];
        out += bytes.size() > 1 ? kBase64Digits[(group >> 6U) & 63U] : '=';
        out += bytes.size() > 2 ? kBase64Digits[group & 63U] : '=';
    }
    return out;
}

std::string base32(std::string_view bytes) {
    constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";
    std::string out;
    out.reserve((bytes.size() * 8 + 4) / 5);
    unsigned held = 0;
    unsigned bits = 0;
    for (const char byte : bytes) {
        held = ((held << 8U) | byte_of(byte)) & 0xFFFU;  // at most 4 bits were left
        for (bits += 8; bits >= 5; bits -= 5) out += kDigits[(held >> (bits - 5)) & 31U];
    }
    if (bits > 0) out += kDigits[(held << (5 - bits)) & 31U];
    return out;
}

std::optional<std::string> base64_decode(std::string_view encoded) {
    if (encoded.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && encoded.ends_with('=')) {
        encoded.remove_suffix(1);
        ++padding;
    }
    std::string out;
    out.reserve(encoded.size() / 4 * 3 + 2);
    unsigned bits = 0;
    unsigned held = 0;
    for (const char c : encoded) {
        const std::uint8_t value = kBase64Values[byte_of(c)];
        if (value == kNoDigit) return std::nullopt;
        held = (held << 6U) | value;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out += static_cast<char>((held >> bits) & 0xFFU);
        held &= (1U << bits) - 1;
    }
    // Bits left over must be zero: one text, one encoding.
    if (held != 0) return std::nullopt;
    return out;
}

std::string hex(std::span<const std::byte> bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::byte b : bytes) {
        out += kHexDigits[std::to_integer<unsigned>(b) >> 4U];
        out += kHexDigits[std::to_integer<unsigned>(b) & 15U];
    }
    return out;
}

std::optional<std::string> hex_decode(std::string_view encoded) {
    if (encoded.size() % 2 != 0) return std::nullopt;
    std::string out;
    out.reserve(encoded.size() / 2);
    for (std::size_t i = 0; i < encoded.size(); i += 2) {
        const int high = hex_value(encoded[i]);
        const int low = hex_value(encoded[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

}  // namespace haul::text

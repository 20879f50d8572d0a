#include "speech/decode/declared_end.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace haul::speech {
namespace {

using Bytes = std::span<const unsigned char>;

std::vector<unsigned char> stretch(const SourceFile& file, std::uint64_t from, std::size_t length) {
    std::vector<unsigned char> bytes(length);
    bytes.resize(file.read_at(from, bytes.data(), length));
    return bytes;
}

std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// RFC 3533: 27 bytes, the last of them the number of segments; their lengths, a byte each; the segments.
bool ogg_is_cut(const SourceFile& file) {
    constexpr std::size_t kHead = 27;
    constexpr std::size_t kLongestPage = kHead + 255 + 255 * 255;
    const std::size_t length = std::min<std::uint64_t>(file.bytes(), kLongestPage);
    const auto tail = stretch(file, file.bytes() - length, length);
    const std::size_t at = text_of(tail).rfind("OggS");
    if (at == std::string_view::npos) return false;
    const Bytes page = Bytes(tail).subspan(at);
    if (page.size() < kHead) return true;
    const std::size_t segments = page[kHead - 1];
    if (page.size() < kHead + segments) return true;
    const Bytes lengths = page.subspan(kHead, segments);
    return page.size() < std::accumulate(lengths.begin(), lengths.end(), kHead + segments);
}

// Of RIFF and FORM: four letters, the number of bytes that follow.
std::uint64_t end_of_chunk(Bytes head) {
    const bool big_endian = head[0] == 'F';
    std::uint32_t size = 0;
    for (std::size_t i = 0; i < 4; ++i)
        size |= std::uint32_t{head[4 + i]} << (big_endian ? 24 - 8 * i : 8 * i);
    return size + std::uint64_t{8};
}

// What a writer leaves there that cannot go back: nothing, all ones, or as much as a signed number holds.
bool is_placeholder(std::uint64_t end, std::uint64_t file_bytes) {
    if (end <= 8 || end >= 0xFFFF0000) return true;
    return end > file_bytes && end >= 0x7FFF0000 && end <= 0x80010000;
}

// RFC 8794: a size whose first byte says by its leading zeros how many bytes follow; all ones: unknown.
struct Size {
    std::size_t length = 0;
    std::uint64_t value = 0;
};
std::optional<Size> element_size(Bytes bytes) {
    if (bytes.empty() || bytes[0] == 0) return std::nullopt;
    Size size{.length = static_cast<std::size_t>(std::countl_zero(bytes[0])) + 1};
    if (bytes.size() < size.length) return std::nullopt;
    size.value = bytes[0] & (0xFFU >> size.length);
    for (std::size_t i = 1; i < size.length; ++i) size.value = size.value << 8U | bytes[i];
    if (size.value == (std::uint64_t{1} << (7 * size.length)) - 1) return std::nullopt;
    return size;
}

bool matroska_is_cut(const SourceFile& file, Bytes head) {
    constexpr std::size_t kId = 4;
    const auto first = element_size(head.subspan(kId));
    if (!first || first->value > head.size()) return false;
    const std::size_t at = kId + first->length + first->value;
    if (at + kId > head.size() || text_of(head.subspan(at, kId)) != "\x18\x53\x80\x67") return false;
    const auto segment = element_size(head.subspan(at + kId));
    return segment && at + kId + segment->length + segment->value > file.bytes();
}

constexpr std::size_t kHead = 256;  // what tells of a file is in so much of it
constexpr std::size_t kLetters = 4;

bool is_chunk(Bytes head) {
    const auto letters = text_of(head.first(kLetters));
    return letters == "RIFF" || letters == "FORM";
}

}  // namespace

bool declares_no_end(const SourceFile& file) {
    const auto head = stretch(file, 0, kHead);
    return head.size() >= 2 * kLetters && is_chunk(head) && is_placeholder(end_of_chunk(head), file.bytes());
}

bool ends_before_its_declared_end(const SourceFile& file) {
    const auto head = stretch(file, 0, kHead);
    if (head.size() < 2 * kLetters) return false;
    const auto letters = text_of(head).substr(0, kLetters);
    if (letters == "OggS") return ogg_is_cut(file);
    if (is_chunk(head)) {
        const std::uint64_t end = end_of_chunk(head);
        return end > file.bytes() && !is_placeholder(end, file.bytes());
    }
    return letters == "\x1A\x45\xDF\xA3" && matroska_is_cut(file, head);
}

}  // namespace haul::speech

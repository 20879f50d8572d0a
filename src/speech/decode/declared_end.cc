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

// Four letters, the number of bytes that follow. Writers that cannot go back leave 0 or the highest.
bool chunk_is_cut(const SourceFile& file, Bytes head, bool big_endian) {
    std::uint32_t size = 0;
    for (std::size_t i = 0; i < 4; ++i)
        size |= std::uint32_t{head[4 + i]} << (big_endian ? 24 - 8 * i : 8 * i);
    return size != 0 && size < 0xFFFFFF00 && size + std::uint64_t{8} > file.bytes();
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

}  // namespace

bool ends_before_its_declared_end(const SourceFile& file) {
    constexpr std::size_t kHead = 256;
    const auto head = stretch(file, 0, kHead);
    if (head.size() < 8) return false;
    const std::string_view letters = text_of(head).substr(0, 4);
    if (letters == "OggS") return ogg_is_cut(file);
    if (letters == "RIFF" || letters == "FORM") return chunk_is_cut(file, head, letters == "FORM");
    return letters == "\x1A\x45\xDF\xA3" && matroska_is_cut(file, head);
}

}  // namespace haul::speech

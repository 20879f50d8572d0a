#include "base/digest.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>

#include <vector>

#include "base/text.h"

// zlib's large-file macro would rename our function of the same name.
#undef crc32_combine

namespace haul::digest {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
std::string hex_of(std::string_view raw) { return text::hex(bytes_of(raw)); }

TEST(Crc32, IsTheOneOfZip) {
    const std::pair<std::string, std::uint32_t> rows[] = {
        {"", 0},
        {"a", 0xE8B7BE43},
        {"123456789", 0xCBF43926},
        {"The quick brown fox jumps over the lazy dog", 0x414FA339},
        {std::string(32, '\0'), 0x190A55AD},
    };
    for (const auto& [text, crc] : rows) EXPECT_EQ(crc32(0, bytes_of(text)), crc) << text;
}

TEST(Crc32, EveryLengthAndAlignmentAsZlib) {
    std::string bytes(2048, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 131 + (i >> 8U));
    for (std::size_t begin = 0; begin < 17; ++begin) {
        for (std::size_t length = 0; length < 600; length += 1 + length / 64) {
            const std::string_view part = std::string_view(bytes).substr(begin, length);
            const auto expected = ::crc32(0, reinterpret_cast<const unsigned char*>(part.data()),
                                          static_cast<unsigned>(part.size()));
            ASSERT_EQ(crc32(0, bytes_of(part)), expected) << begin << "+" << length;
        }
    }
}

RC_GTEST_PROP(Crc32Property, ContinuesAndCombines, (const std::string& a, const std::string& b)) {
    const std::uint32_t whole = crc32(0, bytes_of(a + b));
    RC_ASSERT(crc32(crc32(0, bytes_of(a)), bytes_of(b)) == whole);
    RC_ASSERT(crc32_combine(crc32(0, bytes_of(a)), crc32(0, bytes_of(b)), b.size()) == whole);
}

TEST(Crc32, CombinesAcrossLengths) {
    std::string b;
    const std::uint32_t crc_a = crc32(0, bytes_of("some first part"));
    for (const std::size_t length : {0U, 1U, 2U, 255U, 4096U, 65'537U, 8U << 20U}) {
        b.assign(length, 'x');
        EXPECT_EQ(crc32_combine(crc_a, crc32(0, bytes_of(b)), length), crc32(crc_a, bytes_of(b))) << length;
    }
}

// 6 GiB of zeros: longer than 32 bits can count; each doubling is checked against combining halves.
TEST(Crc32, CombinesBeyond4GiB) {
    const std::string mebibyte(1U << 20U, '\0');
    std::uint32_t crc = crc32(0, bytes_of(mebibyte));
    std::uint64_t length = mebibyte.size();
    while (length < (4ULL << 30U)) {
        crc = crc32_combine(crc, crc, length);
        length *= 2;
    }
    EXPECT_EQ(length, 4ULL << 30U);
    const std::uint32_t crc_a = crc32(0, bytes_of("head"));
    const std::uint32_t at_once = crc32_combine(crc_a, crc, length);
    std::uint32_t in_steps = crc_a;
    const std::uint32_t one = crc32(0, bytes_of(mebibyte));
    for (std::uint64_t done = 0; done < length; done += mebibyte.size())
        in_steps = crc32_combine(in_steps, one, mebibyte.size());
    EXPECT_EQ(at_once, in_steps);
    EXPECT_NE(at_once, crc32_combine(crc_a, crc, 0));
}

struct Known {
    Algorithm algorithm;
    std::string input;
    const char* hex;
};
const Known kKnown[] = {
    {Algorithm::xxh128, "", "99aa06d3014798d86001c324468d497f"},
    {Algorithm::xxh128, "a", "a96faf705af16834e6c632b61e964e1f"},
    {Algorithm::xxh128, "abc", "06b05ab6733a618578af5f94892f3950"},
    {Algorithm::sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {Algorithm::sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {Algorithm::md5, "", "d41d8cd98f00b204e9800998ecf8427e"},
    {Algorithm::md5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
    {Algorithm::none, "abc", ""},
};

TEST(Digest, KnownVectors) {
    for (const Known& row : kKnown) {
        EXPECT_EQ(hex_of(of(row.algorithm, bytes_of(row.input))), row.hex)
            << name_of(row.algorithm) << " " << row.input;
        Hasher hasher(row.algorithm);
        for (const char& c : row.input) hasher.update(bytes_of(std::string_view(&c, 1)));
        EXPECT_EQ(hex_of(hasher.finish()), row.hex) << name_of(row.algorithm) << " " << row.input;
    }
    EXPECT_EQ(sha256_hex("abc"), kKnown[4].hex);
}

TEST(Digest, StreamingEqualsAtOnceAndResets) {
    std::string bytes(300'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i >> 3U);
    for (const Algorithm algorithm : {Algorithm::xxh128, Algorithm::sha256, Algorithm::md5}) {
        Hasher first(algorithm);
        first.update(bytes_of("of an earlier file"));
        Hasher hasher = std::move(first);
        for (const std::size_t step : {1U, 7U, 240U, 241U, 1024U, 65'536U, 300'000U}) {
            hasher.reset();
            for (std::size_t at = 0; at < bytes.size(); at += step) {
                // Byte by byte only for a while: sanitizers make it slow.
                const std::size_t length =
                    at > 5000 ? bytes.size() - at : std::min<std::size_t>(step, bytes.size() - at);
                hasher.update(bytes_of(std::string_view(bytes).substr(at, length)));
                if (at > 5000) break;
            }
            EXPECT_EQ(hex_of(hasher.finish()), hex_of(of(algorithm, bytes_of(bytes))))
                << name_of(algorithm) << " by " << step;
        }
    }
}

TEST(Digest, HashAsANumberIsTheDigest) {
    for (const std::string text : {"", "a", "folder/file"}) {
        const Hash128 hash = hash_of(text);
        std::string raw;
        for (int shift = 120; shift >= 0; shift -= 8) raw += static_cast<char>(hash >> shift & 0xFFU);
        EXPECT_EQ(raw, of(Algorithm::xxh128, std::as_bytes(std::span(text)))) << text;
    }
}

TEST(Digest, NamesAndText) {
    for (const Algorithm algorithm :
         {Algorithm::none, Algorithm::xxh128, Algorithm::sha256, Algorithm::md5}) {
        EXPECT_EQ(algorithm_named(name_of(algorithm)), algorithm);
        const std::string raw = of(algorithm, bytes_of("abc"));
        const auto parsed = parse(text(algorithm, raw));
        ASSERT_EQ(parsed.has_value(), algorithm != Algorithm::none);
        if (!parsed) continue;
        EXPECT_EQ(parsed->algorithm, algorithm);
        EXPECT_EQ(parsed->raw, raw);
    }
    EXPECT_EQ(text(Algorithm::md5, of(Algorithm::md5, {})), "md5:d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(text(Algorithm::none, ""), "");
    EXPECT_EQ(algorithm_named("SHA256"), std::nullopt);
}

TEST(Digest, TextThatIsRefused) {
    for (const std::string_view bad :
         {"", ":", "md5", "md5:", "none:", "none", "crc:00", "md5:d41d8cd98f00b204e9800998ecf8427",
          "md5:d41d8cd98f00b204e9800998ecf8427e00", "md5:d41d8cd98f00b204e9800998ecf8427g",
          " md5:d41d8cd98f00b204e9800998ecf8427e", "sha256:d41d8cd98f00b204e9800998ecf8427e"}) {
        EXPECT_FALSE(parse(bad)) << bad;
    }
}

}  // namespace
}  // namespace haul::digest

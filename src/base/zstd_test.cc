#include "base/zstd.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <zstd.h>

#include <limits>
#include <vector>

namespace haul::zstd {
namespace {

constexpr std::uint64_t kMiB = 1U << 20U;

std::string sample() {
    std::string text;
    for (int i = 0; i < 40; ++i)
        text +=
            "{\"path\":\"folder/file" + std::to_string(i * i) + "\",\"size\":" + std::to_string(i) + "}\n";
    return text;
}

std::string compressed_in_pieces(std::string_view bytes, std::size_t step) {
    Compressor compressor;
    std::string out;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
        EXPECT_TRUE(compressor.write(bytes.substr(0, step), out));
    }
    EXPECT_TRUE(compressor.end(out));
    return out;
}

Status decompress_in_pieces(std::string_view bytes, std::size_t step, std::string& out) {
    Decompressor decompressor("sample");
    for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size())))
        TRY(decompressor.write(bytes.substr(0, step), out));
    return decompressor.end();
}

RC_GTEST_PROP(ZstdProperty, ComesBackWhateverThePieces, (const std::string& bytes)) {
    const auto step_in = *rc::gen::inRange<std::size_t>(1, 50);
    const auto step_out = *rc::gen::inRange<std::size_t>(1, 50);
    std::string out;
    RC_ASSERT(decompress_in_pieces(compressed_in_pieces(bytes, step_in), step_out, out).has_value());
    RC_ASSERT(out == bytes);
    RC_ASSERT(decompress(compress(bytes).value(), bytes.size(), "x").value() == bytes);
}

TEST(Zstd, LargeTextsComeBack) {
    std::string bytes;
    while (bytes.size() < 3 * kMiB) bytes += sample() + std::to_string(bytes.size());
    std::string out;
    ASSERT_TRUE(decompress_in_pieces(compressed_in_pieces(bytes, 100'000), 1000, out));
    EXPECT_TRUE(out == bytes);
}

TEST(Zstd, SameInputSameBytes) {
    EXPECT_EQ(compress(sample(), 19).value(), compress(sample(), 19).value());
    EXPECT_EQ(compressed_in_pieces(sample(), 10), compressed_in_pieces(sample(), 10));
}

TEST(Zstd, TruncatedAtEveryLengthIsCorrupt) {
    for (const std::string& whole :
         {compress(sample()).value(), compressed_in_pieces(sample(), 100), compress("").value()}) {
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const std::string_view part = std::string_view(whole).substr(0, length);
            std::string out;
            const auto streamed = decompress_in_pieces(part, 7, out);
            ASSERT_FALSE(streamed) << length << " of " << whole.size();
            EXPECT_EQ(streamed.error().code, Code::corrupt);
            EXPECT_EQ(streamed.error().subject, "sample");
            EXPECT_FALSE(decompress(part, kMiB, "x")) << length;
        }
    }
}

TEST(Zstd, NoDamagedByteGivesOtherText) {
    const std::string whole = compress(sample()).value();
    std::size_t refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string damaged = whole;
            damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1U << bit));
            const auto text = decompress(damaged, kMiB, "x");
            if (!text) {
                EXPECT_EQ(text.error().code, Code::corrupt);
                ++refused;
            } else {
                EXPECT_EQ(*text, sample()) << "byte " << at << " bit " << bit;
            }
        }
    }
    // Some bits say nothing of the text (window size); nearly all do.
    EXPECT_GT(refused, whole.size() * 8 - 32);
}

TEST(Zstd, StaysBrokenOnceDamaged) {
    Decompressor decompressor("x");
    std::string out;
    EXPECT_FALSE(decompressor.write("rubbish", out));
    EXPECT_FALSE(decompressor.write(compress("fine").value(), out));
    EXPECT_FALSE(decompressor.end());
    EXPECT_EQ(out, "");
}

TEST(Zstd, WhatFollowsTheEnd) {
    const std::string one = compress("one").value();
    EXPECT_FALSE(decompress(one + "x", kMiB, "x"));
    EXPECT_FALSE(decompress(one + std::string(100, '\0'), kMiB, "x"));
    // Frames one behind the other are one text, as zstd(1) has it; half a second one is not.
    EXPECT_EQ(decompress(one + compress("two").value(), kMiB, "x").value(), "onetwo");
    EXPECT_FALSE(decompress(one + compress("two").value().substr(0, 5), kMiB, "x"));
}

TEST(Zstd, LimitIsExact) {
    const std::string bytes(100'000, 'a');
    const std::string packed = compress(bytes).value();
    EXPECT_TRUE(decompress(packed, 100'000, "x"));
    EXPECT_TRUE(decompress(packed, std::numeric_limits<std::uint64_t>::max(), "x"));
    for (const std::uint64_t limit : {99'999U, 1U, 0U}) {
        const auto text = decompress(packed, limit, "listing");
        ASSERT_FALSE(text) << limit;
        EXPECT_EQ(text.error().code, Code::corrupt);
        EXPECT_EQ(text.error().subject, "listing");
    }
    EXPECT_EQ(decompress(compress("").value(), 0, "x").value(), "");
}

TEST(Zstd, SmallInputThatIsMuchTextComesInBoundedSteps) {
    const std::string bytes(20 * kMiB, '\0');
    const std::string packed = compress(bytes).value();
    ASSERT_LT(packed.size(), 10'000U);
    Decompressor decompressor("x");
    std::string_view rest = packed;
    std::uint64_t total = 0;
    std::string out;
    do {
        out.clear();
        const auto used = decompressor.write_some(rest, out, 1000);
        ASSERT_TRUE(used);
        ASSERT_LE(out.size(), 1000U);
        total += out.size();
        rest.remove_prefix(*used);
    } while (!rest.empty() || out.size() == 1000);
    EXPECT_EQ(total, bytes.size());
    EXPECT_TRUE(decompressor.end());
}

TEST(Zstd, TextHeldBackInTheMiddleOfAFrameComesWithoutFurtherInput) {
    Compressor compressor;
    std::string packed;
    ASSERT_TRUE(compressor.write(std::string(50'000, 'a'), packed));
    ASSERT_TRUE(compressor.flush(packed));
    Decompressor decompressor("x");
    std::string_view rest = packed;
    std::size_t total = 0;
    std::string out;
    do {
        out.clear();
        const auto used = decompressor.write_some(rest, out, 1000);
        ASSERT_TRUE(used);
        rest.remove_prefix(*used);
        total += out.size();
    } while (out.size() == 1000);
    EXPECT_EQ(rest, "");
    EXPECT_EQ(total, 50'000U);
}

TEST(Zstd, EmptyWritesChangeNothing) {
    Decompressor decompressor("x");
    std::string out;
    const std::string packed = compressed_in_pieces("text", 2);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(decompressor.write("", out));
    ASSERT_TRUE(decompressor.write(packed.substr(0, 3), out));
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(decompressor.write("", out));
    EXPECT_FALSE(Decompressor("y").end());
    ASSERT_TRUE(decompressor.write(packed.substr(3), out));
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(decompressor.write("", out));
    EXPECT_TRUE(decompressor.end());
    EXPECT_EQ(out, "text");
}

TEST(Zstd, FlushMakesAllWrittenReadable) {
    Compressor compressor;
    Decompressor decompressor("x");
    std::string text;
    for (const std::string_view piece : {"first line\n", "second line\n", ""}) {
        std::string packed;
        ASSERT_TRUE(compressor.write(piece, packed));
        ASSERT_TRUE(compressor.flush(packed));
        ASSERT_TRUE(decompressor.write(packed, text));
        EXPECT_TRUE(text.ends_with(piece));
    }
    EXPECT_EQ(text, "first line\nsecond line\n");
    EXPECT_FALSE(decompressor.end());
}

TEST(Zstd, WindowsAbove128MiBAreRefused) {
    const std::unique_ptr<ZSTD_CCtx, decltype([](ZSTD_CCtx* c) { ZSTD_freeCCtx(c); })> context(
        ZSTD_createCCtx());
    for (const auto& [window_log, accepted] : {std::pair{27, true}, std::pair{28, false}}) {
        ZSTD_CCtx_reset(context.get(), ZSTD_reset_session_and_parameters);
        ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, window_log);
        // Without its size in the header, the frame states the whole window.
        std::string packed(1000, '\0');
        ZSTD_inBuffer input{"text", 4, 0};
        ZSTD_outBuffer output{packed.data(), packed.size(), 0};
        ASSERT_FALSE(ZSTD_isError(ZSTD_compressStream2(context.get(), &output, &input, ZSTD_e_flush)));
        ASSERT_EQ(ZSTD_compressStream2(context.get(), &output, &input, ZSTD_e_end), 0U);
        packed.resize(output.pos);
        EXPECT_EQ(decompress(packed, 100, "x").has_value(), accepted) << window_log;
    }
}

TEST(Zstd, MovesKeepTheStream) {
    Compressor first;
    std::string packed;
    ASSERT_TRUE(first.write("moved", packed));
    Compressor second = std::move(first);
    ASSERT_TRUE(second.end(packed));
    EXPECT_EQ(decompress(packed, 100, "x").value(), "moved");
}

}  // namespace
}  // namespace haul::zstd

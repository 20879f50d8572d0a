#include "base/zstd.h"

#include <zstd.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>
#include <vector>

namespace haul::zstd {
namespace {

constexpr int kWindowLogMax = 27;  // 128 MiB

struct FreeCompressor {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
using CompressorContext = std::unique_ptr<ZSTD_CCtx, FreeCompressor>;
using DecompressorContext = std::unique_ptr<ZSTD_DCtx, FreeDecompressor>;

CompressorContext make_compressor(int level) {
    CompressorContext context(ZSTD_createCCtx());
    if (!context) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    return context;
}

std::unexpected<Error> failed(std::size_t code) {
    return failure(Code::internal, "compress", "", ZSTD_getErrorName(code));
}

}  // namespace

struct Compressor::State {
    CompressorContext context;
    std::vector<char> buffer;

    Status run(std::string_view bytes, ZSTD_EndDirective directive, std::string& out) {
        ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
        while (true) {
            ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
            const std::size_t left = ZSTD_compressStream2(context.get(), &output, &input, directive);
            if (ZSTD_isError(left) != 0) return failed(left);
            out.append(buffer.data(), output.pos);
            const bool done = directive == ZSTD_e_continue ? input.pos == input.size : left == 0;
            if (done) return {};
        }
    }
};

Compressor::Compressor(int level)
    : state_(std::make_unique<State>(make_compressor(level), std::vector<char>(ZSTD_CStreamOutSize()))) {}
Compressor::~Compressor() = default;
Compressor::Compressor(Compressor&&) noexcept = default;
Compressor& Compressor::operator=(Compressor&&) noexcept = default;

Status Compressor::write(std::string_view bytes, std::string& out) {
    return state_->run(bytes, ZSTD_e_continue, out);
}

Status Compressor::flush(std::string& out) { return state_->run({}, ZSTD_e_flush, out); }

Status Compressor::end(std::string& out) { return state_->run({}, ZSTD_e_end, out); }

struct Decompressor::State {
    std::string subject;
    DecompressorContext context;
    std::vector<char> buffer;
    bool frame_open = true;  // nothing at all is a truncated frame, too
    bool text_held = false;  // the context has text that did not fit into the buffer
    bool damaged = false;

    std::unexpected<Error> corrupt(std::string why) {
        damaged = true;
        return failure(Code::corrupt, "decompress", subject, std::move(why));
    }
};

Decompressor::Decompressor(std::string subject) : state_(std::make_unique<State>()) {
    state_->subject = std::move(subject);
    state_->context.reset(ZSTD_createDCtx());
    if (!state_->context) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(state_->context.get(), ZSTD_d_windowLogMax, kWindowLogMax);
    state_->buffer.resize(ZSTD_DStreamOutSize());
}
Decompressor::~Decompressor() = default;
Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor& Decompressor::operator=(Decompressor&&) noexcept = default;

Status Decompressor::write(std::string_view compressed, std::string& out) {
    TRY(write_some(compressed, out, std::numeric_limits<std::size_t>::max()));
    return {};
}

Result<std::size_t> Decompressor::write_some(std::string_view compressed, std::string& out,
                                             std::size_t most) {
    if (state_->damaged) return state_->corrupt("it was damaged before this point");
    ZSTD_inBuffer input{compressed.data(), compressed.size(), 0};
    std::size_t appended = 0;
    while (appended < most && (state_->text_held || input.pos < input.size)) {
        ZSTD_outBuffer output{state_->buffer.data(), std::min(state_->buffer.size(), most - appended), 0};
        const std::size_t used_before = input.pos;
        const std::size_t hint = ZSTD_decompressStream(state_->context.get(), &output, &input);
        if (ZSTD_isError(hint) != 0) return state_->corrupt(ZSTD_getErrorName(hint));
        const bool idle = output.pos == 0 && input.pos == used_before;
        // A call that did nothing says nothing: between frames it would look like an open one.
        if (!idle) state_->frame_open = hint != 0;
        out.append(state_->buffer.data(), output.pos);
        appended += output.pos;
        state_->text_held = hint != 0 && output.pos == output.size;
    }
    return input.pos;
}

Status Decompressor::end() {
    if (state_->damaged || state_->frame_open) return state_->corrupt("it ends too early");
    return {};
}

Result<std::string> compress(std::string_view bytes, int level) {
    const CompressorContext context = make_compressor(level);
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size =
        ZSTD_compress2(context.get(), out.data(), out.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(size) != 0) return failed(size);
    out.resize(size);
    return out;
}

Result<std::string> decompress(std::string_view compressed, std::uint64_t limit, std::string_view subject) {
    Decompressor decompressor{std::string(subject)};
    std::string out;
    // One byte more than allowed is enough to know.
    const std::size_t most = limit == std::numeric_limits<std::uint64_t>::max() ? limit : limit + 1;
    const std::size_t used = TRY(decompressor.write_some(compressed, out, most));
    if (out.size() > limit)
        return failure(Code::corrupt, "decompress", std::string(subject), "it is longer than allowed here");
    if (used != compressed.size())
        return failure(Code::corrupt, "decompress", std::string(subject), "data follow its end");
    TRY(decompressor.end());
    return out;
}

}  // namespace haul::zstd

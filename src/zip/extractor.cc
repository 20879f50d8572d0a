#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>

#include "base/digest.h"
#include "zip/archive_error.h"
#include "zip/reader.h"
#include "zip/whole_inflate.h"

namespace haul::zip {

using Stored = std::span<const std::byte>;
constexpr std::size_t buffer_size = 64U << 10U;

struct Extractor::State {
    State(const Entry& entry, std::string_view archive_name)
        : name(entry.name),
          archive(archive_name),
          method(entry.method),
          size(entry.size),
          compressed_size(entry.compressed_size),
          expected_crc(entry.crc32) {}
    ~State() {
        if (begun) inflateEnd(&stream);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    [[nodiscard]] Error lies(std::string_view detail) const { return corrupt(archive, name, detail); }
    Status deliver(Stored contents, const Sink& sink);
    Status begin();
    Result<bool> inflate_at_once(Stored stored, const Sink& sink);
    Status inflate_some(Stored& stored, const Sink& sink);

    std::string name, archive;
    Method method;
    std::uint64_t size, compressed_size;
    std::uint32_t expected_crc;
    std::uint64_t taken = 0, made = 0;
    std::uint32_t crc = 0;
    z_stream stream{};
    bool begun = false, ended = false;
    std::unique_ptr<std::byte[]> buffer;  // made when something is inflated
};

Status Extractor::State::deliver(Stored contents, const Sink& sink) {
    if (contents.empty()) return {};
    if (contents.size() > size - made) return failure(lies("its contents are longer than its size says"));
    crc = digest::crc32(crc, contents);
    made += contents.size();
    return sink(contents);
}

Status Extractor::State::begin() {
    constexpr int raw_deflate = -15;
    if (begun) return {};
    if (inflateInit2(&stream, raw_deflate) != Z_OK)
        return failure(Code::internal, "inflate", archive, "zlib does not start: out of memory");
    begun = true;
    buffer = std::make_unique_for_overwrite<std::byte[]>(buffer_size);
    return {};
}

// false: not possible at once; the stream then goes its way, and finds what is wrong with it where something
// is.
Result<bool> Extractor::State::inflate_at_once(Stored stored, const Sink& sink) {
    if (begun || stored.size() != compressed_size || size > most_inflated_at_once) return false;
    const auto contents = std::make_unique_for_overwrite<std::byte[]>(static_cast<std::size_t>(size));
    if (!inflate_whole(stored, {contents.get(), static_cast<std::size_t>(size)})) return false;
    ended = true;
    TRY(deliver({contents.get(), static_cast<std::size_t>(size)}, sink));
    return true;
}

// One round of inflate: takes from the front of `stored`, hands on what came out.
Status Extractor::State::inflate_some(Stored& stored, const Sink& sink) {
    const auto now =
        static_cast<uInt>(std::min<std::size_t>(stored.size(), std::numeric_limits<uInt>::max()));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(stored.data()));
    stream.avail_in = now;
    stream.next_out = reinterpret_cast<Bytef*>(buffer.get());
    stream.avail_out = static_cast<uInt>(buffer_size);
    const int said = inflate(&stream, Z_NO_FLUSH);
    stored = stored.subspan(now - stream.avail_in);
    if (said == Z_MEM_ERROR) return failure(Code::internal, "inflate", archive, "zlib is out of memory");
    if (said != Z_OK && said != Z_STREAM_END && said != Z_BUF_ERROR)
        return failure(
            lies(fmt::format("its deflate data is damaged ({})", stream.msg ? stream.msg : "zlib")));
    ended = said == Z_STREAM_END;
    return deliver(Stored(buffer.get(), buffer_size - stream.avail_out), sink);
}

Extractor::Extractor(const Entry& entry, std::string_view archive)
    : state_(std::make_unique<State>(entry, archive)) {}
Extractor::~Extractor() = default;
Extractor::Extractor(Extractor&&) noexcept = default;
Extractor& Extractor::operator=(Extractor&&) noexcept = default;

Status Extractor::write(std::span<const std::byte> stored, const Sink& sink) {
    State& state = *state_;
    if (stored.size() > state.compressed_size - state.taken)
        return failure(state.lies("more stored bytes than the directory says"));
    state.taken += stored.size();
    if (state.method == Method::stored) return state.deliver(stored, sink);
    if (!state.ended && TRY(state.inflate_at_once(stored, sink))) return {};
    TRY(state.begin());
    // A full buffer may leave output in zlib although its input is used up.
    bool more = !stored.empty();
    while (more && !state.ended) {
        TRY(state.inflate_some(stored, sink));
        more = !stored.empty() || state.stream.avail_out == 0;
    }
    if (!stored.empty()) return failure(state.lies("there are bytes behind its deflate data"));
    return {};
}

Status Extractor::end(const Sink&) {
    State& state = *state_;
    if (state.taken != state.compressed_size || (state.method == Method::deflate && !state.ended))
        return failure(state.lies("its data is cut short"));
    if (state.made != state.size) return failure(state.lies("its contents are shorter than its size says"));
    if (state.crc != state.expected_crc)
        return failure(state.lies(
            fmt::format("its contents have CRC-32 {:08x}, not {:08x}", state.crc, state.expected_crc)));
    return {};
}

}  // namespace haul::zip

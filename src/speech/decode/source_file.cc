#include "speech/decode/source_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "speech/decode/wire.h"

extern "C" {
#include <libavformat/avio.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
}

namespace haul::speech {

SourceFile::SourceFile(file::Fd fd, std::uint64_t bytes, int socket)
    : fd_(std::move(fd)), bytes_(bytes), socket_(socket) {
    constexpr int kBuffer = 128 * 1024;
    auto* const buffer = static_cast<unsigned char*>(::av_malloc(kBuffer));
    if (buffer == nullptr) return;
    context_ = ::avio_alloc_context(buffer, kBuffer, 0, this, &read, nullptr, &seek);
    if (context_ == nullptr) ::av_free(buffer);
}

SourceFile::~SourceFile() {
    if (context_ != nullptr)
        ::av_freep(static_cast<void*>(&context_->buffer));  // libav may have put another in its place
    ::avio_context_free(&context_);
}

std::size_t SourceFile::read_at(std::uint64_t offset, void* into, std::size_t size) const {
    ::ssize_t got = 0;
    while ((got = ::pread(fd_.get(), into, size, static_cast<::off_t>(offset))) < 0 && errno == EINTR) {
    }
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

int SourceFile::read(void* self, std::uint8_t* into, int size) {
    auto& file = *static_cast<SourceFile*>(self);
    // What was added since it was opened is not of this recording yet.
    const std::uint64_t left = file.bytes_ - std::min(file.bytes_, file.at_);
    const auto wanted = std::min(left, static_cast<std::uint64_t>(size));
    if (wanted == 0) return AVERROR_EOF;
    ::ssize_t got = 0;
    do {
        got = ::pread(file.fd_.get(), into, wanted, static_cast<::off_t>(file.at_));
    } while (got < 0 && errno == EINTR);
    if (got < 0) return AVERROR(errno);
    if (got == 0) return AVERROR_EOF;
    file.at_ += static_cast<std::uint64_t>(got);
    file.note_progress();
    return static_cast<int>(got);
}

std::int64_t SourceFile::seek(void* self, std::int64_t offset, int whence) {
    auto& file = *static_cast<SourceFile*>(self);
    const auto size = static_cast<std::int64_t>(file.bytes_);
    std::int64_t to = 0;
    switch (whence & ~AVSEEK_FORCE) {
        case AVSEEK_SIZE:
            return size;
        case SEEK_SET:
            to = offset;
            break;
        case SEEK_CUR:
            if (__builtin_add_overflow(static_cast<std::int64_t>(file.at_), offset, &to)) to = -1;
            break;
        case SEEK_END:
            if (__builtin_add_overflow(size, offset, &to)) to = -1;
            break;
        default:
            return AVERROR(EINVAL);
    }
    if (to < 0) return AVERROR(EINVAL);
    file.at_ = static_cast<std::uint64_t>(to);
    return to;
}

// A file that has much beside its audio gives no samples for long: the parent must see that it goes on.
void SourceFile::note_progress() {
    furthest_ = std::max(furthest_, at_);
    if (furthest_ < told_ + wire::kReadingStep) return;
    told_ = furthest_;
    // Where nobody listens any more, the next samples find out.
    static_cast<void>(wire::send(socket_, wire::Kind::reading, wire::Reading{furthest_}));
}

}  // namespace haul::speech

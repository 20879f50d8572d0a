#include "speech/decode/audio_stream.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "speech/decode/formats.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>
}

namespace haul::speech {
namespace {

using wire::Ending;

// How far libav looks where a container's head does not say what is in it: bytes, and time of the file.
constexpr std::int64_t kProbeBytes = 5'000'000;
constexpr std::int64_t kProbeTime = 5 * AV_TIME_BASE;
constexpr int kMostStreams = 100;
// A single block of memory; what needs more is an attack on it.
constexpr std::size_t kLargestBlock = 128U << 20U;

// What libav only speaks of: one file at a time, one thread.
struct Heard {
    bool encryption = false;            // of a container whose own marks of it are not handed on (asf)
    std::array<char, 160> complaint{};  // the last: "moov atom not found"
};
Heard heard;

void listen(void*, int level, const char* format, std::va_list values) {
    if (std::strstr(format, "DRM protected") != nullptr) heard.encryption = true;
    if (level > AV_LOG_ERROR) return;
    static_cast<void>(std::vsnprintf(heard.complaint.data(), heard.complaint.size(), format, values));
}

// A container that names another file or address: there is none for it.
int open_nothing(::AVFormatContext*, ::AVIOContext** context, const char*, int, ::AVDictionary**) {
    *context = nullptr;
    return AVERROR(EPERM);
}

std::string words(int error) {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    // Decoders that return -1, which would be EPERM, or numbers of their own mean this.
    if (error == AVERROR(EPERM) || ::av_strerror(error, text.data(), text.size()) != 0)
        error = AVERROR_INVALIDDATA;
    static_cast<void>(::av_strerror(error, text.data(), text.size()));
    return text.data();
}

Refusal refusal(int error, Ending otherwise) {
    if (error == AVERROR(ENOMEM)) return {Ending::no_memory, ""};
    std::string_view said = heard.complaint.data();
    while (said.ends_with('\n') || said.ends_with(' ') || said.ends_with('.')) said.remove_suffix(1);
    return {otherwise, said.empty() ? words(error) : std::string(said)};
}

}  // namespace

void AudioStream::FreeFormat::operator()(::AVFormatContext* context) const {
    ::avformat_close_input(&context);
}
void AudioStream::FreeCodec::operator()(::AVCodecContext* context) const { ::avcodec_free_context(&context); }
void AudioStream::FreePacket::operator()(::AVPacket* packet) const { ::av_packet_free(&packet); }
void AudioStream::FreeFrame::operator()(::AVFrame* frame) const { ::av_frame_free(&frame); }

void AudioStream::prepare_library() {
    ::av_log_set_callback(&listen);
    ::av_max_alloc(kLargestBlock);
}

std::expected<AudioStream, Refusal> AudioStream::open(const SourceFile& file) {
    heard = {};
    AudioStream stream;
    stream.packet_.reset(::av_packet_alloc());
    stream.frame_.reset(::av_frame_alloc());
    if (file.context() == nullptr || stream.packet_ == nullptr || stream.frame_ == nullptr)
        return std::unexpected(Refusal{Ending::no_memory, ""});
    if (auto refused = stream.open_container(file)) return std::unexpected(*std::move(refused));
    if (auto refused = stream.choose_stream()) return std::unexpected(*std::move(refused));
    if (auto refused = stream.open_codec()) return std::unexpected(*std::move(refused));
    return stream;
}

std::optional<Refusal> AudioStream::open_container(const SourceFile& file) {
    const ::AVInputFormat* container = nullptr;
    const int probed = ::av_probe_input_buffer2(file.context(), &container, "", nullptr, 0, 0);
    if (probed < 0) return probed == AVERROR(ENOMEM) ? refusal(probed, {}) : Refusal{Ending::not_media, ""};
    if (!is_known_container(container->name)) return Refusal{Ending::not_media, container->name};

    ::AVFormatContext* context = ::avformat_alloc_context();
    if (context == nullptr) return Refusal{Ending::no_memory, ""};
    context->pb = file.context();
    context->flags |= AVFMT_FLAG_CUSTOM_IO;
    context->io_open = &open_nothing;
    context->probesize = kProbeBytes;
    context->max_analyze_duration = kProbeTime;
    context->max_streams = kMostStreams;
    context->format_whitelist = ::av_strdup(kContainers);
    context->codec_whitelist = ::av_strdup(kCodecs);
    context->protocol_whitelist = ::av_strdup("");
    // Frees the context where it fails.
    const int opened = ::avformat_open_input(&context, "", container, nullptr);
    if (opened < 0) return refusal(opened, Ending::broken);
    format_.reset(context);
    return std::nullopt;
}

std::optional<Refusal> AudioStream::choose_stream() {
    index_ = best_stream();
    if (index_ >= 0) note_claim();
    if (index_ >= 0 && is_encrypted()) return Refusal{Ending::encrypted, ""};
    // Some containers say what is in them only along the way. Where the head did, reading on for more would
    // cost a short file most of its time.
    if (index_ < 0 || format_->streams[index_]->codecpar->codec_id == AV_CODEC_ID_NONE ||
        (format_->ctx_flags & AVFMTCTX_NOHEADER) != 0) {
        const int found = ::avformat_find_stream_info(format_.get(), nullptr);
        if (found == AVERROR(ENOMEM)) return refusal(found, {});
        index_ = best_stream();
    }
    if (index_ < 0) return Refusal{Ending::no_audio, container_text(format_->iformat->name)};
    discard_others();
    return std::nullopt;
}

int AudioStream::best_stream() const {
    const int best = ::av_find_best_stream(format_.get(), AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
    if (best >= 0) return best;
    // That passes over streams whose rate stands in their frames alone, as in MP3.
    for (unsigned i = 0; i < format_->nb_streams; ++i)
        if (format_->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) return static_cast<int>(i);
    return -1;
}

bool AudioStream::is_encrypted() const {
    const ::AVStream& stream = *format_->streams[index_];
    return heard.encryption || is_encrypted_tag(stream.codecpar->codec_tag) ||
           ::av_stream_get_side_data(&stream, AV_PKT_DATA_ENCRYPTION_INIT_INFO, nullptr) != nullptr;
}

void AudioStream::note_claim() {
    const ::AVStream& stream = *format_->streams[index_];
    if (stream.duration != AV_NOPTS_VALUE && stream.duration > 0) {
        claimed_seconds_ = static_cast<double>(stream.duration) * ::av_q2d(stream.time_base);
        return;
    }
    // Beside a video, the container's length may be that of the video.
    for (unsigned i = 0; i < format_->nb_streams; ++i)
        if (format_->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO) return;
    if (format_->duration != AV_NOPTS_VALUE && format_->duration > 0)
        claimed_seconds_ = static_cast<double>(format_->duration) / AV_TIME_BASE;
}

void AudioStream::discard_others() {
    for (; discarded_ < format_->nb_streams; ++discarded_)
        if (static_cast<int>(discarded_) != index_) format_->streams[discarded_]->discard = AVDISCARD_ALL;
}

std::optional<Refusal> AudioStream::open_codec() {
    const ::AVStream& stream = *format_->streams[index_];
    const ::AVCodec* codec = ::avcodec_find_decoder(stream.codecpar->codec_id);
    if (codec == nullptr || !is_known_codec(codec->name))
        return Refusal{Ending::unknown_codec, ::avcodec_get_name(stream.codecpar->codec_id)};
    codec_.reset(::avcodec_alloc_context3(codec));
    if (codec_ == nullptr) return Refusal{Ending::no_memory, ""};
    int failed = ::avcodec_parameters_to_context(codec_.get(), stream.codecpar);
    if (failed < 0) return refusal(failed, Ending::broken);
    codec_->thread_count = 1;
    codec_->pkt_timebase = stream.time_base;
    codec_->codec_whitelist = ::av_strdup(kCodecs);
    failed = ::avcodec_open2(codec_.get(), codec, nullptr);
    if (failed < 0) return refusal(failed, Ending::broken);
    return std::nullopt;
}

AudioStream::Next AudioStream::next() {
    // A decoder that only fails while it is emptied must not keep us.
    constexpr int kMostFailures = 64;
    for (int failures = 0; failures < kMostFailures;) {
        const int got = ::avcodec_receive_frame(codec_.get(), frame_.get());
        if (got == 0 && frame_->nb_samples > 0) return Next::frame;
        if (got == AVERROR_EOF) return Next::end;
        if (got == AVERROR(ENOMEM)) return Next::no_memory;
        if (got == AVERROR(EAGAIN) && !drained_) {
            if (const Next fed = feed(); fed != Next::frame) return fed;
        } else if (got < 0) {
            ++lost_packets_;
            note(got);
            failures += drained_ ? 1 : 0;
        }
    }
    return Next::end;
}

AudioStream::Next AudioStream::feed() {
    ::AVPacket* const packet = packet_.get();
    int failed = 0;
    while ((failed = ::av_read_frame(format_.get(), packet)) >= 0 && packet->stream_index != index_) {
        ::av_packet_unref(packet);
        discard_others();
    }
    if (failed < 0) {
        if (failed == AVERROR(ENOMEM)) return Next::no_memory;
        if (failed != AVERROR_EOF) note(failed);
        drained_ = true;
        static_cast<void>(::avcodec_send_packet(codec_.get(), nullptr));
        return Next::frame;
    }
    const bool encrypted = ::av_packet_get_side_data(packet, AV_PKT_DATA_ENCRYPTION_INFO, nullptr) != nullptr;
    if ((packet->flags & AV_PKT_FLAG_CORRUPT) != 0) note(AVERROR_INVALIDDATA);
    failed = encrypted ? 0 : ::avcodec_send_packet(codec_.get(), packet);
    ::av_packet_unref(packet);
    if (encrypted) return Next::encrypted;
    if (failed == AVERROR(ENOMEM)) return Next::no_memory;
    if (failed < 0) {
        ++lost_packets_;
        note(failed);
    }
    return Next::frame;
}

void AudioStream::note(int error) {
    if (damage_.empty()) damage_ = words(error);
}

std::string AudioStream::decoder() const {
    return std::string(::avcodec_get_name(codec_->codec_id)) + " in " +
           container_text(format_->iformat->name);
}

float AudioStream::full_scale() const {
    // The loudest that the codec, or the values that it decodes to, can say.
    constexpr float kOf16Bits = 32768;
    switch (codec_->codec_id) {
        case AV_CODEC_ID_PCM_MULAW:
            return 32124 / kOf16Bits;
        case AV_CODEC_ID_PCM_ALAW:
            return 32256 / kOf16Bits;
        case AV_CODEC_ID_PCM_U8:
        case AV_CODEC_ID_PCM_S8:
            return 127.0F / 128;
        default:
            return 32767 / kOf16Bits;
    }
}

}  // namespace haul::speech

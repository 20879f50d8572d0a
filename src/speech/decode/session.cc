#include "speech/decode/session.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "speech/decode/declared_end.h"

extern "C" {
#include <libavutil/frame.h>
}

namespace haul::speech {

using wire::Ending;

namespace {

// Samples of the source that are worked on at once: they stay in the cache.
constexpr std::size_t kChunk = 4096;

// Less than this is no loss: encoders' delays, rounded claims.
double tolerated(double claimed_seconds) { return 0.5 + claimed_seconds / 100; }

}  // namespace

Session::Session(const SourceFile& file, std::uint64_t most_samples, int socket)
    : file_(file),
      most_samples_(most_samples),
      socket_(socket),
      endless_(declares_no_end(file)),
      mono_(kChunk) {
    block_.reserve(wire::kMostSamples);
}

bool Session::run() {
    auto stream = AudioStream::open(file_);
    if (!stream) return end(stream.error().ending, stream.error().detail);
    const auto stopped = decode(*stream);
    note_damage(*stream);
    const Ending ending = stopped.value_or(judge(*stream));
    return listening_ && send_block() && end(ending, stream->damage());
}

std::optional<Ending> Session::decode(AudioStream& stream) {
    while (true) {
        switch (stream.next()) {
            case AudioStream::Next::end:
                return drain();
            case AudioStream::Next::no_memory:
                return Ending::no_memory;
            case AudioStream::Next::encrypted:
                return Ending::encrypted;
            case AudioStream::Next::frame:
                break;
        }
        note_damage(stream);
        if (const auto stopped = take(stream)) return stopped;
    }
}

void Session::note_damage(const AudioStream& stream) {
    lost_packets_ = stream.lost_packets();
    if (damaged_at_ < 0 && !stream.damage().empty()) damaged_at_ = source_seconds_;
}

std::optional<Ending> Session::take(const AudioStream& stream) {
    const ::AVFrame& frame = stream.frame();
    const auto rate = static_cast<std::uint32_t>(std::max(frame.sample_rate, 0));
    if (!is_readable(frame) || rate < kLowestRate || rate > kHighestRate) return Ending::broken;
    if (resampler_.rate() == 0 && !announce(stream)) return Ending::broken;
    if (rate != resampler_.rate())
        if (const auto stopped = change_rate(rate)) return stopped;
    const auto count = static_cast<std::size_t>(frame.nb_samples);
    for (std::size_t first = 0; first < count; first += kChunk) {
        const std::span<float> mono(mono_.data(), std::min(kChunk, count - first));
        mix_down(frame, first, stream.full_scale(), mono, levels_);
        const auto out = resampler_.convert(mono);
        if (resampler_.failed()) return Ending::no_memory;
        if (const auto stopped = append(out)) return stopped;
    }
    source_seconds_ += static_cast<double>(count) / rate;
    return std::nullopt;
}

std::optional<Ending> Session::change_rate(std::uint32_t rate) {
    if (const auto stopped = drain()) return stopped;
    if (!resampler_.begin(rate)) return Ending::no_memory;
    return std::nullopt;
}

std::optional<Ending> Session::drain() {
    while (true) {
        const auto out = resampler_.drain();
        if (resampler_.failed()) return Ending::no_memory;
        if (out.empty()) return std::nullopt;
        if (const auto stopped = append(out)) return stopped;
    }
}

std::optional<Ending> Session::append(std::span<const float> samples) {
    const bool too_many = samples.size() > most_samples_ - samples_;
    if (too_many) samples = samples.first(most_samples_ - samples_);
    samples_ += samples.size();
    while (!samples.empty()) {
        const std::size_t taken = std::min(samples.size(), wire::kMostSamples - block_.size());
        block_.insert(block_.end(), samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(taken));
        samples = samples.subspan(taken);
        if (block_.size() == wire::kMostSamples && !send_block()) return Ending::whole;
    }
    return too_many ? std::optional(Ending::too_long) : std::nullopt;
}

bool Session::announce(const AudioStream& stream) {
    wire::Began began{.claimed_seconds = claimed(stream).value_or(-1),
                      .rate = static_cast<std::uint32_t>(stream.frame().sample_rate),
                      .channels = static_cast<std::uint32_t>(stream.frame().ch_layout.nb_channels)};
    wire::put(began.decoder, stream.decoder());
    listening_ = wire::send(socket_, wire::Kind::began, began) == 0;
    return listening_;
}

Ending Session::judge(const AudioStream& stream) const {
    if (levels_.values == 0) return Ending::broken;
    if (const auto promised = claimed(stream); promised && *promised - source_seconds_ > tolerated(*promised))
        return Ending::truncated;
    if (ends_before_its_declared_end(file_)) return Ending::truncated;
    if (damaged_at_ < 0) return Ending::whole;
    // Damage at the very end of what was read to its end: the rest is missing.
    const bool at_the_end = source_seconds_ - damaged_at_ < tolerated(0) && file_.was_read_to_its_end();
    if (at_the_end && endless_ && lost_packets_ == 0) return Ending::whole;
    return at_the_end ? Ending::truncated : Ending::damaged;
}

std::optional<double> Session::claimed(const AudioStream& stream) const {
    return endless_ ? std::nullopt : stream.claimed_seconds();
}

bool Session::send_block() {
    if (!block_.empty())
        listening_ = wire::send(socket_, wire::Kind::samples, std::as_bytes(std::span(block_))) == 0;
    block_.clear();
    return listening_;
}

bool Session::end(Ending ending, std::string_view detail) {
    wire::Ended ended{.source_values = levels_.values,
                      .clipped = levels_.clipped,
                      .damaged_at = damaged_at_,
                      .ending = ending,
                      .lost_packets = lost_packets_};
    wire::put(ended.detail, detail);
    return wire::send(socket_, wire::Kind::ended, ended) == 0;
}

}  // namespace haul::speech

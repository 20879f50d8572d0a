#include "speech/decode/exchange.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

#include "base/clock.h"
#include "speech/decode/resampler.h"

namespace haul::speech {
namespace {

using wire::Ending;
using wire::Kind;

bool is_audio(std::span<const float> samples) {
    // Not a number compares false.
    return std::all_of(samples.begin(), samples.end(), [](float value) { return value >= -1 && value <= 1; });
}

}  // namespace

Result<Exchange::Came> Exchange::with(const ChildProcess& child, const file::Fd& file, std::uint64_t bytes) {
    began_ = false;
    received_ = since_progress_ = furthest_ = 0;
    bytes_ = bytes;
    allowed_ = {};
    progress();
    used_before_ = TRY(child.processor_time());
    TRY(allow_processor_time(child));
    const wire::Decode request{.file_bytes = bytes,
                               .most_samples = static_cast<std::uint64_t>(options_.longest.count()) * kRate};
    if (wire::send(child.socket(), Kind::decode, request, file.get()) != 0) return Came::closed;
    while (true) {
        if (!TRY(wait(child.socket()))) return Came::to_a_limit;
        const wire::Received received = wire::receive(child.socket(), *packet_);
        if (received == wire::Received::closed) return Came::closed;
        if (received == wire::Received::nonsense) return Came::to_nonsense;
        if (!TRY(handle(*packet_))) return came_;
        TRY(allow_processor_time(child));
    }
}

Status Exchange::allow_processor_time(const ChildProcess& child) {
    constexpr std::uint64_t kBytesASecond = 4U << 20U;
    constexpr std::uint64_t kSamplesASecond = 20 * kRate;
    const auto due =
        options_.processor_time + std::chrono::seconds(bytes_ / kBytesASecond + received_ / kSamplesASecond);
    if (due == allowed_) return {};
    allowed_ = due;
    return child.limit_processor_time(used_before_ + due);
}

Result<bool> Exchange::wait(int socket) {
    constexpr int kLook = 100;  // ms after which a stop is seen
    while (waited_ < options_.patience) {
        if (stop_.stop_requested()) return failure(error(Code::interrupted, "stopped on request"));
        const auto before = clock::boot();
        ::pollfd watched{socket, POLLIN, 0};
        const int ready = ::poll(&watched, 1, kLook);
        waited_ += clock::boot() - before;
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return failure(os_error(errno, "wait for the decoder of", path_));
    }
    return false;
}

Result<bool> Exchange::handle(const wire::Packet& packet) {
    came_ = Came::to_nonsense;
    switch (packet.kind) {
        case Kind::began:
            return believe(packet.as<wire::Began>());
        case Kind::samples:
            return hand_on(packet.samples());
        case Kind::ended:
            if (believe(packet.as<wire::Ended>())) came_ = Came::to_an_end;
            return false;
        case Kind::reading: {
            // Only whole steps within the file are progress: nobody stays for ever by them.
            const auto at = packet.as<wire::Reading>().furthest;
            if (at > bytes_ || at < furthest_ + wire::kReadingStep) return at <= bytes_;
            furthest_ = at;
            progress();
            return true;
        }
        default:
            return false;
    }
}

bool Exchange::believe(const wire::Began& began) {
    if (began_ || began.rate < kLowestRate || began.rate > kHighestRate || began.channels == 0 ||
        !std::isfinite(began.claimed_seconds))
        return false;
    began_ = true;
    decoded_.decoder = wire::text_of(began.decoder);
    decoded_.source_rate = began.rate;
    decoded_.source_channels = began.channels;
    if (began.claimed_seconds >= 0) decoded_.claimed_seconds = began.claimed_seconds;
    return true;
}

bool Exchange::believe(const wire::Ended& ended) {
    if (ended.ending > Ending::last || ended.clipped > ended.source_values ||
        !std::isfinite(ended.damaged_at))
        return false;
    const bool has_audio = ended.ending <= Ending::too_long;
    if (has_audio && !began_) return false;
    ended_ = ended;
    if (ended.source_values > 0)
        decoded_.clipped = static_cast<double>(ended.clipped) / static_cast<double>(ended.source_values);
    return true;
}

Result<bool> Exchange::hand_on(std::span<const float> samples) {
    const auto most = static_cast<std::uint64_t>(options_.longest.count()) * kRate;
    if (!began_ || samples.size() > most - received_ || !is_audio(samples)) return false;
    // Those that an earlier child had sent already.
    const std::uint64_t behind = decoded_.samples - std::min(decoded_.samples, received_);
    const auto known = std::min<std::size_t>(behind, samples.size());
    received_ += samples.size();
    since_progress_ += samples.size();
    if (since_progress_ >= kRate) {
        since_progress_ = 0;
        progress();
    }
    const auto fresh = samples.subspan(known);
    if (fresh.empty()) return true;
    decoded_.samples += fresh.size();
    TRY(take_(fresh));
    return true;
}

Error Exchange::error(Code code, std::string detail) const {
    return make_error(code, "decode", path_, std::move(detail));
}

}  // namespace haul::speech

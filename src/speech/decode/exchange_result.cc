// What a file came to, in words.
#include <fmt/format.h>

#include "base/units.h"
#include "speech/decode/exchange.h"
#include "speech/decode/resampler.h"
#include "speech/decode/sandbox.h"

namespace haul::speech {

using wire::Ending;

double Exchange::seconds() const { return static_cast<double>(decoded_.samples) / kRate; }

Result<Decoded> Exchange::cut(Error why) const {
    if (decoded_.samples == 0) return failure(std::move(why));
    Decoded used = decoded_;
    why.kept = fmt::format("{:.1f} s of audio", seconds());
    used.cut = std::move(why);
    return used;
}

Error Exchange::truncated() const {
    if (decoded_.claimed_seconds > seconds() + 0.5)
        return error(Code::corrupt,
                     fmt::format("truncated: it ends at second {:.1f} of the {:.1f} that it claims",
                                 seconds(), *decoded_.claimed_seconds));
    return error(Code::corrupt, fmt::format("truncated at second {:.1f}", seconds()));
}

Error Exchange::damaged() const {
    const double at = ended_->damaged_at < 0 ? seconds() : ended_->damaged_at;
    std::string text = fmt::format("damaged at second {:.1f}", at);
    if (const std::string why = wire::text_of(ended_->detail); !why.empty()) text += ": " + why;
    if (ended_->lost_packets > 0)
        text += fmt::format("; {} of its packets could not be decoded", ended_->lost_packets);
    return error(Code::corrupt, std::move(text));
}

// Where no audio came out.
Error Exchange::nothing() const {
    const std::string detail = wire::text_of(ended_->detail);
    switch (ended_->ending) {
        case Ending::not_media:
            return error(Code::unsupported, detail.empty()
                                                ? "it is no audio or video that is known"
                                                : "it looks like '" + detail + "', which is not read");
        case Ending::no_audio:
            return error(Code::unsupported, "there is no audio in this " + detail + " file");
        case Ending::encrypted:
            return error(Code::unsupported, "it is encrypted")
                .with_remedy("use a copy that its publisher offers without encryption");
        case Ending::unknown_codec:
            return error(Code::unsupported, detail == "none" ? "its codec is not known"
                                                             : "its codec '" + detail + "' is not decoded")
                .with_remedy("convert it to FLAC or WAV with a program that knows it");
        default:
            return error(Code::corrupt, detail.empty()
                                            ? "it holds no sound at all, or none that could be decoded"
                                            : "no audio could be decoded: " + detail);
    }
}

Result<Decoded> Exchange::result() const {
    if (!ended_)
        return cut(
            error(Code::timed_out, fmt::format("no progress for {} s, at second {:.1f}: it was given up",
                                               options_.patience / std::chrono::seconds(1), seconds())));
    switch (ended_->ending) {
        case Ending::whole:
            return decoded_;
        case Ending::truncated:
            return cut(truncated());
        case Ending::damaged:
            return cut(damaged());
        case Ending::too_long:
            return cut(error(Code::unsupported, "longer than " + units::duration_text(options_.longest) +
                                                    ": the rest was not decoded"));
        case Ending::no_memory:
            return cut(error(Code::unsupported,
                             fmt::format("its decoder needs more than {} of memory, at second {:.1f}",
                                         units::exact_size_text(kDecoderMemory), seconds())));
        case Ending::encrypted:
            return failure(nothing());
        default:
            return decoded_.samples > 0 ? cut(damaged()) : failure(nothing());
    }
}

Result<Decoded> Exchange::result_without_end(const std::string& how) const {
    return cut(error(
        Code::corrupt,
        fmt::format("two decoders in turn failed at it by second {:.1f}; the second {}", seconds(), how)));
}

Result<Decoded> Exchange::result_out_of_processor_time() const {
    return cut(
        error(Code::timed_out, fmt::format("it took {} s of processor time by second {:.1f} and was given up",
                                           allowed_.count(), seconds())));
}

}  // namespace haul::speech

#include "speech/decode/formats.h"

#include <array>

namespace haul::speech {
namespace {

bool is_in(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const std::string_view one = list.substr(0, list.find(','));
        if (one == name) return true;
        list.remove_prefix(one.size() == list.size() ? one.size() : one.size() + 1);
    }
    return false;
}

std::string_view first_of(std::string_view names) { return names.substr(0, names.find(',')); }

constexpr std::uint32_t tag_of(std::string_view letters) {
    std::uint32_t tag = 0;
    for (std::size_t i = 0; i < letters.size(); ++i)
        tag |= static_cast<std::uint32_t>(static_cast<unsigned char>(letters[i])) << (8 * i);
    return tag;
}

}  // namespace

// libav looks for its demuxers' whole names ("mov,mp4,m4a,…") and for each of them.
const char* const kContainers =
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dts,eac3,flac,flv,gsm,loas,matroska,webm,mov,mp4,m4a,"
    "3gp,"
    "3g2,mj2,mp3,mpc,mpc8,mpeg,mpegts,nistsphere,ogg,sox,tta,voc,w64,wav,wv,xwma";

const char* const kCodecs =
    "aac,aac_latm,ac3,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,adpcm_swf,adpcm_yamaha,alac,amrnb,amrwb,ape,dca,"
    "eac3,flac,g722,g723_1,g726,g726le,g729,gsm,gsm_ms,ilbc,mp1,mp1float,mp2,mp2float,mp3,mp3float,mp3adu,"
    "mp3adufloat,mpc7,mpc8,nellymoser,opus,pcm_alaw,pcm_bluray,pcm_dvd,pcm_f32be,pcm_f32le,pcm_f64be,"
    "pcm_f64le,pcm_mulaw,pcm_s16be,pcm_s16be_planar,pcm_s16le,pcm_s16le_planar,pcm_s24be,pcm_s24le,"
    "pcm_s24le_planar,pcm_s32be,pcm_s32le,pcm_s32le_planar,pcm_s64be,pcm_s64le,pcm_s8,pcm_s8_planar,pcm_"
    "u16be,"
    "pcm_u16le,pcm_u24be,pcm_u24le,pcm_u32be,pcm_u32le,pcm_u8,qcelp,shorten,speex,truespeech,tta,vorbis,"
    "wavpack,wmav1,wmav2,wmapro,wmavoice,wmalossless";

bool is_known_container(std::string_view name) { return is_in(kContainers, first_of(name)); }
bool is_known_codec(std::string_view name) { return is_in(kCodecs, name); }

std::string container_text(std::string_view name) {
    const std::string_view first = first_of(name);
    return std::string(first == "mov" ? "mp4" : first);
}

bool is_encrypted_tag(std::uint32_t tag) {
    // Common encryption; iTunes of old; Audible.
    constexpr std::array kTags = {tag_of("enca"), tag_of("encv"), tag_of("encs"), tag_of("drms"),
                                  tag_of("drmi"), tag_of("aavd"), tag_of("adrm")};
    for (const std::uint32_t encrypted : kTags)
        if (tag == encrypted) return true;
    return false;
}

}  // namespace haul::speech

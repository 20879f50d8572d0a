#include "speech/decode/child.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <ctime>
#include <memory>
#include <utility>

#include "speech/decode/audio_stream.h"
#include "speech/decode/sandbox.h"
#include "speech/decode/session.h"
#include "speech/decode/source_file.h"
#include "speech/decode/wire.h"

namespace haul::speech {
namespace {

bool get_ready() {
    ::prctl(PR_SET_NAME, "haul-decode");
    // libav prints times of day in tags; the zone's file cannot be opened later.
    ::tzset();
    AudioStream::prepare_library();
    const auto failed = confine();
    if (!failed) return wire::send(wire::kChildSocket, wire::Kind::ready, {}) == 0;
    wire::NotReady why{.os_error = failed->os_error};
    wire::put(why.step, failed->step);
    static_cast<void>(wire::send(wire::kChildSocket, wire::Kind::not_ready, why));
    return false;
}

}  // namespace

void run_decoder_child() {
    // Static objects of libraries are left as they are: their ends may ask for what is no longer allowed.
    if (!get_ready()) ::_exit(1);
    const auto packet = std::make_unique<wire::Packet>();
    while (wire::receive(wire::kChildSocket, *packet) == wire::Received::packet &&
           packet->kind == wire::Kind::decode) {
        const auto request = packet->as<wire::Decode>();
        const SourceFile file(std::move(packet->file), request.file_bytes, wire::kChildSocket);
        if (!Session(file, request.most_samples, wire::kChildSocket).run()) break;
    }
    ::_exit(0);
}

}  // namespace haul::speech

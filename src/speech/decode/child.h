// The decoder child: what haul-speech is when it is started with the hidden argument `decode-child`.
#pragma once

namespace haul::speech {

// Gives up what it does not need (sandbox.h), then answers over descriptor 3 (wire.h) until its parent goes.
// Must be called first thing in main(), before any thread is started.
[[noreturn]] void run_decoder_child();

}  // namespace haul::speech

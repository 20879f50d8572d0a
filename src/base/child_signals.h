// For between fork and exec: what the new program would inherit of ours.
#pragma once

#include <csignal>

namespace haul::process {

// Ignored and blocked signals would be inherited through exec. Async-signal-safe.
inline void reset_signals() {
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    ::sigset_t none{};
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace haul::process

// What `haul listen` takes. Declared by haul, which knows help and completion without the speech program, and
// by haul-speech, which does the work.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"

namespace haul::cli {

struct ListenOptions {
    std::vector<std::string> files;
    std::optional<std::string> files_from;  // further ones, a line each; "-": standard input
    std::optional<std::string> accept;      // the plan whose [accept] judges
    std::optional<std::string> models;      // their folder
    std::optional<std::string> language_claim;
    double language_threshold = 0.7;
    bool without_language = false;
    // Voice activity, as Silero publishes it.
    double speech_threshold = 0.5, speech_exit = 0.35;
    std::chrono::nanoseconds min_speech = std::chrono::milliseconds(250),
                             min_silence = std::chrono::milliseconds(100),
                             padding = std::chrono::milliseconds(30);
    std::chrono::nanoseconds max_duration = std::chrono::hours(12);
};
void declare_listen_options(Arguments& arguments, ListenOptions& options);

}  // namespace haul::cli

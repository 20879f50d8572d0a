#include "cli/listen_options.h"

namespace haul::cli {

void declare_listen_options(Arguments& arguments, ListenOptions& options) {
    arguments.rest("FILE", options.files, "audio or video files", false);
    arguments.text("--files-from", options.files_from, "FILE",
                   "hear the files named there, too, one a line; `-`: standard input, each as it comes");
    arguments.text("--accept", options.accept, "FILE",
                   "judge by the table [accept] of this plan; without it: its defaults");
    arguments.text("--language-claim", options.language_claim, "CODE",
                   "what the source says the language is; kept beside what is found");
    arguments.real("--language-threshold", options.language_threshold, 0, 1,
                   "name a language only where it is at least this likely (0.7)");
    arguments.flag("--without-language", options.without_language, "do not look for the language");
    arguments.real("--speech-threshold", options.speech_threshold, 0, 1,
                   "speech begins where it is at least this likely (0.5)");
    arguments.real("--speech-exit", options.speech_exit, 0, 1,
                   "speech ends where it is less likely than this (0.35)");
    arguments.duration("--min-speech", options.min_speech, "drop stretches of at most this much (250ms)");
    arguments.duration("--min-silence", options.min_silence,
                       "a silence shorter than this ends nothing (100ms)");
    arguments.duration("--padding", options.padding, "widen each stretch by this much on both sides (30ms)");
    arguments.duration("--max-duration", options.max_duration, "hear no more than this of a file (12h)");
    arguments.text("--models", options.models, "DIR", "where models lie (~/.local/share/haul/models)");
}

}  // namespace haul::cli

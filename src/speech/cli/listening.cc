#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/arguments.h"
#include "cli/exit_code.h"
#include "cli/listen_options.h"
#include "cli/output.h"
#include "engine/shutdown.h"
#include "speech/cli/commands.h"
#include "speech/cli/file_names.h"
#include "speech/cli/hearing_line.h"
#include "speech/listen/hearing_json.h"
#include "speech/listen/listen.h"

namespace haul::speech {
namespace {

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

Result<ListenRequest> request_of(const cli::ListenOptions& options) {
    ListenRequest request;
    if (options.accept) request.accept = TRY(read_accept(*options.accept));
    request.models = options.models ? *options.models : TRY(default_folder());
    request.language = !options.without_language;
    request.language_threshold = options.language_threshold;
    request.activity = {.threshold = options.speech_threshold,
                        .exit = options.speech_exit,
                        .min_speech = seconds(options.min_speech),
                        .min_silence = seconds(options.min_silence),
                        .padding = seconds(options.padding)};
    request.decode.longest = std::chrono::duration_cast<std::chrono::seconds>(options.max_duration);
    return request;
}

Result<int> listen_to(const cli::ListenOptions& options, bool json) {
    const engine::Shutdown shutdown(true);
    Ear ear = TRY(Ear::create(TRY(request_of(options))));
    if (const auto& lacks = ear.lacks()) {
        cli::complain("haul: warning: " + lacks->message() + "\n");
        if (!lacks->remedy.empty()) cli::complain("  " + lacks->remedy + "\n");
    }
    bool failed = false;
    FileNames names = TRY(FileNames::open(options));
    while (const auto path = TRY(names.next(shutdown.drain()))) {
        // The first signal already: a file is heard whole or not at all, and nothing is kept between them.
        const Hearing hearing = TRY(ear.listen(*path, shutdown.drain()));
        failed = failed || hearing.error.has_value();
        TRY(cli::print(
            (json ? json::dump(hearing_json(hearing, options.language_claim)) : hearing_line(hearing)) +
            "\n"));
    }
    return failed ? cli::kIncomplete : cli::kProven;
}

}  // namespace

cli::Handler declare_listening(cli::Arguments& arguments) {
    auto options = std::make_shared<cli::ListenOptions>();
    cli::declare_listen_options(arguments, *options);
    return [options, &arguments](const std::vector<std::string>&) {
        return listen_to(*options, arguments.json());
    };
}

}  // namespace haul::speech

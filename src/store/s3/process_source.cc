// A profile's credential_process: a program that writes credentials as JSON ("Sourcing credentials with an
// external process", AWS SDKs and Tools Reference Guide).
#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/json.h"
#include "base/process.h"
#include "store/s3/command_line.h"
#include "store/s3/credentials_text.h"
#include "store/s3/source.h"

namespace haul::store::s3 {
namespace {

// Some ask the user for a code meanwhile.
constexpr auto kLimit = std::chrono::minutes(2);

std::unexpected<Error> failed(const std::string& program, Code code, std::string why) {
    return failure(make_error(code, "run credential_process", program, std::move(why))
                       .with_remedy("run the command of credential_process by hand to see why"));
}

Result<Credentials> ask(const std::vector<std::string>& argv) {
    const std::string& program = argv.front();
    const auto finished = process::run({.argv = argv, .environment = {}, .input = {}, .limit = kLimit}, {});
    if (!finished) return failed(program, finished.error().code, finished.error().root().detail);
    // Neither stream is repeated: secrets are in the one and may be in the other.
    if (finished->exit_code != 0)
        return failed(program, Code::denied, fmt::format("it ended with {}", finished->exit_code));
    const auto object = json::parse(finished->output, program);
    if (!object || !object->is_object() || object->value("Version", json::Value()) != 1)
        return failed(program, Code::corrupt, "what it wrote is no JSON object with Version 1");
    return credentials_from(finished->output, "SessionToken", program);
}

}  // namespace

Result<std::optional<Source>> process_source(const Profile& profile, const std::string& name) {
    const auto line = profile.value(name, "credential_process");
    if (!line) return std::nullopt;
    const auto argv = split_command(*line);
    if (!argv || argv->empty()) {
        return failure(make_error(Code::usage, "find credentials", fmt::format("profile {}", name),
                                  "a quote in its credential_process is not closed")
                           .with_remedy(fmt::format("correct it in {}", config_path())));
    }
    return Source{.name = fmt::format("credential_process of profile {}", name),
                  .fetch = [command = *argv] { return ask(command); }};
}

}  // namespace haul::store::s3

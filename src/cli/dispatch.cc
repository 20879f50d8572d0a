#include "cli/dispatch.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/error_report.h"
#include "cli/exit_code.h"
#include "cli/output.h"

namespace haul::cli {
namespace {

std::string overview() {
    std::string text =
        "haul moves and gathers very large collections of files without losing one.\n\n"
        "Usage: haul COMMAND [ARGUMENTS]\n\nCommands:\n";
    for (const Command& command : commands())
        text += fmt::format("  {:<11} {}\n", command.name, command.summary);
    text +=
        "\nExamples:\n"
        "  haul pack /data/photos /backup\n"
        "  haul verify /backup/photos\n"
        "  haul unpack /backup/photos /data/restored\n"
        "\n`haul COMMAND --help` shows what a command takes.\n";
    return text;
}

Error unknown_command(const std::string& word) {
    std::vector<std::string> names;
    for (const Command& command : commands()) names.emplace_back(command.name);
    const std::string near = text::nearest(word, names);
    std::string detail = fmt::format("there is no command '{}'", text::printable(word));
    if (!near.empty()) detail += fmt::format("; did you mean `haul {}`?", near);
    return make_error(Code::usage, "", "", detail).with_remedy("`haul --help` lists the commands");
}

// Errors of the command line itself come before --json was read.
bool asks_for_json(const std::vector<std::string>& words) {
    const auto end = std::find(words.begin(), words.end(), "--");
    return std::find(words.begin(), end, "--json") != end;
}

int finish(const Status& printed, ErrorForm form) {
    return printed ? kProven : report_error(printed.error(), form);
}

}  // namespace

int run_command(const Command& command, const std::vector<std::string>& words) {
    ErrorForm form = asks_for_json(words) ? ErrorForm::json : ErrorForm::text;
    if (form == ErrorForm::json && command.prints_data) form = ErrorForm::json_to_error;
    Arguments arguments(command.name, command.summary, command.examples);
    const Handler handler = command.declare(arguments);
    const Status parsed = arguments.parse({words.begin() + 1, words.end()});
    if (!parsed) return report_error(parsed.error(), form);
    if (arguments.help_wanted()) return finish(print(arguments.help()), form);
    const Result<int> code = handler(words);
    return code ? *code : report_error(code.error(), form);
}

int dispatch(const std::vector<std::string>& words) {
    if (words.empty()) {
        complain(overview());
        return kUsage;
    }
    const std::string& first = words.front();
    if (first == "--help" || first == "-h") return finish(print(overview()), ErrorForm::text);
    if (first == "--version") return dispatch({"version"});
    if (first == "help") return words.size() == 1 ? dispatch({"--help"}) : dispatch({words[1], "--help"});
    const Command* command = find_command(first);
    if (command == nullptr) {
        return report_error(unknown_command(first), asks_for_json(words) ? ErrorForm::json : ErrorForm::text);
    }
    return run_command(*command, words);
}

}  // namespace haul::cli

#include "cli/completion_script.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command.h"

namespace haul::cli {
namespace {

using Visit = std::function<void(const Command&, const std::vector<Declared>&)>;

void for_each_command(const Visit& visit) {
    for (const Command& command : commands()) {
        Arguments arguments(command.name, command.summary, command.examples);
        const Handler handler = command.declare(arguments);
        visit(command, arguments.declared());
    }
}

std::string names() {
    std::vector<std::string_view> all;
    for (const Command& command : commands()) all.push_back(command.name);
    return fmt::format("{}", fmt::join(all, " "));
}

// What can stand as the value: a shell's word for it.
enum class Value : char { choices, path, job, other };
Value value_of(const Declared& row) {
    if (!row.choices.empty()) return Value::choices;
    if (row.value == "JOB") return Value::job;
    const bool path = row.value == "DIR" || row.value == "FILE" || row.value == "SOURCE" ||
                      row.value == "DEST" || row.value == "SET" || row.value == "STORE";
    return path ? Value::path : Value::other;
}

std::string shell_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + "'";
}

// Inside zsh's specifications `[`, `]`, `:` and `\` have a meaning.
std::string zsh_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string bash_case(const Command& command, const std::vector<Declared>& rows) {
    std::vector<std::string> options, words;
    std::string values;
    bool paths = false, jobs = false;
    for (const Declared& row : rows) {
        const Value value = value_of(row);
        if (row.positional) {
            words.insert(words.end(), row.choices.begin(), row.choices.end());
            paths = paths || value == Value::path;
            jobs = jobs || value == Value::job;
            continue;
        }
        options.push_back(row.name);
        if (!row.short_name.empty()) options.push_back(row.short_name);
        if (row.value.empty()) continue;
        std::string action = ":";
        if (value == Value::choices) action = fmt::format("_haul_words \"{}\"", fmt::join(row.choices, " "));
        if (value == Value::path) action = "_haul_files";
        values += fmt::format("        {}) {}; return ;;\n", row.name, action);
    }
    std::string text = fmt::format("    {})\n", command.name);
    if (!values.empty()) text += fmt::format("      case \"$previous\" in\n{}      esac\n", values);
    text += fmt::format("      if [[ $current == -* ]]; then _haul_words \"{}\"; return; fi\n",
                        fmt::join(options, " "));
    if (!words.empty()) text += fmt::format("      _haul_words \"{}\"\n", fmt::join(words, " "));
    if (paths) text += "      _haul_files\n";
    if (jobs) text += "      _haul_words \"$(haul jobs 2>/dev/null | grep -o '^[0-9a-f]\\{16\\}')\"\n";
    return text + "      ;;\n";
}

std::string zsh_value(const Declared& row) {
    switch (value_of(row)) {
        case Value::choices:
            return fmt::format("({})", fmt::join(row.choices, " "));
        case Value::path:
            return "_files";
        case Value::job:
            return "_haul_jobs";
        case Value::other:
            return "";
    }
    return "";
}

std::string zsh_option(const Declared& row) {
    // "*": may be given again.
    const std::string rest = row.value.empty() ? "" : fmt::format(":{}:{}", row.value, zsh_value(row));
    const std::string help = zsh_escaped(row.help);
    std::string text = "      " + shell_quoted(fmt::format("*{}{}[{}]{}", row.name,
                                                           row.value.empty() ? "" : "=", help, rest));
    if (!row.short_name.empty())
        text += " \\\n      " + shell_quoted(fmt::format("*{}[{}]{}", row.short_name, help, rest));
    return text;
}

std::string zsh_case(const Command& command, const std::vector<Declared>& rows) {
    std::vector<std::string> lines;
    for (const Declared& row : rows) {
        if (!row.positional) lines.push_back(zsh_option(row));
    }
    for (const Declared& row : rows) {
        if (!row.positional) continue;
        const std::string message = zsh_escaped(row.name) + ":" + zsh_value(row);
        lines.push_back("      " + shell_quoted((row.required ? ":" : "::") + message));
    }
    return fmt::format("    {})\n      _arguments -s \\\n{} ;;\n", command.name, fmt::join(lines, " \\\n"));
}

std::string fish_lines(const Command& command, const std::vector<Declared>& rows) {
    const std::string seen =
        fmt::format("complete -c haul -n '__fish_seen_subcommand_from {}'", command.name);
    std::string text;
    for (const Declared& row : rows) {
        const Value value = value_of(row);
        if (row.positional) {
            if (value == Value::choices) {
                text += fmt::format("{} -f -a {}\n", seen,
                                    shell_quoted(fmt::format("{}", fmt::join(row.choices, " "))));
            } else if (value == Value::job) {
                text += seen + " -f -a '(haul jobs 2>/dev/null | string match -r \"^[0-9a-f]{16}\")'\n";
            }
            continue;
        }
        std::string line = fmt::format("{} -l {}", seen, row.name.substr(2));
        if (!row.short_name.empty()) line += " -s " + row.short_name.substr(1);
        if (!row.value.empty()) line += value == Value::path ? " -r" : " -x";
        if (value == Value::choices)
            line += " -a " + shell_quoted(fmt::format("{}", fmt::join(row.choices, " ")));
        text += line + " -d " + shell_quoted(row.help) + "\n";
    }
    return text;
}

}  // namespace

std::string bash_completion() {
    std::string text = R"(# bash completion for haul
_haul_words() { mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$1" -- "$current"); }
_haul_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
}
_haul() {
  local current previous
  COMPREPLY=()
  current=${COMP_WORDS[COMP_CWORD]}
  previous=${COMP_WORDS[COMP_CWORD-1]}
  # bash makes a word of its own of `=`
  if [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi
  if [[ $current == = ]]; then current=; fi
)";
    text += fmt::format("  if ((COMP_CWORD == 1)); then _haul_words \"{} --help --version\"; return; fi\n",
                        names());
    text += "  case \"${COMP_WORDS[1]}\" in\n";
    for_each_command([&](const Command& command, const auto& rows) { text += bash_case(command, rows); });
    return text + "  esac\n}\ncomplete -F _haul haul\n";
}

std::string zsh_completion() {
    std::string text =
        "#compdef haul\n"
        "# zsh completion for haul\n"
        "_haul_jobs() { local -a ids; ids=(${(f)\"$(haul jobs 2>/dev/null | grep -o "
        "'^[0-9a-f]\\{16\\}')\"}); compadd -a "
        "ids }\n"
        "_haul() {\n"
        "  local -a names\n"
        "  names=(\n";
    for (const Command& command : commands()) {
        text +=
            "    " + shell_quoted(fmt::format("{}:{}", command.name, zsh_escaped(command.summary))) + "\n";
    }
    text +=
        "  )\n"
        "  if ((CURRENT == 2)); then _describe command names; return; fi\n"
        "  local command=$words[2]\n"
        "  shift words; ((CURRENT--))\n"
        "  case $command in\n";
    for_each_command([&](const Command& command, const auto& rows) { text += zsh_case(command, rows); });
    return text +
           "  esac\n"
           "}\n"
           "if [[ $funcstack[1] == _haul ]]; then _haul \"$@\"; else compdef _haul haul; fi\n";
}

std::string fish_completion() {
    std::string text = "# fish completion for haul\n";
    for (const Command& command : commands()) {
        text += fmt::format("complete -c haul -n __fish_use_subcommand -f -a {} -d {}\n", command.name,
                            shell_quoted(command.summary));
    }
    for_each_command([&](const Command& command, const auto& rows) { text += fish_lines(command, rows); });
    return text;
}

}  // namespace haul::cli

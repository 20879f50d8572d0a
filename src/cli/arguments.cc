#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/nearest.h"
#include "base/number.h"
#include "base/text.h"
#include "base/units.h"

namespace haul::cli {
namespace {

std::string reason_of(const Error& error) { return error.detail.empty() ? error.message() : error.detail; }

Result<std::uint64_t> parse_number(const std::string& text, std::uint64_t least, std::uint64_t most) {
    const auto value = text::whole_number<std::uint64_t>(text);
    if (!value || *value < least || *value > most) {
        return failure(
            Code::usage, "", "",
            most == std::numeric_limits<std::uint64_t>::max()
                ? fmt::format("'{}' is not a whole number of at least {}", text::printable(text), least)
                : fmt::format("'{}' is not a whole number from {} to {}", text::printable(text), least,
                              most));
    }
    return *value;
}

Result<std::uint64_t> parse_size_of(const std::string& text, std::uint64_t least) {
    const std::uint64_t bytes = TRY(units::parse_size(text));
    if (bytes < least) {
        return failure(
            Code::usage, "", "",
            fmt::format("'{}' is too small: at least {} bytes are needed", text::printable(text), least));
    }
    return bytes;
}

// "-l,--long" -> {"--long", "-l"}
std::pair<std::string, std::string> long_and_short(const std::string& names) {
    const auto comma = names.find(',');
    if (comma != std::string::npos) return {names.substr(comma + 1), names.substr(0, comma)};
    if (names.starts_with("--")) return {names, ""};
    return {"", names};
}

}  // namespace

struct Arguments::Parser {
    CLI::App app;

    CLI::Option* option(const std::string& name, const std::string& value, const std::string& help,
                        Take take) {
        auto* made = app.add_option_function<std::string>(
            name,
            [name, take = std::move(take)](const std::string& text) {
                const Status status = take(text);
                if (!status) throw CLI::ValidationError(name, reason_of(status.error()));
            },
            help);
        return made->type_name(value)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
};

Arguments::Arguments(std::string_view command, std::string_view summary, std::string_view examples)
    : command_(command), parser_(std::make_unique<Parser>()) {
    CLI::App& app = parser_->app;
    app.name("haul " + command_);
    app.description(std::string(summary));
    app.footer("\nExamples:\n" + std::string(examples));
    app.set_help_flag("-h,--help", "show this help");
    declared_.push_back({"--help", "-h", "", {}, "show this help"});
    flag("--json", json_, "write JSON for programs, an object a line");
}

Arguments::~Arguments() = default;

void Arguments::positional(const std::string& name, std::string& into, const std::string& help,
                           bool required) {
    auto* option = parser_->option(name, "", help, [&into](const std::string& text) -> Status {
        into = text;
        return {};
    });
    if (required) option->required();
    declared_.push_back({name, "", name, {}, help, true, required});
}

void Arguments::rest(const std::string& name, std::vector<std::string>& into, const std::string& help,
                     bool required) {
    parser_->app.add_option(name, into, help)->type_name("")->required(required);
    declared_.push_back({name, "", name, {}, help, true, required});
}

void Arguments::among(std::vector<std::string> choices) { declared_.back().choices = std::move(choices); }

void Arguments::flag(const std::string& names, bool& into, const std::string& help) {
    parser_->app.add_flag_callback(names, [&into] { into = true; }, help);
    const auto [name, short_name] = long_and_short(names);
    declared_.push_back({name, short_name, "", {}, help});
}

void Arguments::text(const std::string& name, std::optional<std::string>& into, const std::string& value,
                     const std::string& help) {
    parser_->option(name, value, help, [&into](const std::string& text) -> Status {
        into = text;
        return {};
    });
    declared_.push_back({name, "", value, {}, help});
}

void Arguments::choice(const std::string& name, std::string& into, std::vector<std::string> choices,
                       const std::string& help) {
    const std::string value = fmt::format("{}", fmt::join(choices, "|"));
    parser_->option(name, value, help, [&into, choices](const std::string& text) -> Status {
        if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
            return failure(
                Code::usage, "", "",
                fmt::format("'{}' is none of {}", text::printable(text), fmt::join(choices, ", ")));
        }
        into = text;
        return {};
    });
    declared_.push_back({name, "", value, std::move(choices), help});
}

void Arguments::size(const std::string& name, std::uint64_t& into, std::uint64_t least,
                     const std::string& help) {
    parser_->option(name, "SIZE", help, [&into, least](const std::string& text) -> Status {
        into = TRY(parse_size_of(text, least));
        return {};
    });
    declared_.push_back({name, "", "SIZE", {}, help});
}

void Arguments::size(const std::string& name, std::optional<std::uint64_t>& into, const std::string& help) {
    parser_->option(name, "SIZE", help, [&into](const std::string& text) -> Status {
        into = TRY(parse_size_of(text, 0));
        return {};
    });
    declared_.push_back({name, "", "SIZE", {}, help});
}

void Arguments::number(const std::string& name, std::uint64_t& into, std::uint64_t least, std::uint64_t most,
                       const std::string& help) {
    parser_->option(name, "N", help, [&into, least, most](const std::string& text) -> Status {
        into = TRY(parse_number(text, least, most));
        return {};
    });
    declared_.push_back({name, "", "N", {}, help});
}

void Arguments::real(const std::string& name, double& into, double least, double most,
                     const std::string& help) {
    parser_->option(name, "N", help, [&into, least, most](const std::string& text) -> Status {
        const auto value = text::decimal_number(text);
        if (!value || *value < least || *value > most) {
            return failure(
                Code::usage, "", "",
                fmt::format("'{}' is not a number from {} to {}", text::printable(text), least, most));
        }
        into = *value;
        return {};
    });
    declared_.push_back({name, "", "N", {}, help});
}

void Arguments::duration(const std::string& name, std::chrono::nanoseconds& into, const std::string& help) {
    parser_->option(name, "TIME", help, [&into](const std::string& text) -> Status {
        into = TRY(units::parse_duration(text));
        return {};
    });
    declared_.push_back({name, "", "TIME", {}, help});
}

void Arguments::each(const std::string& name, const std::string& value, const std::string& help, Take take) {
    // At once, so that the order between different options is kept.
    parser_->option(name, value, help, std::move(take))->trigger_on_parse();
    declared_.push_back({name, "", value, {}, help});
}

Status Arguments::parse(const std::vector<std::string>& arguments) {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        parser_->app.parse(std::move(reversed));
    } catch (const CLI::CallForHelp&) {
        help_wanted_ = true;
    } catch (const CLI::ParseError& error) {
        // An unknown option is the mistake itself, whatever else is missing because of it.
        const std::string unknown = unknown_option();
        if (unknown.empty()) return failure(usage_error(error.what()));
        std::vector<std::string> names;
        for (const Declared& row : declared_) {
            if (!row.positional && !row.name.empty()) names.push_back(row.name);
        }
        const std::string near = text::nearest(unknown.substr(0, unknown.find('=')), names);
        std::string detail = fmt::format("there is no option '{}'", text::printable(unknown));
        if (!near.empty()) detail += fmt::format("; did you mean {}?", near);
        return failure(usage_error(detail));
    }
    return {};
}

Error Arguments::usage_error(const std::string& detail) const {
    return make_error(Code::usage, "haul " + command_, "", detail)
        .with_remedy(fmt::format("`haul {} --help` shows what it takes", command_));
}

std::string Arguments::unknown_option() const {
    for (const std::string& word : parser_->app.remaining()) {
        if (word == "--") break;
        if (word.size() > 1 && word.starts_with("-")) return word;
    }
    return {};
}

std::string Arguments::help() const { return parser_->app.help(); }

}  // namespace haul::cli

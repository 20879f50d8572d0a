// One command's arguments, declared and read: the edge to CLI11, whose exceptions and types end here.
//
// Values are parsed while they are read, so that every wrong one ends in Code::usage with its option and the
// reason. An option given twice takes its last value. What was declared is also plain data: completion
// scripts, suggestions and the tests of docs/cli.md read it. The variables that are bound must outlive the
// object. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace haul::cli {

struct Declared {
    std::string name;                  // "--part-size", or "SOURCE" of a positional one
    std::string short_name;            // "-l"; may be empty
    std::string value;                 // "SIZE"; empty: a flag
    std::vector<std::string> choices;  // values that it may have; empty: any
    std::string help;
    bool positional = false, required = false;
};

class Arguments {
  public:
    // Every command has --json and --help.
    Arguments(std::string_view command, std::string_view summary, std::string_view examples);
    ~Arguments();
    Arguments(const Arguments&) = delete;
    Arguments& operator=(const Arguments&) = delete;

    void positional(const std::string& name, std::string& into, const std::string& help,
                    bool required = true);
    // What is left, in the order of the command line; where required one word at least.
    void rest(const std::string& name, std::vector<std::string>& into, const std::string& help,
              bool required = true);
    // Says what may stand at a positional argument that was declared last.
    void among(std::vector<std::string> choices);
    void flag(const std::string& names, bool& into, const std::string& help);
    void text(const std::string& name, std::optional<std::string>& into, const std::string& value,
              const std::string& help);
    void choice(const std::string& name, std::string& into, std::vector<std::string> choices,
                const std::string& help);
    void size(const std::string& name, std::uint64_t& into, std::uint64_t least, const std::string& help);
    void size(const std::string& name, std::optional<std::uint64_t>& into, const std::string& help);
    void number(const std::string& name, std::uint64_t& into, std::uint64_t least, std::uint64_t most,
                const std::string& help);
    void real(const std::string& name, double& into, double least, double most, const std::string& help);
    void duration(const std::string& name, std::chrono::nanoseconds& into, const std::string& help);
    // Called for each occurrence, in the order of the command line.
    using Take = std::function<Status(const std::string& value)>;
    void each(const std::string& name, const std::string& value, const std::string& help, Take take);

    // `arguments` are those behind the command's name.
    [[nodiscard]] Status parse(const std::vector<std::string>& arguments);
    [[nodiscard]] bool help_wanted() const { return help_wanted_; }
    [[nodiscard]] std::string help() const;
    [[nodiscard]] bool json() const { return json_; }
    [[nodiscard]] const std::vector<Declared>& declared() const { return declared_; }
    [[nodiscard]] const std::string& command() const { return command_; }

  private:
    struct Parser;
    [[nodiscard]] Error usage_error(const std::string& detail) const;
    [[nodiscard]] std::string unknown_option() const;
    std::string command_;
    std::unique_ptr<Parser> parser_;
    std::vector<Declared> declared_;
    bool json_ = false, help_wanted_ = false;
};

}  // namespace haul::cli

// The table of commands as a whole: help, examples, mistakes, completion.
#include "cli/dispatch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "base/process.h"
#include "cli/command.h"
#include "cli/completion_script.h"
#include "cli/exit_code.h"

namespace haul::cli {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

struct Seen {
    int code = 0;
    std::string out, err;
};

Seen run(const Words& words) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Seen seen;
    seen.code = dispatch(words);
    seen.out = testing::internal::GetCapturedStdout();
    seen.err = testing::internal::GetCapturedStderr();
    return seen;
}

TEST(Dispatch, HelpAndVersion) {
    for (const Words& words : {Words{"--help"}, Words{"-h"}, Words{"help"}}) {
        const Seen seen = run(words);
        EXPECT_EQ(seen.code, 0);
        for (const Command& command : commands()) EXPECT_THAT(seen.out, HasSubstr(std::string(command.name)));
        EXPECT_EQ(seen.err, "");
    }
    EXPECT_THAT(run({"help", "pack"}).out, HasSubstr("--part-size"));
    EXPECT_EQ(run({"--version"}).out, run({"version"}).out);
    EXPECT_THAT(run({"version", "--json"}).out, HasSubstr("\"format\":\"haul/1\""));
}

TEST(Dispatch, MistakesAreUsageErrors) {
    struct Row {
        Words words;
        const char* says;
    };
    const std::vector<Row> rows = {
        {{}, "Usage: haul COMMAND"},
        {{"pcak", "a", "b"}, "did you mean `haul pack`?"},
        {{"--packs"}, "there is no command '--packs'"},
        {{"frobnicate"}, "there is no command 'frobnicate'"},
        {{"pack"}, "SOURCE is required"},
        {{"pack", "a"}, "DEST is required"},
        {{"ls", "x", "--lnog"}, "did you mean --long?"},
        {{"ls", "x", "-l", "-0"}, "--print0"},
        {{"completion", "csh"}, "bash, zsh and fish"},
        {{"pack", "/tmp", "/tmp/x", "--dry-run"}, "lies inside the source"},
    };
    for (const Row& row : rows) {
        const Seen seen = run(row.words);
        EXPECT_EQ(seen.code, kUsage) << row.says;
        EXPECT_THAT(seen.err, HasSubstr(row.says));
        EXPECT_EQ(seen.out, "");
    }
}

TEST(Dispatch, MistakesAsJson) {
    const Seen seen = run({"pack", "--json", "--nmae"});
    EXPECT_EQ(seen.code, kUsage);
    EXPECT_EQ(seen.err, "");
    EXPECT_THAT(seen.out, HasSubstr("\"error\":{\"code\":\"usage\""));
    const Seen cat = run({"cat", "--json"});
    EXPECT_EQ(cat.out, "") << "standard output carries data";
    EXPECT_THAT(cat.err, HasSubstr("\"code\":\"usage\""));
    EXPECT_THAT(run({"pakc", "--json"}).out, HasSubstr("\"exit_code\":2"));
}

TEST(Dispatch, MissingThingsAreNotFound) {
    for (const Words& words : {Words{"ls", "/nonexistent/set"}, Words{"cat", "/nonexistent/set", "x"},
                               Words{"verify", "/nonexistent/set"}}) {
        EXPECT_EQ(run(words).code, kNotFound) << words[0];
    }
}

// As a shell would split an example of ours.
Words split(std::string line) {
    line.erase(std::min(line.find('|'), std::min(line.find('>'), line.size())));
    std::istringstream in(line);
    Words words;
    for (std::string word; in >> word;) {
        std::erase(word, '\'');
        words.push_back(word);
    }
    return words;
}

TEST(Dispatch, EveryHelpEndsWithExamplesThatParse) {
    for (const Command& command : commands()) {
        const Seen seen = run({std::string(command.name), "--help"});
        EXPECT_EQ(seen.code, 0);
        const auto begin = seen.out.find("\nExamples:\n");
        ASSERT_NE(begin, std::string::npos) << command.name;
        std::istringstream lines(seen.out.substr(begin));
        int examples = 0;
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with("  haul ")) continue;
            ++examples;
            const Words words = split(line);
            ASSERT_EQ(words.at(1), command.name);
            Arguments arguments(command.name, command.summary, command.examples);
            const Handler handler = command.declare(arguments);
            const Status parsed = arguments.parse({words.begin() + 2, words.end()});
            EXPECT_TRUE(parsed) << line << ": " << parsed.error().message();
        }
        EXPECT_GE(examples, 1) << command.name;
    }
}

// What bash offers for a line, its last word being completed.
Words completions(const Words& line) {
    std::string script = bash_completion() + "COMP_WORDS=(";
    for (const std::string& word : line) script += "'" + word + "' ";
    script +=
        ")\nCOMP_CWORD=" + std::to_string(line.size() - 1) + "\n_haul\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
    process::Command command;
    command.argv = {"bash", "-u", "-c", script};
    const auto finished = process::run(command, {});
    EXPECT_TRUE(finished && finished->exit_code == 0)
        << (finished ? finished->errors : finished.error().message());
    Words words;
    std::istringstream in(finished ? finished->output : "");
    for (std::string word; std::getline(in, word);) words.push_back(word);
    return words;
}

TEST(Completion, BashOffersCommandsOptionsAndChoices) {
    using testing::ElementsAre;
    EXPECT_THAT(completions({"haul", "ver"}), testing::UnorderedElementsAre("verify", "version"));
    EXPECT_THAT(completions({"haul", "pack", "--part"}), ElementsAre("--part-size"));
    EXPECT_THAT(completions({"haul", "pack", "--digest", "s"}), ElementsAre("sha256"));
    EXPECT_THAT(completions({"haul", "pack", "--digest", "=", "m"}), ElementsAre("md5"));
    EXPECT_THAT(completions({"haul", "completion", "z"}), ElementsAre("zsh"));
    EXPECT_THAT(completions({"haul", "pack", "/et"}), testing::Contains("/etc"));
}

TEST(Completion, EveryShellKnowsEveryCommandAndOption) {
    for (const std::string& script : {bash_completion(), zsh_completion(), fish_completion()}) {
        for (const Command& command : commands()) {
            EXPECT_THAT(script, HasSubstr(std::string(command.name)));
            Arguments arguments(command.name, command.summary, command.examples);
            const Handler handler = command.declare(arguments);
            for (const Declared& row : arguments.declared()) {
                if (!row.positional) {
                    EXPECT_THAT(script, HasSubstr(row.name.substr(2)));
                }
            }
        }
    }
}

}  // namespace
}  // namespace haul::cli

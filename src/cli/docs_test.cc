// docs/cli.md and the man page say the same as the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "base/version.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "report/event.h"

namespace haul::cli {
namespace {

using testing::HasSubstr;

std::string read(const std::string& beneath_root) {
    const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
    std::ifstream in(root / beneath_root);
    EXPECT_TRUE(in) << beneath_root;
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

// From the line that is `title` to the next title of the same depth.
std::string section(const std::string& page, const std::string& title) {
    const auto begin = page.find("\n" + title + "\n");
    if (begin == std::string::npos) return {};
    const auto end = page.find("\n## ", begin + 1);
    return page.substr(begin, end == std::string::npos ? end : end - begin + 1);
}

// First cells of table rows that are an option: {"--part-size SIZE"}, short names left out.
std::set<std::string> options_in(const std::string& text) {
    std::set<std::string> found;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        static const std::regex kRow(R"(^\| (?:`-.`, )?`(--[^`]*)` \|.*)");
        std::smatch match;
        if (std::regex_match(line, match, kRow)) {
            found.insert(std::regex_replace(match[1].str(), std::regex(R"(\\\|)"), "|"));
        }
    }
    return found;
}

std::vector<Declared> declared_by(const Command& command) {
    Arguments arguments(command.name, command.summary, command.examples);
    const Handler handler = command.declare(arguments);
    return arguments.declared();
}

bool is_common(const Declared& row) { return row.name == "--help" || row.name == "--json"; }

TEST(Docs, EveryOptionOfEveryCommandAndNoOther) {
    const std::string page = read("docs/cli.md");
    for (const Command& command : commands()) {
        const std::string text = section(page, "## haul " + std::string(command.name));
        ASSERT_FALSE(text.empty()) << command.name;
        std::set<std::string> expected;
        for (const Declared& row : declared_by(command)) {
            if (row.positional) {
                EXPECT_THAT(text, testing::AnyOf(HasSubstr(row.name), HasSubstr("bash|zsh|fish")))
                    << command.name;
            } else if (!is_common(row)) {
                expected.insert(row.name + (row.value.empty() ? "" : " " + row.value));
            }
        }
        EXPECT_EQ(options_in(text), expected) << command.name;
    }
    EXPECT_EQ(options_in(section(page, "## Every command")), (std::set<std::string>{"--help", "--json"}));
}

TEST(Docs, EveryExitCodeWithItsErrors) {
    const std::string text = section(read("docs/cli.md"), "## Exit codes");
    std::map<int, std::string> rows;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (std::regex_match(line, match, std::regex(R"(^\| (\d+) \|(.*)$)")))
            rows[std::stoi(match[1])] = match[2];
    }
    ASSERT_EQ(rows.size(), kExitCodes.size());
    for (const ExitCode& row : kExitCodes) EXPECT_THAT(rows[row.code], HasSubstr(row.meaning)) << row.code;
    for (int i = 0; i <= static_cast<int>(Code::io); ++i) {
        const auto code = static_cast<Code>(i);
        const std::string quoted = "`" + std::string(name_of(code)) + "`";
        for (const auto& [number, row] : rows) {
            EXPECT_EQ(row.find(quoted) != std::string::npos, number == exit_code_of(code))
                << quoted << " " << number;
        }
    }
}

TEST(Docs, EveryEvent) {
    const std::string text = section(read("docs/cli.md"), "## JSON");
    for (int i = 0; i <= static_cast<int>(report::Type::job_finished); ++i) {
        const auto name = report::name_of(static_cast<report::Type>(i));
        EXPECT_THAT(text, HasSubstr("| `" + std::string(name) + "` |"));
    }
}

TEST(Docs, ManPageNamesEveryCommandOptionAndExitCode) {
    std::string page = read("docs/haul.1");
    page = std::regex_replace(page, std::regex(R"(\\-)"), "-");
    for (const Command& command : commands()) {
        EXPECT_TRUE(std::regex_search(
            page, std::regex("(haul|\") ?\\{?\"? ?.*\\b" + std::string(command.name) + "\\b")))
            << command.name;
        for (const Declared& row : declared_by(command)) {
            if (!row.positional) {
                EXPECT_THAT(page, HasSubstr(row.name)) << command.name;
            }
        }
    }
    for (const ExitCode& row : kExitCodes) {
        EXPECT_THAT(page,
                    HasSubstr(".B " + std::to_string(row.code) + "\n" + std::string(row.meaning) + "\n"));
    }
}

TEST(Docs, VersionIsTheBuilds) {
    std::smatch match;
    const std::string build = read("CMakeLists.txt");
    ASSERT_TRUE(std::regex_search(build, match, std::regex(R"(project\(haul VERSION ([0-9.]+))")));
    EXPECT_EQ(match[1].str(), kVersion);
}

}  // namespace
}  // namespace haul::cli

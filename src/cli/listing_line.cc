#include "cli/listing_line.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

namespace haul::cli {
namespace {

char type_letter(zip::Kind kind) {
    switch (kind) {
        case zip::Kind::file:
            return '-';
        case zip::Kind::folder:
            return 'd';
        case zip::Kind::symlink:
            return 'l';
    }
    return '?';
}

std::string mode_text(std::optional<std::uint32_t> mode) {
    if (!mode) return "?????????";
    constexpr std::string_view kLetters = "rwxrwxrwx";
    std::string text(9, '-');
    for (std::size_t i = 0; i < 9; ++i) {
        if ((*mode >> (8 - i) & 1U) != 0) text[i] = kLetters[i];
    }
    const auto special = [&](std::uint32_t bit, std::size_t at, char letter) {
        if ((*mode & bit) == 0) return;
        const bool also_executable = text[at] == 'x';
        text[at] = also_executable ? letter : static_cast<char>(letter - 'a' + 'A');
    };
    special(04000, 2, 's');
    special(02000, 5, 's');
    special(01000, 8, 't');
    return text;
}

std::string time_text(std::optional<std::int64_t> mtime_ns) {
    if (!mtime_ns) return "?                  ";
    std::string text = clock::utc_text(std::chrono::nanoseconds(*mtime_ns)).substr(0, 19);
    if (text.size() > 10) text[10] = ' ';
    return text;
}

}  // namespace

std::string long_line(const set::Listed& listed) {
    const format::Member& member = listed.member;
    std::string line = fmt::format("{}{} {:>14}  {}  {}", type_letter(member.kind), mode_text(member.mode),
                                   member.size, time_text(member.mtime_ns), text::printable(member.path));
    if (member.kind == zip::Kind::symlink) line += " -> " + text::printable(member.target);
    return line;
}

std::string json_line(const set::Listed& listed) {
    const std::string line = format::to_line(listed.member);
    return "{\"part\":" + json::dump(json::Value(listed.part)) + "," + line.substr(1);
}

}  // namespace haul::cli

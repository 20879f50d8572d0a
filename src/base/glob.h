// Path patterns of --include, --exclude and `haul ls`.
//
// `*` and `?` do not cross `/`; `**` does; `[a-z]`, `[!a-z]`, `{a,b}`; `\` takes the next character as it is.
// A pattern without
// `/` is matched against the last path element, one with `/` against the whole path (a leading `/` anchors
// and is dropped); one that ends in `/` matches a folder and all beneath it. As rclone and restic users
// expect. `**/` also stands for no folder at all: `a/**/b` matches `a/b`. Bytes are compared as they are (no
// case folding, no normal forms); `?` and brackets take one UTF-8 character, or one byte where the name is
// not UTF-8. Time is bounded by length of path times length of pattern for each `**`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace haul {

class Glob {
  public:
    // Code::usage where the pattern cannot be read (unclosed bracket or brace).
    [[nodiscard]] static Result<Glob> parse(std::string_view pattern);
    // `path` has no leading slash; `is_folder` tells whether it names a folder.
    [[nodiscard]] bool matches(std::string_view path, bool is_folder = false) const;
    // Whether it may match something beneath the folder; true where that is not certain.
    [[nodiscard]] bool may_match_beneath(std::string_view folder) const;
    [[nodiscard]] const std::string& pattern() const { return pattern_; }

    // One step of a pattern. Public for the parser and the matcher in glob.cc only.
    struct Token {
        enum class Kind : std::uint8_t { literal, any, set, star, double_star, folders };
        Kind kind = Kind::literal;
        bool negated = false;                               // of set
        std::string text;                                   // of literal
        std::vector<std::pair<char32_t, char32_t>> ranges;  // of set, both ends included
    };
    using Sequence = std::vector<Token>;

  private:
    [[nodiscard]] bool matches_whole(std::string_view text) const;

    std::string pattern_;
    std::vector<Sequence> alternatives_;  // braces written out
    bool whole_path_ = false;
    bool beneath_ = false;
};

}  // namespace haul

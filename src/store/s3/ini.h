// The AWS tools' INI form: sections, `key = value`, keys nested by indentation.
//
// "SDKs and Tools Reference Guide", shared config and credentials files: `#` and `;` begin a comment at the
// front of a line or behind a space; keys are compared in lower case; an indented line belongs to the key
// above it: a nested key where that has no value, else more of the value. Values only.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace haul::store::s3 {

// By the text between the brackets, spaces trimmed; keys as "region" or "s3.addressing_style". Sections of
// one name are merged, the later value wins. Code::usage with `file` and line, never with the line's text,
// where a line is none of these.
using Sections = std::map<std::string, std::map<std::string, std::string>>;
[[nodiscard]] Result<Sections> parse_ini(std::string_view text, const std::string& file);

}  // namespace haul::store::s3

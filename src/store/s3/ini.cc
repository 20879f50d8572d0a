#include "store/s3/ini.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include "base/text.h"

namespace haul::store::s3 {
namespace {

constexpr std::string_view kSpace = " \t\r";

std::string_view without_comment(std::string_view value) {
    for (std::size_t at = 1; at < value.size(); ++at) {
        if ((value[at] == '#' || value[at] == ';') && kSpace.contains(value[at - 1]))
            return text::trimmed(value.substr(0, at));
    }
    return value.starts_with('#') || value.starts_with(';') ? std::string_view() : value;
}

class Reader {
  public:
    // Says what is wrong with the line, if anything is.
    std::optional<std::string> line(std::string_view text) {
        const std::string_view content = text::trimmed(text);
        if (content.empty() || content.starts_with('#') || content.starts_with(';')) return std::nullopt;
        if (kSpace.contains(text.front())) return indented(content);
        if (content.starts_with('[')) return header(content);
        return entry(content);
    }
    Sections sections;

  private:
    std::optional<std::string> header(std::string_view content) {
        const std::size_t end = content.find(']');
        if (end == std::string_view::npos) return "a section without `]`";
        key_.clear();
        section_ = &sections[std::string(text::trimmed(content.substr(1, end - 1)))];
        return std::nullopt;
    }

    std::optional<std::string> entry(std::string_view content) {
        const std::size_t equals = content.find('=');
        if (equals == std::string_view::npos || equals == 0) return "neither a section nor `key = value`";
        if (section_ == nullptr) return "a key before the first section";
        key_ = text::lower(text::trimmed(content.substr(0, equals)));
        (*section_)[key_] = without_comment(text::trimmed(content.substr(equals + 1)));
        return std::nullopt;
    }

    std::optional<std::string> indented(std::string_view content) {
        if (section_ == nullptr || key_.empty()) return "an indented line that belongs to no key";
        std::string& above = (*section_)[key_];
        if (!above.empty()) {
            above.append("\n").append(content);
            return std::nullopt;
        }
        const std::size_t equals = content.find('=');
        if (equals == std::string_view::npos || equals == 0)
            return "neither a nested `key = value` nor a value";
        const std::string nested = key_ + "." + text::lower(text::trimmed(content.substr(0, equals)));
        (*section_)[nested] = without_comment(text::trimmed(content.substr(equals + 1)));
        return std::nullopt;
    }

    std::map<std::string, std::string>* section_ = nullptr;
    std::string key_;  // the last one that was not indented
};

}  // namespace

Result<Sections> parse_ini(std::string_view text, const std::string& file) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    Reader reader;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (const auto problem = reader.line(text.substr(0, end))) {
            return failure(make_error(Code::usage, "read", file, fmt::format("line {}: {}", number, *problem))
                               .with_remedy("correct that line"));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(reader.sections);
}

}  // namespace haul::store::s3

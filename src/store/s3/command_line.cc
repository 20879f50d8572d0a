#include "store/s3/command_line.h"

namespace haul::store::s3 {

std::optional<std::vector<std::string>> split_command(std::string_view line) {
    std::vector<std::string> words;
    bool within = false;  // a word, which may be an empty one in quotes
    char quote = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char byte = line[at];
        if (quote == 0 && (byte == ' ' || byte == '\t' || byte == '\n')) {
            within = false;
            continue;
        }
        if (!within) words.emplace_back();
        within = true;
        const bool escapes = byte == '\\' && quote != '\'' && at + 1 < line.size() &&
                             (quote == 0 || line[at + 1] == '"' || line[at + 1] == '\\');
        if (escapes) {
            words.back() += line[++at];
        } else if (quote != 0 && byte == quote) {
            quote = 0;
        } else if (quote == 0 && (byte == '"' || byte == '\'')) {
            quote = byte;
        } else {
            words.back() += byte;
        }
    }
    if (quote != 0) return std::nullopt;
    return words;
}

}  // namespace haul::store::s3

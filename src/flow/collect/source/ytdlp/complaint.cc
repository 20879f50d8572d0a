#include "flow/collect/source/ytdlp/complaint.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace haul::collect {
namespace {

struct Words {
    std::string_view part;  // in lower case
    Code code;
};
// The first that fits decides: what passes comes before what stays, since "sign in" stands in both.
constexpr Words kWords[] = {
    {"no space left on device", Code::no_space},
    {"http error 429", Code::unavailable},
    {"too many requests", Code::unavailable},
    {"not a bot", Code::unavailable},
    {"rate-limited", Code::unavailable},
    {"captcha", Code::unavailable},
    {"http error 5", Code::unavailable},
    {"timed out", Code::unavailable},
    {"transporterror", Code::unavailable},
    {"incompleteread", Code::unavailable},
    {"confirm your age", Code::denied},
    {"age-restricted", Code::denied},
    {"private video", Code::denied},
    {"members-only", Code::denied},
    {"registered users", Code::denied},
    {"geo restriction", Code::denied},
    {"not available in your country", Code::denied},
    {"http error 401", Code::denied},
    {"http error 403", Code::denied},
    {"http error 451", Code::denied},
    {"sign in", Code::unavailable},
    {"http error 404", Code::not_found},
    {"http error 410", Code::not_found},
    {"video unavailable", Code::not_found},
    {"no longer available", Code::not_found},
    {"has been removed", Code::not_found},
    {"has been terminated", Code::not_found},
    {"does not exist", Code::not_found},
    {"unsupported url", Code::unsupported},
    {"is not a valid url", Code::unsupported},
    {"drm protected", Code::unsupported},
    {"no video formats found", Code::unsupported},
    {"requested format is not available", Code::unsupported},
    {"live event", Code::unsupported},
};

// The last line that begins with it: warnings and tracebacks stand before.
std::string_view error_line(std::string_view said) {
    constexpr std::string_view kError = "ERROR: ";
    const std::size_t at = said.rfind(kError);
    std::string_view line = at == std::string_view::npos ? said : said.substr(at + kError.size());
    line = line.substr(0, line.find('\n'));
    constexpr std::size_t kMost = 500;
    return line.substr(0, kMost);
}

}  // namespace

Error ytdlp_error(std::string_view said, std::string operation, std::string subject) {
    const std::string_view line = error_line(said);
    const std::string lower = text::lower(line);
    const auto* const found =
        std::ranges::find_if(kWords, [&](const Words& words) { return lower.contains(words.part); });
    const Code code = found == std::end(kWords) ? Code::unavailable : found->code;
    Error error = make_error(
        code, std::move(operation), std::move(subject),
        line.empty() ? "yt-dlp ended without saying why" : "yt-dlp says: " + text::printable(line));
    if (code == Code::unavailable) error.retry = Retry::later;
    return error;
}

}  // namespace haul::collect

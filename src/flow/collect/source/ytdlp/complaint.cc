#include "flow/collect/source/ytdlp/complaint.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace haul::collect {
namespace {

// As our own gate says it, through which it asks.
constexpr std::string_view kNotPublic = ", not public";

struct Words {
    std::string_view part;  // in lower case
    Complaint complaint;
};
// The first that fits decides: what passes comes before what stays, since "sign in" stands in both.
constexpr Words kWords[] = {
    {"no space left on device", Complaint::no_space},
    {kNotPublic, Complaint::forbidden},
    {"http error 429", Complaint::throttle},
    {"http error 503", Complaint::throttle},
    {"too many requests", Complaint::throttle},
    {"not a bot", Complaint::throttle},
    {"rate-limited", Complaint::throttle},
    {"rate limit", Complaint::throttle},
    {"captcha", Complaint::throttle},
    {"http error 5", Complaint::network},
    {"timed out", Complaint::network},
    {"transporterror", Complaint::network},
    {"incompleteread", Complaint::network},
    {"confirm your age", Complaint::forbidden},
    {"age-restricted", Complaint::forbidden},
    {"private video", Complaint::forbidden},
    {"members-only", Complaint::forbidden},
    {"registered users", Complaint::forbidden},
    {"geo restriction", Complaint::forbidden},
    {"not available in your country", Complaint::forbidden},
    {"http error 401", Complaint::forbidden},
    {"http error 403", Complaint::forbidden},
    {"http error 451", Complaint::forbidden},
    {"sign in", Complaint::throttle},
    {"http error 404", Complaint::gone},
    {"http error 410", Complaint::gone},
    {"video unavailable", Complaint::gone},
    {"no longer available", Complaint::gone},
    {"has been removed", Complaint::gone},
    {"has been terminated", Complaint::gone},
    {"does not exist", Complaint::gone},
    {"unsupported url", Complaint::unsupported},
    {"is not a valid url", Complaint::unsupported},
    {"drm protected", Complaint::unsupported},
    {"no video formats found", Complaint::unsupported},
    {"requested format is not available", Complaint::unsupported},
    {"live event", Complaint::unsupported},
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

Code code_of(Complaint complaint) {
    switch (complaint) {
        case Complaint::gone:
            return Code::not_found;
        case Complaint::forbidden:
            return Code::denied;
        case Complaint::unsupported:
            return Code::unsupported;
        case Complaint::no_space:
            return Code::no_space;
        case Complaint::throttle:
        case Complaint::network:
        case Complaint::unknown:
            break;
    }
    return Code::unavailable;
}

}  // namespace

Complaint complaint_in(std::string_view said) {
    const std::string lower = text::lower(error_line(said));
    const auto* const found =
        std::ranges::find_if(kWords, [&](const Words& words) { return lower.contains(words.part); });
    return found == std::end(kWords) ? Complaint::unknown : found->complaint;
}

Error ytdlp_error(std::string_view said, std::string operation, std::string subject) {
    const std::string_view line = error_line(said);
    Error error = make_error(
        code_of(complaint_in(said)), std::move(operation), std::move(subject),
        line.empty() ? "yt-dlp ended without saying why" : "yt-dlp says: " + text::printable(line));
    if (error.code == Code::unavailable) error.retry = Retry::later;
    if (text::lower(line).contains(kNotPublic))
        error.remedy = "limits.allow_private = true in the plan allows it";
    return error;
}

}  // namespace haul::collect

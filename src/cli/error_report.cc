#include "cli/error_report.h"

#include <string_view>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "report/account.h"
#include "report/event_text.h"

namespace haul::cli {
namespace {

// One link of the chain: "operation subject: detail".
std::string link_text(const Error& error) {
    std::string text = text::printable(error.operation);
    if (!error.subject.empty()) text += (text.empty() ? "" : " ") + text::printable(error.subject);
    if (!error.detail.empty()) text += (text.empty() ? "" : ": ") + text::printable(error.detail);
    return text.empty() ? std::string(name_of(error.code)) : text;
}

std::string line(std::string_view what, const std::string& text) {
    return text.empty() ? "" : fmt::format("  {}: {}\n", what, text::printable(text));
}

}  // namespace

std::string error_text(const Error& error) {
    std::string text = "haul: " + link_text(error) + "\n";
    for (const Error* cause = error.cause.get(); cause != nullptr; cause = cause->cause.get()) {
        text += "  because: " + link_text(*cause) + "\n";
    }
    text += line("before", error.state) + line("kept", error.kept) + line("cleaned up", error.cleaned) +
            line("next", error.next) + line("data at risk", error.at_risk) + line("to do", error.remedy);
    if (error.code == Code::internal)
        text += "  this is a defect of haul: please report it with the lines above\n";
    return text;
}

json::Ordered error_json(const Error& error, const std::string& job) {
    json::Ordered object;
    object["time"] = clock::utc_text(clock::wall());
    object["event"] = "error";
    if (!job.empty()) object["job"] = job;
    object["error"] = job.empty() ? report::to_json(error) : report::record_json(report::told_at_end(error));
    object["error"]["message"] = error.message();
    object["error"]["exit_code"] = exit_code_of(error.code);
    return object;
}

int report_error(const Error& error, ErrorForm form, const std::string& job) {
    if (form == ErrorForm::text) {
        complain(error_text(job.empty() ? error : report::told_at_end(error)));
    } else {
        const std::string text = json::dump(error_json(error, job)) + "\n";
        if (form == ErrorForm::json_to_error || !print(text)) complain(text);
    }
    return exit_code_of(error.code);
}

}  // namespace haul::cli

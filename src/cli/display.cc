#include "cli/display.h"

#include <unistd.h>

#include <utility>

#include "base/version.h"
#include "report/sinks.h"
#include "store/wrap/retry_budget.h"

namespace haul::cli {

void declare_display(Arguments& arguments, Display& display) {
    arguments.flag("-q,--quiet", display.quiet, "say warnings and errors only");
}

void declare_log_level(Arguments& arguments, Display& display) {
    arguments.choice("--log-level", display.log_level, {"debug", "info", "warning", "error"},
                     "least level that goes to the job's log file (info)");
}

void declare_metrics(Arguments& arguments, Display& display) {
    arguments.number("--metrics-port", display.metrics_port, 1, 65535,
                     "show numbers for Prometheus at http://127.0.0.1:PORT/metrics");
}

Result<std::unique_ptr<report::MetricsServer>> serve_metrics(const Display& display, const std::string& flow,
                                                             const std::string& job, report::Hub& hub) {
    if (display.metrics_port == 0) return std::unique_ptr<report::MetricsServer>();
    const auto retries = [](std::vector<report::Number>& numbers) {
        numbers.push_back({.name = "haul_store_retries_total",
                           .help = "Calls to stores that were tried again.",
                           .type = report::Number::Type::counter,
                           .value = static_cast<double>(store::wrap::retries_so_far())});
    };
    return report::MetricsServer::start(static_cast<std::uint16_t>(display.metrics_port), hub,
                                        {.version = std::string(kVersion), .flow = flow, .job = job},
                                        retries);
}

void add_display(report::Hub& hub, const Display& display) {
    if (display.json) {
        hub.add(report::make_json_sink(STDOUT_FILENO));
    } else if (display.quiet) {
        hub.add(report::make_quiet_sink(STDERR_FILENO));
    } else if (::isatty(STDERR_FILENO) == 1) {
        hub.add(report::make_terminal_sink(STDERR_FILENO));
    } else {
        hub.add(report::make_plain_sink(STDERR_FILENO));
    }
}

report::Level log_level_of(const Display& display) {
    using report::Level;
    for (const Level level : {Level::debug, Level::info, Level::warning, Level::error}) {
        if (report::name_of(level) == display.log_level) return level;
    }
    return Level::info;
}

}  // namespace haul::cli

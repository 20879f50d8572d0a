// How a command shows its work: which sinks listen.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/arguments.h"
#include "cli/error_report.h"
#include "report/event.h"
#include "report/metrics.h"

namespace haul::cli {

struct Display {
    bool json = false;   // events to standard output
    bool quiet = false;  // warnings and errors only
    std::string log_level = "info";
    std::uint64_t metrics_port = 0;  // 0: none
};

// --quiet; --json is every command's own.
void declare_display(Arguments& arguments, Display& display);
// --log-level, for commands that have a log file.
void declare_log_level(Arguments& arguments, Display& display);
// --metrics-port, for commands that work long.
void declare_metrics(Arguments& arguments, Display& display);
// nullptr where no port was named. Serves until it is gone.
[[nodiscard]] Result<std::unique_ptr<report::MetricsServer>> serve_metrics(const Display& display,
                                                                           const std::string& flow,
                                                                           const std::string& job,
                                                                           report::Hub& hub);
// Standard error: a live display on a terminal, else plain lines. With json: events on standard output.
void add_display(report::Hub& hub, const Display& display);
[[nodiscard]] report::Level log_level_of(const Display& display);
[[nodiscard]] inline ErrorForm error_form_of(const Display& display) {
    return display.json ? ErrorForm::json : ErrorForm::text;
}

}  // namespace haul::cli

// How a command shows its work: which sinks listen.
#pragma once

#include "cli/arguments.h"
#include "cli/error_report.h"
#include "report/event.h"

namespace haul::cli {

struct Display {
    bool json = false;   // events to standard output
    bool quiet = false;  // warnings and errors only
    std::string log_level = "info";
};

// --quiet; --json is every command's own.
void declare_display(Arguments& arguments, Display& display);
// --log-level, for commands that have a log file.
void declare_log_level(Arguments& arguments, Display& display);
// Standard error: a live display on a terminal, else plain lines. With json: events on standard output.
void add_display(report::Hub& hub, const Display& display);
[[nodiscard]] report::Level log_level_of(const Display& display);
[[nodiscard]] inline ErrorForm error_form_of(const Display& display) {
    return display.json ? ErrorForm::json : ErrorForm::text;
}

}  // namespace haul::cli

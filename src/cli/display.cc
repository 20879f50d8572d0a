#include "cli/display.h"

#include <unistd.h>

#include "report/sinks.h"

namespace haul::cli {

void declare_display(Arguments& arguments, Display& display) {
    arguments.flag("-q,--quiet", display.quiet, "say warnings and errors only");
}

void declare_log_level(Arguments& arguments, Display& display) {
    arguments.choice("--log-level", display.log_level, {"debug", "info", "warning", "error"},
                     "least level that goes to the job's log file (info)");
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

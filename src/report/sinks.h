// The sinks. Each is made for one output and owns what it needs; writes errors are ignored (a closed pipe
// must not end a job).
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "report/event.h"

namespace haul::report {

// One line a worker and a total (files, bytes, rate, ETA), redrawn in place without trails, also when lines
// come and go or the window is resized. For `fd` being a terminal.
[[nodiscard]] std::unique_ptr<Sink> make_terminal_sink(int fd);
// Plain lines for logs and pipes: starts, parts, warnings, errors, a total at most every `seconds`.
[[nodiscard]] std::unique_ptr<Sink> make_plain_sink(int fd, double seconds = 10);
// One JSON object a line: time, event, job, and what the event carries; docs/cli.md lists them. Worker and
// progress events at most once a second.
[[nodiscard]] std::unique_ptr<Sink> make_json_sink(int fd);
// The job's log file, JSON lines: time, level, job, unit, operation, subject, error chain. Appends. Progress
// is not logged, nor what is below `minimum`.
[[nodiscard]] Result<std::unique_ptr<Sink>> make_log_sink(const std::string& path,
                                                          Level minimum = Level::info);
// Warnings and errors only (--quiet).
[[nodiscard]] std::unique_ptr<Sink> make_quiet_sink(int fd);

}  // namespace haul::report

// An error as people and as programs read it.
#pragma once

#include <string>

#include "base/error.h"
#include "base/json.h"

namespace haul::cli {

// "haul: what on what: why", then lines for causes, what became of the work, and what to do.
[[nodiscard]] std::string error_text(const Error& error);
// {"time","event":"error","job","error":{"code",…,"message","exit_code"}}; no job: left out, and with it
// what is not said of the error (report/account.h).
[[nodiscard]] json::Ordered error_json(const Error& error, const std::string& job);

enum class ErrorForm : char {
    text,           // to standard error
    json,           // to standard output
    json_to_error,  // standard output carries data
};
// Writes it and returns its exit code.
[[nodiscard]] int report_error(const Error& error, ErrorForm form, const std::string& job = {});

}  // namespace haul::cli

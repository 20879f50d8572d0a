// The commands as one table: name, help, handler. To add one, write its file and its row.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/arguments.h"

namespace haul::cli {

// Runs a command whose arguments were read; returns the exit code. An Error is reported by the caller.
// `words`: everything behind the program's name, as `haul resume` will need it.
using Handler = std::function<Result<int>(const std::vector<std::string>& words)>;

struct Command {
    std::string_view name;
    std::string_view summary;   // one line
    std::string_view examples;  // lines of two spaces, a command, and what it is for
    // Declares its arguments; the handler owns what they are read into. `arguments` outlives the handler.
    Handler (*declare)(Arguments& arguments);
    bool prints_data = false;  // standard output carries bytes of files: errors never go there
};

[[nodiscard]] std::span<const Command> commands();
// nullptr: there is none.
[[nodiscard]] const Command* find_command(std::string_view name);

// Each in the file of its name.
[[nodiscard]] Handler declare_pack(Arguments& arguments);
[[nodiscard]] Handler declare_unpack(Arguments& arguments);
[[nodiscard]] Handler declare_verify(Arguments& arguments);
[[nodiscard]] Handler declare_estimate(Arguments& arguments);
[[nodiscard]] Handler declare_ls(Arguments& arguments);
[[nodiscard]] Handler declare_cat(Arguments& arguments);
[[nodiscard]] Handler declare_jobs(Arguments& arguments);
[[nodiscard]] Handler declare_status(Arguments& arguments);
[[nodiscard]] Handler declare_resume(Arguments& arguments);
[[nodiscard]] Handler declare_cancel(Arguments& arguments);
[[nodiscard]] Handler declare_forget(Arguments& arguments);
[[nodiscard]] Handler declare_doctor(Arguments& arguments);
[[nodiscard]] Handler declare_listen(Arguments& arguments);
[[nodiscard]] Handler declare_collect(Arguments& arguments);
[[nodiscard]] Handler declare_urls(Arguments& arguments);
[[nodiscard]] Handler declare_corpus(Arguments& arguments);
[[nodiscard]] Handler declare_check(Arguments& arguments);
[[nodiscard]] Handler declare_models(Arguments& arguments);
[[nodiscard]] Handler declare_completion(Arguments& arguments);
[[nodiscard]] Handler declare_version(Arguments& arguments);

}  // namespace haul::cli

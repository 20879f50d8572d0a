#include "cli/working_folder.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace haul::cli {

Result<std::string> working_folder() {
    std::error_code problem;
    const auto path = std::filesystem::current_path(problem);
    if (problem) return failure(os_error(problem.value(), "ask for the working folder", ""));
    return path.string();
}

Status enter_folder(const std::string& folder) {
    if (::chdir(folder.c_str()) == 0) return {};
    return failure(os_error(errno, "enter the folder that the job was started in", folder)
                       .with_remedy("make the folder again, or give the job's command again from elsewhere"));
}

}  // namespace haul::cli

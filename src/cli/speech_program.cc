#include "cli/speech_program.h"

#include <unistd.h>

#include <cerrno>

#include "base/process.h"

namespace haul::cli {

Result<int> run_speech_program(const std::vector<std::string>& words) {
    const auto folder = process::program_folder();
    std::vector<char*> argv;
    std::string name = "haul-speech";
    argv.push_back(name.data());
    std::vector<std::string> owned(words);
    for (std::string& word : owned) argv.push_back(word.data());
    argv.push_back(nullptr);
    for (const auto& at : {folder / name, folder.parent_path() / "libexec" / "haul" / name}) {
        ::execv(at.c_str(), argv.data());
        if (errno != ENOENT && errno != ENOTDIR) return failure(os_error(errno, "start", at.string()));
    }
    return failure(make_error(Code::unsupported, "start", (folder / name).string(),
                              "the program that listens is not installed")
                       .with_remedy("in a source tree `./haul listen` installs what it needs and builds it"));
}

}  // namespace haul::cli

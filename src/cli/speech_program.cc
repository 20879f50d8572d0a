#include "cli/speech_program.h"

#include <unistd.h>

#include <cerrno>

#include "base/process.h"

namespace haul::cli {
namespace {

constexpr const char* kName = "haul-speech";

}  // namespace

Result<std::string> find_speech_program() {
    const auto folder = process::program_folder();
    for (const auto& at : {folder / kName, folder.parent_path() / "libexec" / "haul" / kName}) {
        if (::access(at.c_str(), X_OK) == 0) return at.string();
        if (errno != ENOENT && errno != ENOTDIR) return failure(os_error(errno, "start", at.string()));
    }
    return failure(make_error(Code::unsupported, "start", (folder / kName).string(),
                              "the program that listens is not installed")
                       .with_remedy("in a source tree `./haul listen` installs what it needs and builds it"));
}

Result<int> run_speech_program(const std::vector<std::string>& words) {
    const std::string program = TRY(find_speech_program());
    std::vector<char*> argv;
    std::string name = kName;
    argv.push_back(name.data());
    std::vector<std::string> owned(words);
    for (std::string& word : owned) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(program.c_str(), argv.data());
    return failure(os_error(errno, "start", program));
}

}  // namespace haul::cli

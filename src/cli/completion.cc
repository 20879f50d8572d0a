#include <memory>
#include <string>

#include "base/json.h"
#include "cli/command.h"
#include "cli/completion_script.h"
#include "cli/exit_code.h"
#include "cli/output.h"

namespace haul::cli {
namespace {

Result<std::string> script_for(const std::string& shell) {
    if (shell == "bash") return bash_completion();
    if (shell == "zsh") return zsh_completion();
    if (shell == "fish") return fish_completion();
    return failure(make_error(Code::usage, "haul completion", "", "there is no script for '" + shell + "'")
                       .with_remedy("the shells are bash, zsh and fish"));
}

}  // namespace

Handler declare_completion(Arguments& arguments) {
    auto shell = std::make_shared<std::string>();
    arguments.positional("SHELL", *shell, "bash, zsh or fish");
    arguments.among({"bash", "zsh", "fish"});
    return [shell, &arguments](const std::vector<std::string>&) -> Result<int> {
        const std::string script = TRY(script_for(*shell));
        TRY(print(arguments.json() ? json::dump(json::Ordered{{"shell", *shell}, {"script", script}}) + "\n"
                                   : script));
        return kProven;
    };
}

}  // namespace haul::cli

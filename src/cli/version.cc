#include "base/version.h"

#include <string>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "format/manifest.h"

namespace haul::cli {

Handler declare_version(Arguments& arguments) {
    return [&arguments](const std::vector<std::string>&) -> Result<int> {
        const json::Ordered object = {{"version", kVersion}, {"format", format::kFormat}};
        TRY(print(arguments.json() ? json::dump(object) + "\n" : "haul " + std::string(kVersion) + "\n"));
        return kProven;
    };
}

}  // namespace haul::cli

#include <memory>
#include <span>
#include <string>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/set_store.h"
#include "flow/set/verify.h"

namespace haul::cli {
namespace {

struct Options {
    ServiceWords service;
    std::string set, path;
};

Result<int> run_cat(const Options& options) {
    const auto store = TRY(open_to_read(options.set, options.service));
    const auto sink = [](std::span<const std::byte> bytes) {
        return print({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    };
    TRY(set::cat(*store, options.path, sink, {}));
    return kProven;
}

}  // namespace

Handler declare_cat(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    arguments.positional("SET", options->set, "the set's folder, as DEST/NAME");
    arguments.positional("PATH", options->path, "the file's path, as `haul ls` shows it");
    declare_access(arguments, options->service);
    return [options](const std::vector<std::string>&) { return run_cat(*options); };
}

}  // namespace haul::cli

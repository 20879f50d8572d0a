#include <memory>
#include <string>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/listing_line.h"
#include "cli/output.h"
#include "cli/set_store.h"
#include "flow/set/verify.h"

namespace haul::cli {
namespace {

struct Options {
    ServiceWords service;
    std::string set, pattern;
    bool with_details = false, print0 = false;
};

std::string line_of(const Options& options, bool json, const set::Listed& listed) {
    if (json) return json_line(listed) + "\n";
    const std::string line = options.with_details ? long_line(listed)
                             : options.print0     ? listed.member.path
                                                  : text::printable(listed.member.path);
    return line + (options.print0 ? '\0' : '\n');
}

Result<int> run_ls(const Options& options, bool json) {
    if (options.print0 && (json || options.with_details)) {
        return failure(make_error(Code::usage, "haul ls", "",
                                  "--print0 prints bare names: it goes with neither -l nor --json")
                           .with_remedy("leave out --print0, or the other one"));
    }
    const auto store = TRY(open_to_read(options.set, options.service));
    Output output;
    bool any = false;
    const auto visit = [&](const set::Listed& listed) -> Status {
        any = true;
        return output.write(line_of(options, json, listed));
    };
    TRY(set::list(*store, options.pattern, visit, {}));
    TRY(output.flush());
    if (!any && !options.pattern.empty()) {
        return failure(make_error(Code::not_found, "list", options.set,
                                  fmt::format("nothing in the set matches '{}'", options.pattern))
                           .with_remedy("`haul ls SET` lists all; '*' does not cross '/', '**' does"));
    }
    return kProven;
}

}  // namespace

Handler declare_ls(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    arguments.positional("SET", options->set, "the set's folder, as DEST/NAME");
    arguments.positional("PATTERN", options->pattern,
                         "list only what matches, such as '*.jpg' or 'summer/**'", false);
    arguments.flag("-l,--long", options->with_details, "mode, size, time of change (UTC) and path");
    arguments.flag("-0,--print0", options->print0, "bare names as they are, each ended by a NUL byte");
    declare_access(arguments, options->service);
    return
        [options, &arguments](const std::vector<std::string>&) { return run_ls(*options, arguments.json()); };
}

}  // namespace haul::cli

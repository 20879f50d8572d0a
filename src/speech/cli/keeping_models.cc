#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/arguments.h"
#include "cli/exit_code.h"
#include "cli/models_options.h"
#include "cli/output.h"
#include "engine/shutdown.h"
#include "speech/cli/commands.h"
#include "speech/models/models.h"

namespace haul::speech {
namespace {

Error usage(std::string detail) {
    return make_error(Code::usage, "haul models", "", std::move(detail))
        .with_remedy("`haul models --help` shows what it takes");
}

// One model as a line; `state`: "there", "not built", "good", "damaged", ...
Status say(const Model& model, bool decides, const std::string& state, bool json) {
    if (!json) {
        return cli::print(fmt::format("{:<9} {:<24} {}{}{}\n", name_of(model.role),
                                      text::printable(model.id.name), state, decides ? ", decides" : "",
                                      model.id.sha256.empty() ? "" : "  " + model.id.sha256.substr(0, 16)));
    }
    json::Ordered line = {{"role", name_of(model.role)}, {"name", model.id.name},
                          {"sha256", model.id.sha256},   {"input", name_of(model.input)},
                          {"labels", model.labels},      {"own", model.operators},
                          {"decides", decides},          {"state", state}};
    if (!model.path.empty()) json::put_bytes(line, "path", model.path);
    return cli::print(json::dump(line) + "\n");
}

Result<int> list_models(const std::string& folder, bool json) {
    for (const Listed& one : TRY(list(folder)))
        TRY(say(one.model, one.decides, one.there ? "there" : "not built", json));
    return cli::kProven;
}

Result<int> verify_models(const std::string& folder, bool json) {
    bool damaged = false;
    for (const Verified& one : TRY(verify(folder))) {
        TRY(say(one.model, false, one.damage ? "damaged" : "good", json));
        if (!one.damage) continue;
        damaged = true;
        cli::complain(fmt::format("haul: {}\n", one.damage->message()));
        if (!one.damage->remedy.empty()) cli::complain("  " + one.damage->remedy + "\n");
    }
    return damaged ? cli::kWrongData : cli::kProven;
}

Result<int> build_models(const std::string& folder, const std::string& name, bool json) {
    const engine::Shutdown shutdown(true);
    std::vector<std::string> names;
    if (!name.empty()) names.push_back(name);
    if (name.empty()) {
        for (const Listed& one : TRY(list(folder))) {
            if (!one.model.operators && !one.there) names.push_back(one.model.id.name);
        }
    }
    for (const std::string& one : names) {
        if (!json) cli::complain(fmt::format("haul: building {}\n", text::printable(one)));
        TRY(say(TRY(build(folder, one, builders_folder(), shutdown.drain())), true, "there", json));
    }
    return cli::kProven;
}

std::vector<std::string> words_of(const std::string& list) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at <= list.size();) {
        const std::size_t comma = std::min(list.find(',', at), list.size());
        if (comma > at) words.push_back(list.substr(at, comma - at));
        at = comma + 1;
    }
    return words;
}

Result<Role> role_of(const cli::ModelsOptions& options) {
    const auto role = role_named(options.name);
    if (!role || *role == Role::activity)
        return failure(
            usage(fmt::format("{} needs what the model decides: child or language", options.action)));
    return *role;
}

Result<int> add_model(const std::string& folder, const cli::ModelsOptions& options, bool json) {
    if (!options.path || !options.sha256) return failure(usage("add needs --path and --sha256"));
    const Addition addition{.role = TRY(role_of(options)),
                            .path = *options.path,
                            .sha256 = *options.sha256,
                            .labels = words_of(options.labels.value_or("")),
                            .input = input_named(options.input).value_or(Input::pcm)};
    TRY(say(TRY(add(folder, addition)), true, "there", json));
    return cli::kProven;
}

Result<int> run_models(const cli::ModelsOptions& options, bool json) {
    const std::string folder = options.models ? *options.models : TRY(default_folder());
    if (options.action == "list") return list_models(folder, json);
    if (options.action == "verify") return verify_models(folder, json);
    if (options.action == "build") return build_models(folder, options.name, json);
    if (options.action == "add") return add_model(folder, options, json);
    if (options.action == "remove") {
        TRY(remove(folder, TRY(role_of(options))));
        return cli::kProven;
    }
    return failure(usage(
        fmt::format("'{}' is none of list, build, add, remove, verify", text::printable(options.action))));
}

}  // namespace

cli::Handler declare_keeping_models(cli::Arguments& arguments) {
    auto options = std::make_shared<cli::ModelsOptions>();
    cli::declare_models_options(arguments, *options);
    return [options, &arguments](const std::vector<std::string>&) {
        return run_models(*options, arguments.json());
    };
}

}  // namespace haul::speech

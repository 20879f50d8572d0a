#include "flow/collect/ear/known_languages.h"

#include <chrono>
#include <ranges>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"

namespace haul::collect {
namespace {

constexpr std::string_view kSubject = "what haul-speech says of its models";

Result<KnownLanguages> languages_of(const json::Value& model) {
    KnownLanguages known{.model = TRY(json::string_at(model, "name", kSubject))};
    const auto labels = model.find("labels");
    if (labels == model.end() || !labels->is_array())
        return json::bad_field(kSubject, "labels", "is no list");
    for (const json::Value& label : *labels)
        if (label.is_string()) known.codes.push_back(label.get<std::string>());
    return known;
}

// Its own words, where it ended with an error: the line that it wrote, else all that it said.
Error error_of(const process::Finished& finished) {
    const auto said = json::parse(finished.output, kSubject);
    const json::Value error = said && said->is_object() ? said->value("error", json::Value()) : json::Value();
    const auto word = [&error](const char* field) {
        return json::string_at(error, field, kSubject).value_or("");
    };
    if (error.is_object() && !word("message").empty())
        return make_error(code_named(word("code")).value_or(Code::io), "", "", word("message"))
            .with_remedy(word("remedy"));
    return make_error(Code::io, "", "", std::string(text::trimmed(finished.errors + finished.output)))
        .with_remedy("`haul models list` and `haul models verify` say what is wrong");
}

Result<std::string> list_models(const EarSetup& setup) {
    process::Command command;
    command.argv = setup.command({"models", "list", "--json"});
    command.limit = std::chrono::minutes(1);
    auto finished = process::run(command, {});
    if (!finished) return failure(std::move(finished).error().within("list models", setup.program));
    if (finished->exit_code == 0) return std::move(finished->output);
    return failure(error_of(*finished).within("list models", setup.program));
}

}  // namespace

Result<std::optional<KnownLanguages>> known_languages(const EarSetup& setup) {
    const std::string listed = TRY(list_models(setup));
    for (const auto line : std::views::split(std::string_view(listed), '\n')) {
        if (line.empty()) continue;
        const json::Value model = TRY(json::parse(std::string_view(line), kSubject));
        if (TRY(json::string_at(model, "role", kSubject)) == "language" &&
            TRY(json::bool_at(model, "decides", kSubject)))
            return TRY(languages_of(model));
    }
    return std::nullopt;
}

}  // namespace haul::collect

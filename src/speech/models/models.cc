#include "speech/models/models.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "speech/models/catalogue.h"
#include "speech/models/contents.h"
#include "speech/models/record.h"

namespace haul::speech {
namespace {

using namespace std::string_view_literals;

constexpr std::array kRoles{"activity"sv, "child"sv, "language"sv};
constexpr std::array kInputs{"pcm"sv, "log-mel"sv};

template <class Value, std::size_t Count>
std::optional<Value> named(const std::array<std::string_view, Count>& names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Value>(found - names.begin());
}

std::string remedy_of(const Model& model) {
    if (model.operators) return "add it again with `haul models add`";
    return "make it again with `haul models build " + model.id.name + "`";
}

Status check(const Model& model) {
    auto found = sha256_of(model.path);
    if (!found && found.error().code == Code::not_found)
        return failure(make_error(Code::corrupt, "verify the model", model.path, "the file is gone")
                           .with_remedy(remedy_of(model)));
    if (!found) return failure(std::move(found).error());
    if (*found == model.id.sha256) return {};
    return failure(make_error(Code::corrupt, "verify the model", model.path,
                              "its SHA-256 is " + *found + ", and was " + model.id.sha256)
                       .with_remedy(remedy_of(model)));
}

const Model* deciding(const std::vector<Model>& models, Role role) {
    const Model* chosen = nullptr;
    for (const Model& model : models)
        if (model.role == role && (chosen == nullptr || model.operators)) chosen = &model;
    return chosen;
}

}  // namespace

Result<std::string> default_folder() {
    const char* xdg = std::getenv("XDG_DATA_HOME");
    if (xdg != nullptr && *xdg == '/') return std::string(xdg) + "/haul/models";
    const char* home = std::getenv("HOME");
    if (home != nullptr && *home == '/') return std::string(home) + "/.local/share/haul/models";
    return failure(
        make_error(Code::usage, "find", "folder of models", "neither XDG_DATA_HOME nor HOME is set")
            .with_remedy("set XDG_DATA_HOME to an absolute path"));
}

Result<std::optional<Model>> find_model(const std::string& folder, Role role) {
    std::vector<Model> models = TRY(read_record(folder));
    for (;;) {
        const Model* chosen = deciding(models, role);
        if (chosen == nullptr) return std::nullopt;
        auto checked = check(*chosen);
        if (checked) return *chosen;
        // A model that was replaced just now is no damage.
        std::vector<Model> now = TRY(read_record(folder));
        if (now == models) return failure(std::move(checked).error());
        models = std::move(now);
    }
}

Result<std::vector<Listed>> list(const std::string& folder) {
    const std::vector<Model> models = TRY(read_record(folder));
    std::vector<Listed> listed;
    const auto take = [&](const Model& model) {
        listed.push_back({.model = model, .there = true, .decides = deciding(models, model.role) == &model});
    };
    for (const Ours& ours : catalogue()) {
        const auto built = std::ranges::find_if(
            models, [&](const Model& model) { return !model.operators && model.id.name == ours.name; });
        if (built != models.end())
            take(*built);
        else
            listed.push_back({.model = model_of(ours)});
    }
    for (const Model& model : models)
        if (model.operators) take(model);
    return listed;
}

Result<std::vector<Verified>> verify(const std::string& folder) {
    std::vector<Model> models = TRY(read_record(folder));
    std::vector<Verified> verified;
    for (Model& model : models) {
        auto checked = check(model);
        std::optional<Error> damage;
        if (!checked) damage = std::move(checked).error();
        verified.push_back({.model = std::move(model), .damage = std::move(damage)});
    }
    return verified;
}

std::string_view name_of(Role role) { return kRoles.at(static_cast<std::size_t>(role)); }
std::string_view name_of(Input input) { return kInputs.at(static_cast<std::size_t>(input)); }
std::optional<Role> role_named(std::string_view name) { return named<Role>(kRoles, name); }
std::optional<Input> input_named(std::string_view name) { return named<Input>(kInputs, name); }

}  // namespace haul::speech

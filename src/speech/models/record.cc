#include "speech/models/record.h"

#include <fcntl.h>

#include <utility>

#include "base/file.h"
#include "base/json.h"
#include "base/units.h"

namespace haul::speech {
namespace {

constexpr const char* kFormat = "haul-models/1";

std::unexpected<Error> damaged(const std::string& path, std::string detail) {
    return failure(make_error(Code::corrupt, "read the list of models", path, std::move(detail))
                       .with_remedy("remove that file and build or add the models again"));
}

Result<std::vector<std::string>> labels_of(const json::Value& object, const std::string& path) {
    std::vector<std::string> labels;
    const auto found = object.find("labels");
    if (found == object.end()) return labels;
    if (!found->is_array()) return damaged(path, "'labels' is no list");
    for (const json::Value& label : *found) {
        if (!label.is_string()) return damaged(path, "a label is no text");
        labels.push_back(label.get<std::string>());
    }
    return labels;
}

Result<Model> model_of(const json::Value& object, const std::string& folder, const std::string& path) {
    const std::string role = TRY(json::string_at(object, "role", path));
    const std::string input = TRY(json::string_at(object, "input", path));
    const std::string file = TRY(json::string_at(object, "file", path));
    Model model;
    model.id = {TRY(json::string_at(object, "name", path)), TRY(json::string_at(object, "sha256", path))};
    model.operators = TRY(json::bool_at(object, "operators", path));
    model.labels = TRY(labels_of(object, path));
    if (!role_named(role)) return damaged(path, "'" + role + "' is no role");
    if (!input_named(input)) return damaged(path, "'" + input + "' is no kind of input");
    if (file.empty() || file.contains('/')) return damaged(path, "'" + file + "' is no name of a file");
    model.role = *role_named(role);
    model.input = *input_named(input);
    model.path = folder + "/" + file;
    return model;
}

Result<std::vector<Model>> models_of(const json::Value& record, const std::string& folder,
                                     const std::string& path) {
    const std::string format = TRY(json::string_at(record, "format", path));
    if (format != kFormat) return damaged(path, "its format is '" + format + "', not " + kFormat);
    const auto entries = record.find("models");
    if (entries == record.end() || !entries->is_array()) return damaged(path, "there is no list 'models'");
    std::vector<Model> models;
    for (const json::Value& entry : *entries) models.push_back(TRY(model_of(entry, folder, path)));
    return models;
}

}  // namespace

Result<std::vector<Model>> read_record(const std::string& folder) {
    const std::string path = folder + "/models.json";
    auto text = file::read_whole(path, units::MiB);
    if (!text && text.error().code == Code::not_found) return std::vector<Model>{};
    if (!text) return failure(std::move(text).error());
    auto record = json::parse(*text, path);
    if (!record) return damaged(path, record.error().detail);
    auto models = models_of(*record, folder, path);
    if (!models && models.error().remedy.empty()) return damaged(path, models.error().detail);
    return models;
}

Status write_record(const std::string& folder, const std::vector<Model>& models) {
    json::Ordered entries = json::Ordered::array();
    for (const Model& model : models) {
        json::Ordered entry;
        entry["role"] = name_of(model.role);
        entry["name"] = model.id.name;
        entry["file"] = model.path.substr(model.path.rfind('/') + 1);
        entry["sha256"] = model.id.sha256;
        entry["input"] = name_of(model.input);
        entry["labels"] = model.labels;
        entry["operators"] = model.operators;
        entries.push_back(std::move(entry));
    }
    json::Ordered record;
    record["format"] = kFormat;
    record["models"] = std::move(entries);
    return file::write_durably(AT_FDCWD, folder + "/models.json", json::dump(record, 2) + "\n", false);
}

}  // namespace haul::speech

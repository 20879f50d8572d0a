// An operator's own models: taken in, and out again.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <utility>

#include "base/text.h"
#include "speech/models/change.h"
#include "speech/models/contents.h"
#include "speech/models/models.h"

namespace haul::speech {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> refused(const Addition& addition, std::string detail, std::string remedy) {
    return failure(make_error(Code::usage, "add the model", addition.path, std::move(detail))
                       .with_remedy(std::move(remedy)));
}

Status check(const Addition& addition) {
    if (addition.role == Role::activity)
        return refused(addition, "what finds speech cannot be replaced", "add one for child or language");
    if (addition.sha256.size() != 64 || !text::hex_decode(addition.sha256))
        return refused(addition, "'" + addition.sha256 + "' is no SHA-256", "give its 64 hex digits");
    const std::set<std::string> different(addition.labels.begin(), addition.labels.end());
    if (different.size() != addition.labels.size() || different.contains(""))
        return refused(addition, "a label is empty or stands twice",
                       "give one label for each of its outputs");
    if (addition.role == Role::language && addition.labels.size() < 2)
        return refused(addition, "its languages are not named",
                       "give the code of each of its outputs, in order, as labels");
    return {};
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

// What stays of a file's name where it becomes part of another.
std::string name_for(const std::string& path) {
    std::string name = fs::path(path).stem().string();
    std::ranges::replace_if(
        name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '_' && c != '.'; }, '_');
    while (name.starts_with('.')) name.erase(0, 1);
    return name.empty() ? "model" : name.substr(0, 100);
}

}  // namespace

Result<Model> add(const std::string& folder, const Addition& addition) {
    TRY(check(addition));
    std::error_code error;
    const std::uintmax_t size = fs::file_size(addition.path, error);
    Change change = TRY(Change::begin(folder));
    if (!error) TRY(change.need(size));
    const std::string copy = change.workplace() + "/model";
    const std::string hash = TRY(copy_hashed(addition.path, copy));
    if (hash != lower(addition.sha256))
        return failure(make_error(Code::corrupt, "add the model", addition.path,
                                  "its SHA-256 is " + hash + ", not " + lower(addition.sha256))
                           .with_remedy("fetch the file again, or correct the hash; nothing was added"));
    return change.put(copy, {.role = addition.role,
                             .id = {name_for(addition.path), hash},
                             .path = {},
                             .input = addition.input,
                             .labels = addition.labels,
                             .operators = true});
}

Status remove(const std::string& folder, Role role) {
    Change change = TRY(Change::begin(folder));
    if (TRY(change.take_out(role))) return {};
    return failure(Code::not_found, "remove the operator's model for", std::string(name_of(role)),
                   "none was added");
}

}  // namespace haul::speech

// Our own models: built from packages at pinned hashes.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/process.h"
#include "speech/models/catalogue.h"
#include "speech/models/change.h"
#include "speech/models/contents.h"
#include "speech/models/models.h"

namespace haul::speech {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// Debian's own: the packages are pinned for its version.
constexpr const char* kPython = "/usr/bin/python3";

struct Place {
    std::string workplace, script, packages;
    [[nodiscard]] std::string python() const { return workplace + "/venv/bin/python"; }
    [[nodiscard]] std::string made() const { return workplace + "/made.onnx"; }
};

// pip's and Python's last words: the line that names the error, or the last.
std::string reason_in(const std::string& said) {
    std::string reason;
    for (std::size_t at = 0; at < said.size();) {
        const std::size_t end = std::min(said.find('\n', at), said.size());
        const std::string_view line = std::string_view(said).substr(at, end - at);
        const bool names_one = line.starts_with("ERROR") && !reason.starts_with("ERROR");
        if (!line.empty() && (names_one || !reason.starts_with("ERROR"))) reason = line;
        at = end + 1;
    }
    return reason.empty() ? "it ended with an error and said nothing" : reason.substr(0, 500);
}

Error explained(std::string operation, const std::string& subject, const std::string& said) {
    const auto has = [&](std::string_view words) { return said.contains(words); };
    std::string reason = reason_in(said);
    if (has("No space left on device") || has("Disk quota exceeded"))
        return make_error(Code::no_space, std::move(operation), subject, std::move(reason))
            .with_remedy("make room there, and build again; nothing was kept");
    if (has("DO NOT MATCH THE HASHES"))
        return make_error(Code::corrupt, std::move(operation), subject,
                          "a package is not what its pinned hash says; none of it was run")
            .with_remedy("try again; if it stays so, whoever serves packages to this machine changed one");
    return make_error(Code::internal, std::move(operation), subject, std::move(reason));
}

// Nothing that the user's environment says to Python reaches a step (-I), and no file is left elsewhere.
Result<process::Finished> run(const std::vector<std::string>& argv, const Place& place,
                              std::chrono::nanoseconds limit, const std::stop_token& stop) {
    return process::run({.argv = argv,
                         .environment = {{"TMPDIR", place.workplace},
                                         {"PIP_ROOT_USER_ACTION", "ignore"},
                                         {"PYTHONPATH", ""},
                                         {"PYTHONNOUSERSITE", "1"},
                                         {"PYTHONDONTWRITEBYTECODE", "1"},
                                         {"PYTHONHASHSEED", "0"}},
                         .input = {},
                         .limit = limit},
                        stop);
}

Status make_environment(const Place& place, const std::stop_token& stop) {
    const auto made =
        run({kPython, "-I", "-m", "venv", "--without-pip", place.workplace + "/venv"}, place, 5min, stop);
    if (!made && made.error().code != Code::not_found) return failure(made.error());
    if (made && made->exit_code == 0) return {};
    const std::string said = made ? made->output + made->errors : made.error().message();
    return failure(explained("make a virtual environment", place.workplace, said)
                       .with_remedy("install python3, python3-venv and python3-pip"));
}

Status fetch_packages(const Place& place, const std::stop_token& stop) {
    const auto fetched = TRY(run({kPython,
                                  "-I",
                                  "-m",
                                  "pip",
                                  "--python",
                                  place.python(),
                                  "--disable-pip-version-check",
                                  "--no-input",
                                  "--no-cache-dir",
                                  "--retries",
                                  "2",
                                  "install",
                                  "--quiet",
                                  "--no-deps",
                                  "--no-compile",
                                  "--only-binary",
                                  ":all:",
                                  "--require-hashes",
                                  "-r",
                                  place.packages},
                                 place, 60min, stop));
    if (fetched.exit_code == 0) return {};
    Error error = explained("fetch the packages of", place.packages, fetched.output + fetched.errors);
    if (fetched.errors.contains("No module named pip"))
        return failure(std::move(error).with_remedy("install python3-pip"));
    if (error.code != Code::internal) return failure(std::move(error));
    error.code = Code::unavailable;
    error.retry = Retry::later;
    return failure(std::move(error).with_remedy(
        "check that pip reaches its package index from this machine, and build again; nothing was kept"));
}

Status run_builder(const Place& place, const Ours& ours, const std::stop_token& stop) {
    const auto ran = TRY(run({place.python(), "-I", place.script, place.made()}, place, 30min, stop));
    if (ran.exit_code != 0)
        return failure(explained("build the model", std::string(ours.name), ran.output + ran.errors));
    const std::string hash = TRY(sha256_of(place.made()));
    if (hash == ours.sha256) return {};
    return failure(
        Code::corrupt, "build the model", std::string(ours.name),
        "what came out has the SHA-256 " + hash + ", not " + std::string(ours.sha256) + "; nothing was kept");
}

Status make_durable(const std::string& path) {
    const file::Fd fd = TRY(file::open_at(AT_FDCWD, path, O_RDONLY));
    return file::sync_file(fd.get(), path);
}

Result<Place> place_of(const Ours& ours, const std::string& builders) {
    const std::string stem = builders + "/" + std::string(ours.builder);
    for (const std::string& path : {stem + ".py", stem + ".txt"})
        if (::access(path.c_str(), R_OK) != 0)
            return failure(make_error(Code::not_found, "find the builder", path, "it is not there")
                               .with_remedy("install the program whole, with share/haul/models"));
    return Place{.workplace = {}, .script = stem + ".py", .packages = stem + ".txt"};
}

Result<Ours> wanted(std::string_view name_or_role) {
    const auto ours = find_ours(name_or_role);
    if (ours) return *ours;
    std::string names;
    for (const Ours& one : catalogue()) names += (names.empty() ? "" : ", ") + std::string(one.name);
    return failure(make_error(Code::not_found, "build the model", std::string(name_or_role),
                              "there is no recipe of that name")
                       .with_remedy("build one of: " + names));
}

}  // namespace

std::string builders_folder() {
    std::error_code error;
    const fs::path folder = process::program_folder();
    const fs::path installed = folder.parent_path() / "share" / "haul" / "models";
    return !folder.empty() && fs::is_directory(installed, error) ? installed.string() : HAUL_MODEL_BUILDERS;
}

Result<Model> build(const std::string& folder, std::string_view name_or_role, const std::string& builders,
                    const std::stop_token& stop) {
    const Ours ours = TRY(wanted(name_or_role));
    Place place = TRY(place_of(ours, builders));
    Change change = TRY(Change::begin(folder));
    for (const Model& model : change.models()) {
        if (model.operators || model.id.name != ours.name || model.id.sha256 != ours.sha256) continue;
        const auto hash = sha256_of(model.path);
        if (hash && *hash == ours.sha256) return model;
    }
    TRY(change.need(ours.room));
    place.workplace = change.workplace();
    TRY(make_environment(place, stop));
    TRY(fetch_packages(place, stop));
    TRY(run_builder(place, ours, stop));
    TRY(make_durable(place.made()));
    return change.put(place.made(), model_of(ours));
}

}  // namespace haul::speech

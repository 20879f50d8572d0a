#include "flow/collect/export/current.h"

#include <fmt/format.h>

#include <span>
#include <utility>

#include "base/json.h"
#include "store/side_by_side.h"

namespace haul::collect {
namespace {

constexpr const char* kCurrent = "exports/current.json";
constexpr const char* kLink = "exports/current";
constexpr std::uint64_t kLongest = 1U << 20U;

json::Ordered json_of(const Current& current) {
    json::Ordered value;
    value["format"] = "haul-corpus/1";
    value["state"] = current.state;
    if (!current.previous.empty()) value["previous"] = current.previous;
    value["recordings"] = current.recordings;
    value["speech_seconds"] = current.speech_seconds;
    value["files"] = json::Ordered::array();
    for (const View& view : current.files) {
        json::Ordered file;
        file["name"] = view.name;
        file["bytes"] = view.bytes;
        file["sha256"] = view.sha256;
        value["files"].push_back(std::move(file));
    }
    return value;
}

Result<std::string> state_at(const json::Value& value, const char* field) {
    std::string state = TRY(json::string_at(value, field, kCurrent));
    if (!is_state(state))
        return failure(Code::corrupt, "read", kCurrent, fmt::format("field \"{}\" is no state", field));
    return state;
}

Result<Current> current_from(const json::Value& value) {
    Current current;
    current.state = TRY(state_at(value, "state"));
    if (TRY(json::find_string(value, "previous", kCurrent)))
        current.previous = TRY(state_at(value, "previous"));
    current.recordings = TRY(json::uint_at(value, "recordings", kCurrent));
    const auto seconds = value.find("speech_seconds");
    if (seconds != value.end() && seconds->is_number()) current.speech_seconds = seconds->get<double>();
    const auto files = value.find("files");
    if (files == value.end() || !files->is_array())
        return failure(Code::corrupt, "read", kCurrent, "field \"files\" is not a list");
    for (const json::Value& file : *files) {
        View view;
        view.name = TRY(json::string_at(file, "name", kCurrent));
        view.bytes = TRY(json::uint_at(file, "bytes", kCurrent));
        view.sha256 = TRY(json::string_at(file, "sha256", kCurrent));
        current.files.push_back(std::move(view));
    }
    return current;
}

}  // namespace

std::string folder_of(const std::string& state) { return fmt::format("{}/{}", kExports, state); }

Result<std::optional<Current>> read_current(store::Store& corpus) {
    if (!TRY(store::find_file(corpus, kCurrent))) return std::optional<Current>();
    const std::string text = TRY(store::read_object(corpus, kCurrent, kLongest));
    return std::optional<Current>(TRY(current_from(TRY(json::parse(text, kCurrent)))));
}

Status write_current(store::Store& corpus, const Current& current) {
    return store::replace_object(corpus, kCurrent, json::dump(json_of(current), 2) + "\n",
                                 fmt::format("{}/{}current-", kExports, kTemporary));
}

Status point_link(store::Store& corpus, const std::string& state) {
    if (store::is_service(corpus.capabilities())) return {};
    if (const auto there = TRY(store::find_object(corpus, kLink)); there && there->target == state) return {};
    store::Write write;
    write.name = kLink;
    write.kind = store::Kind::symlink;
    write.bytes = std::as_bytes(std::span(state));
    corpus.write_many(std::span(&write, 1), {.scratch = fmt::format("{}/{}link-", kExports, kTemporary)}, {});
    return std::move(write.result);
}

}  // namespace haul::collect

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "format/set_record.h"

namespace haul::format {
namespace {

// A glob is bytes; one that is not UTF-8 stands as {"b64": …}, or it would differ from itself when it is read
// back.
json::Ordered filter_to_json(const std::string& filter) {
    if (text::is_utf8(filter)) return filter;
    return json::Ordered{{"b64", text::base64(filter)}};
}

Result<std::string> parse_filter(const json::Value& value, std::string_view subject) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_object()) {
        const std::string encoded = TRY(json::string_at(value, "b64", subject));
        if (std::optional<std::string> bytes = text::base64_decode(encoded)) return *std::move(bytes);
    }
    return failure(Code::corrupt, "read", std::string(subject),
                   "field filters holds something that is not a filter");
}

Result<std::vector<std::string>> parse_filters(const json::Value& options, std::string_view subject) {
    std::vector<std::string> filters;
    const auto found = options.find("filters");
    if (found == options.end()) return filters;
    if (!found->is_array())
        return failure(Code::corrupt, "read", std::string(subject), "field filters is not a list");
    for (const json::Value& value : *found) filters.push_back(TRY(parse_filter(value, subject)));
    return filters;
}

std::string words(const std::string& value) { return value.empty() ? "not given" : value; }
std::string words(const std::vector<std::string>& filters) {
    return filters.empty()
               ? "not given"
               : fmt::format("[{}]", text::printable(fmt::format("{}", fmt::join(filters, ", "))));
}
std::string size_words(std::optional<std::uint64_t> size) {
    return size ? units::exact_size_text(*size) : "not given";
}
std::string time_words(std::optional<std::int64_t> time) {
    return time ? clock::utc_text(clock::Nanoseconds(*time)) : "not given";
}

}  // namespace

json::Ordered to_json(const SetOptions& options) {
    json::Ordered value;
    value["part_size"] = options.part_size;
    value["digest"] = options.digest;
    value["symlinks"] = options.symlinks;
    value["folders"] = options.folders;
    value["filters"] = json::Ordered::array();
    for (const std::string& filter : options.filters) value["filters"].push_back(filter_to_json(filter));
    value["min_size"] = options.min_size;
    if (options.max_size) value["max_size"] = *options.max_size;
    if (options.newer_ns) value["newer"] = *options.newer_ns;
    if (!options.files_from_digest.empty()) value["files_from"] = options.files_from_digest;
    return value;
}

Result<SetOptions> parse_options(const json::Value& value, std::string_view subject) {
    SetOptions options;
    options.part_size = TRY(json::uint_at(value, "part_size", subject));
    options.digest = TRY(json::string_at(value, "digest", subject));
    options.symlinks = TRY(json::string_at(value, "symlinks", subject));
    options.folders = TRY(json::string_at(value, "folders", subject));
    options.filters = TRY(parse_filters(value, subject));
    options.min_size = TRY(json::find_uint(value, "min_size", subject)).value_or(0);
    options.max_size = TRY(json::find_uint(value, "max_size", subject));
    options.newer_ns = TRY(json::find_int(value, "newer", subject));
    options.files_from_digest = TRY(json::find_string(value, "files_from", subject)).value_or("");
    return options;
}

std::vector<std::string> differences(const SetOptions& there, const SetOptions& here) {
    std::vector<std::string> found;
    const auto compare = [&found](std::string_view option, const auto& one, const auto& other,
                                  const auto& in_words) {
        if (one != other)
            found.push_back(fmt::format("{} {} there, {} asked now", option, in_words(one), in_words(other)));
    };
    const auto plain = [](const auto& value) { return words(value); };
    compare("--part-size", there.part_size, here.part_size, size_words);
    compare("--digest", there.digest, here.digest, plain);
    compare("--symlinks", there.symlinks, here.symlinks, plain);
    compare("--folders", there.folders, here.folders, plain);
    compare("filters", there.filters, here.filters, plain);
    compare("--min-size", there.min_size, here.min_size, size_words);
    compare("--max-size", there.max_size, here.max_size, size_words);
    compare("--newer", there.newer_ns, here.newer_ns, time_words);
    compare("--files-from, a list of digest", there.files_from_digest, here.files_from_digest, plain);
    return found;
}

}  // namespace haul::format

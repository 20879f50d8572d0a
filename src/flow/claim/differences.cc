#include "flow/claim/differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "base/json.h"
#include "base/text.h"

namespace haul::claim {
namespace {

std::string difference(std::string_view what, const std::string& there, const std::string& ours) {
    return fmt::format("{} {} there, {} asked now", what, text::printable(there), text::printable(ours));
}

// Fields of a request (unpack's meaning_of) are called as their options, with `_` for `-`.
std::string option_called(const std::string& field) {
    if (field == "symlinks_inside") return "--symlinks=inside";
    if (field == "destination") return "destination";
    std::string option = "--" + field;
    std::ranges::replace(option, '_', '-');
    return option;
}

std::string words(const json::Value& request, const std::string& field) {
    const auto found = request.find(field);
    if (found == request.end() || found->is_null()) return "not given";
    if (found->is_boolean()) return found->get<bool>() ? "given" : "not given";
    if (found->is_string())
        return found->get<std::string>().empty() ? "not given" : found->get<std::string>();
    return json::dump(*found);
}

void compare_requests(const std::string& there, const std::string& ours, std::vector<std::string>& found) {
    if (there == ours) return;
    const auto before = json::parse(there, "request"), now = json::parse(ours, "request");
    if (!before || !now || !before->is_object() || !now->is_object()) {
        found.emplace_back("options that this program does not know");
        return;
    }
    std::set<std::string> fields;
    for (const json::Value* request : {&*before, &*now}) {
        for (const auto& [field, value] : request->items()) fields.insert(field);
    }
    fields.erase("source");  // the claim names it itself
    for (const std::string& field : fields) {
        const std::string one = words(*before, field), other = words(*now, field);
        if (one != other) found.push_back(difference(option_called(field), one, other));
    }
}

}  // namespace

std::vector<std::string> differences(const format::ClaimRecord& there, const format::ClaimRecord& ours) {
    std::vector<std::string> found;
    const auto compare = [&found](std::string_view what, const std::string& one, const std::string& other) {
        if (one != other) found.push_back(difference(what, one, other));
    };
    compare("command", there.flow, ours.flow);
    compare("source", there.source, ours.source);
    compare("name", there.name, ours.name);
    if (there.flow != ours.flow) return found;  // each has options of its own
    compare_requests(there.request, ours.request, found);
    for (std::string& one : format::differences(there.options, ours.options)) found.push_back(std::move(one));
    return found;
}

}  // namespace haul::claim

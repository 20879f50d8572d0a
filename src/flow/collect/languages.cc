#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "flow/collect/collect.h"
#include "flow/collect/ear/known_languages.h"

namespace haul::collect {

Status check_languages(const Request& request) {
    const auto& wanted = request.plan.accept.languages;
    if (wanted.empty() || !listens(request)) return {};
    const auto known = TRY(known_languages({.program = request.speech_program, .models = request.models}));
    if (!known)
        return failure(
            make_error(Code::unsupported, "collect", request.plan_path,
                       "accept.languages names languages, and no model that tells them is here: all would be "
                       "fetched, and nothing accepted")
                .with_remedy(fmt::format(
                    "`haul models build language{}` makes it once; without accept.languages any is accepted",
                    request.models.empty() ? "" : " --models " + text::printable(request.models))));
    const auto is_known = [&](const std::string& code) {
        return std::ranges::find(known->codes, code) != known->codes.end();
    };
    const auto unknown = std::ranges::find_if_not(wanted, is_known);
    if (unknown == wanted.end()) return {};
    return failure(make_error(Code::usage, "collect", request.plan_path,
                              fmt::format("accept.languages holds \"{}\", which the model {} never answers",
                                          text::printable(*unknown), text::printable(known->model)))
                       .with_remedy(text::printable(
                           fmt::format("write one that it knows: {}", fmt::join(known->codes, " ")))));
}

}  // namespace haul::collect

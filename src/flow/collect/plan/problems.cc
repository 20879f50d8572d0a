#include "flow/collect/plan/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace haul::collect {

void Problems::add(int line, std::string what, std::string remedy) {
    found_.push_back({line, fmt::format("line {}: {}: {}", line, what, remedy)});
}

Error Problems::as_error(const std::string& path) const {
    auto by_line = found_;
    std::ranges::stable_sort(by_line, {}, &Problem::line);
    std::string all;
    for (const Problem& problem : by_line) all += (all.empty() ? "" : "; ") + problem.text;
    return make_error(Code::usage, "read the plan", path, std::move(all))
        .with_remedy("`haul collect --example` prints a plan with every key");
}

}  // namespace haul::collect

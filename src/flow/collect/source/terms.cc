#include "flow/collect/source/terms.h"

#include <fmt/format.h>

#include <utility>

namespace haul::collect {
namespace {

// The operation by which is_of_terms knows its errors.
constexpr const char* kAcceptTerms = "accept the terms of";

}  // namespace

Error terms_not_accepted(const std::string& site, std::string what) {
    return make_error(Code::denied, kAcceptTerms, std::move(what),
                      fmt::format("it lies with {}, whose terms the plan does not accept", site))
        .with_remedy("read them, and say accept_terms = true in this [[source]] of the plan");
}

bool is_of_terms(const Error& error) { return error.root().operation == kAcceptTerms; }

}  // namespace haul::collect

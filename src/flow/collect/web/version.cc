#include "flow/collect/web/version.h"

#include "base/number.h"
#include "http/date.h"

namespace haul::collect {
namespace {

constexpr std::chrono::seconds kSettled{60};

bool is_strong(std::string_view etag) {
    return etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
}

// Behind "bytes ".
std::optional<std::string_view> range_in(const http::Answer& head) {
    constexpr std::string_view kUnit = "bytes ";
    const std::string_view text = head.header("content-range");
    if (!text.starts_with(kUnit)) return std::nullopt;
    return text.substr(kUnit.size());
}

}  // namespace

std::string validator_of(const http::Answer& head) {
    const std::string_view etag = head.header("etag");
    if (is_strong(etag)) return std::string(etag);
    const std::string_view modified = head.header("last-modified");
    const auto then = http::parse_date(modified);
    const auto now = http::parse_date(head.header("date"));
    return then && now && *now - *then >= kSettled ? std::string(modified) : std::string();
}

bool may_be_version(const http::Answer& head, std::string_view validator) {
    const std::string_view said = head.header(is_strong(validator) ? "etag" : "last-modified");
    return said.empty() || said == validator;
}

std::optional<Part> part_of(const http::Answer& head) {
    const auto text = range_in(head);
    if (!text) return std::nullopt;
    const auto dash = text->find('-');
    const auto slash = text->find('/');
    if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash)
        return std::nullopt;
    const auto first = text::whole_number<std::uint64_t>(text->substr(0, dash));
    const auto last = text::whole_number<std::uint64_t>(text->substr(dash + 1, slash - dash - 1));
    const std::string_view rest = text->substr(slash + 1);
    const auto total = text::whole_number<std::uint64_t>(rest);
    if (!first || !last || *last < *first || (!total && rest != "*") || (total && *last >= *total))
        return std::nullopt;
    return Part{*first, *last, total};
}

std::optional<std::uint64_t> total_of_unsatisfied(const http::Answer& head) {
    const auto text = range_in(head);
    if (!text || !text->starts_with("*/")) return std::nullopt;
    return text::whole_number<std::uint64_t>(text->substr(2));
}

}  // namespace haul::collect

// Which version of a body an answer speaks of, and which part of it (RFC 9110, sections 8.8, 13.1.5, 14.4).
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/exchange.h"

namespace haul::collect {

// What If-Range may name: the strong ETag, else the Last-Modified that lies so long before the answer's Date
// that the second cannot have had two versions. Empty: the answer has none, and what is begun cannot be
// resumed.
[[nodiscard]] std::string validator_of(const http::Answer& head);
// By what the answer says it may be the version that `validator` names. False: it is another, whatever the
// server made of If-Range.
[[nodiscard]] bool may_be_version(const http::Answer& head, std::string_view validator);

// Of Content-Range.
struct Part {
    std::uint64_t first = 0, last = 0;  // both ends included
    std::optional<std::uint64_t> total{};
    [[nodiscard]] std::uint64_t size() const { return last - first + 1; }
};
[[nodiscard]] std::optional<Part> part_of(const http::Answer& head);
// "bytes */123", as 416 has it.
[[nodiscard]] std::optional<std::uint64_t> total_of_unsatisfied(const http::Answer& head);

}  // namespace haul::collect

// A price list of a service, as its user writes it down, and what a piece of work costs by it.
//
// TOML, strictly: an unknown key or a value of the wrong type is refused with its line, so that no price is
// left out silently. docs/cli.md, "haul estimate", and example_prices() describe it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace haul::prices {

struct Prices {
    std::string currency;
    double list = 0, put = 0, get = 0, copy = 0;  // of 1,000 requests
    std::map<std::string, double> storage;        // by class: of a GB (10^9 bytes) for a month
    double out = 0;                               // of a GB that leaves the service
    std::string file;                             // where it was read from
};

// `file` is named in errors, all Code::usage.
[[nodiscard]] Result<Prices> parse(std::string_view text, const std::string& file);
// A list with every key, its numbers made up.
[[nodiscard]] std::string_view example();

struct Usage {
    std::uint64_t lists = 0, puts = 0, gets = 0, copies = 0;  // gets: HEAD too
    std::uint64_t bytes_out = 0, bytes_stored = 0;
    std::string storage_class = {};
};
struct Cost {
    std::string currency;
    double requests = 0, out = 0;  // once
    double storage = 0;            // a month
    std::string storage_class;
};
// Code::usage where the list has no price for the storage class.
[[nodiscard]] Result<Cost> cost_of(const Usage& usage, const Prices& prices);

}  // namespace haul::prices

// What went wrong in this run, for the list at its end. Gathered by a sink; read it after the hub was closed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "report/event.h"

namespace haul::cli {

struct Failures {
    struct Item {
        std::string path, reason, remedy = {};
        std::optional<Error> error = {};  // as it is told
    };
    static constexpr std::size_t kListed = 20;
    std::vector<Item> failed, set_aside;  // the first of them
    std::uint64_t failed_count = 0, set_aside_count = 0;

    void on(const report::Event& event);
};

// `into` outlives the sink.
[[nodiscard]] std::unique_ptr<report::Sink> make_failures_sink(Failures& into);

[[nodiscard]] json::Ordered to_json(const std::vector<Failures::Item>& items);

}  // namespace haul::cli

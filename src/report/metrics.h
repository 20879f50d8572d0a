// What a run does, as numbers for Prometheus: http://127.0.0.1:PORT/metrics (docs/metrics.md lists them).
//
// They come from events, and from who shows some in Hub::numbers(). Served by threads of its own, to this
// machine only, without a password: it names no file and no secret, but job, phase and kinds of units. Not
// linked is nothing: without a port no thread and no socket is made.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "report/event.h"

namespace haul::report {

// What runs.
struct RunNames {
    std::string version{}, flow{}, job{};
};

class MetricsServer {
  public:
    // Code::usage: the port is taken, or may not be listened on. Adds a sink to `hub`, which outlives this;
    // what is shown in its numbers() is served, too, and what `of_process` tells (none: nothing).
    [[nodiscard]] static Result<std::unique_ptr<MetricsServer>> start(std::uint16_t port, Hub& hub,
                                                                      RunNames names,
                                                                      Numbers::Source of_process = nullptr);
    ~MetricsServer();  // whoever is being answered gets the answer
    MetricsServer(const MetricsServer&) = delete;
    MetricsServer& operator=(const MetricsServer&) = delete;

  private:
    MetricsServer() = default;
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace haul::report

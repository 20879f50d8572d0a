// What a run does, as numbers for Prometheus: http://127.0.0.1:PORT/metrics (docs/metrics.md lists them).
//
// Numbers come from events, and from who is asked when somebody looks. Served by threads of its own, to this
// machine only, without a password: it names no file and no secret, but job, phase and kinds of units. Not
// linked is nothing: without a port no thread and no socket is made.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "report/event.h"

namespace haul::report {

struct UnitCount {
    std::string kind, state;
    std::uint64_t units = 0;
};
using UnitCounts = std::function<std::vector<UnitCount>()>;

// Who is asked. Both may be asked from any thread, several at once.
struct MetricsSources {
    std::string version, flow, job;
    std::function<std::uint64_t()> retries{};  // of calls to stores, so far
};

class MetricsServer {
  public:
    // Code::usage: the port is taken, or may not be listened on. Adds a sink to `hub`.
    [[nodiscard]] static Result<std::unique_ptr<MetricsServer>> start(std::uint16_t port, Hub& hub,
                                                                      MetricsSources sources);
    ~MetricsServer();  // whoever is being answered gets the answer
    MetricsServer(const MetricsServer&) = delete;
    MetricsServer& operator=(const MetricsServer&) = delete;

    // From now on, until it is replaced; empty: none are shown. Returns once the one before is not asked any
    // more.
    void show_units(UnitCounts counts);

  private:
    MetricsServer() = default;
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace haul::report

#include "report/metrics.h"

#include <fmt/format.h>
#include <prometheus/exposer.h>

#include <exception>
#include <optional>
#include <utility>

#include "report/run_numbers.h"

namespace haul::report {
namespace {

// Outlives neither hub nor server alone: events may come behind the last answer.
class NumbersSink final : public Sink {
  public:
    explicit NumbersSink(std::shared_ptr<RunNumbers> numbers) : numbers_(std::move(numbers)) {}
    void on(const Event& event) override { numbers_->on(event); }

  private:
    std::shared_ptr<RunNumbers> numbers_;
};

}  // namespace

struct MetricsServer::State {
    std::optional<Numbers::Shown> of_process;
    std::shared_ptr<RunNumbers> numbers;
    std::unique_ptr<prometheus::Exposer> exposer;
};

Result<std::unique_ptr<MetricsServer>> MetricsServer::start(std::uint16_t port, Hub& hub, RunNames names,
                                                            Numbers::Source of_process) {
    auto state = std::make_unique<State>();
    state->numbers = std::make_shared<RunNumbers>(std::move(names), hub.numbers());
    if (of_process) state->of_process.emplace(hub.numbers().show(std::move(of_process)));
    const std::string address = fmt::format("127.0.0.1:{}", port);
    try {
        constexpr std::size_t kThreads = 2;
        state->exposer = std::make_unique<prometheus::Exposer>(address, kThreads);
        state->exposer->RegisterCollectable(state->numbers);
    } catch (const std::exception&) {
        // What is thrown names neither the port nor the reason.
        return failure(make_error(Code::usage, "serve metrics on", address,
                                  "the port is taken, or may not be listened on")
                           .with_remedy("name another port with --metrics-port; nothing was begun"));
    }
    hub.add(std::make_unique<NumbersSink>(state->numbers));
    std::unique_ptr<MetricsServer> server(new MetricsServer);
    server->state_ = std::move(state);
    return server;
}

MetricsServer::~MetricsServer() = default;

}  // namespace haul::report

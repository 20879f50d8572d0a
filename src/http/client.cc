#include "http/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "base/test_setting.h"
#include "http/address.h"
#include "http/counters.h"
#include "http/gate.h"
#include "http/loop.h"

namespace haul::http {

struct Client::State {
    ClientOptions options;
    Counters counters;
    std::mutex lock;
    std::map<std::string, std::unique_ptr<Gate>> gates;  // by origin; never removed
    std::vector<std::unique_ptr<Loop>> idle;             // the last used at the back

    Gate& gate_of(const std::string& url);
    Result<std::unique_ptr<Loop>> take_loop();
};

Gate& Client::State::gate_of(const std::string& url) {
    const std::string origin = origin_of(url);
    const std::scoped_lock hold(lock);
    auto& gate = gates[origin];
    if (!gate) gate = std::make_unique<Gate>(options.connections);
    return *gate;
}

Result<std::unique_ptr<Loop>> Client::State::take_loop() {
    {
        const std::scoped_lock hold(lock);
        if (!idle.empty()) {
            auto loop = std::move(idle.back());
            idle.pop_back();
            return loop;
        }
    }
    return Loop::create(options, counters);
}

Client::Client(ClientOptions options) : state_(std::make_unique<State>()) {
    [[maybe_unused]] static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    options.silence = std::chrono::duration_cast<std::chrono::milliseconds>(
        shortened("HAUL_HTTP_SILENCE_MS", options.silence));
    state_->options = std::move(options);
}

Client::~Client() = default;

void Client::perform(std::span<Exchange> exchanges, const Prepare& prepare, const std::stop_token& stop) {
    auto loop = state_->take_loop();
    if (!loop) {
        for (Exchange& each : exchanges) each.result = failure(loop.error());
        return;
    }
    (*loop)->run(
        exchanges, prepare, [this](const std::string& url) -> Gate& { return state_->gate_of(url); }, stop);
    const std::scoped_lock hold(state_->lock);
    state_->idle.push_back(*std::move(loop));
}

Life Client::life(const std::string& url) const {
    const std::scoped_lock hold(state_->lock);
    const auto gate = state_->gates.find(origin_of(url));
    return gate == state_->gates.end() ? Life() : gate->second->pulse().life();
}

Traffic Client::traffic() const {
    const Counters& counters = state_->counters;
    Traffic traffic{.requests = counters.requests,
                    .failures = counters.failures,
                    .throttled = counters.throttled,
                    .bytes_sent = counters.bytes_sent,
                    .bytes_received = counters.bytes_received};
    const std::scoped_lock hold(state_->lock);
    for (const auto& [origin, gate] : state_->gates) traffic.window = std::max(traffic.window, gate->limit());
    return traffic;
}

}  // namespace haul::http

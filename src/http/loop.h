// One call of perform(): takes requests from their queues as places become free, and ends them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "http/client.h"
#include "http/counters.h"
#include "http/gate.h"
#include "http/multi.h"
#include "http/transfer.h"

namespace haul::http {

// Used by one call after another, on whatever thread; keeps its connections and handles between them.
class Loop {
  public:
    // The gate of a request's URL; lives as long as the Client.
    using GateOf = std::function<Gate&(const std::string& url)>;
    // `options` and `counters` live longer than the loop.
    [[nodiscard]] static Result<std::unique_ptr<Loop>> create(const ClientOptions& options,
                                                              Counters& counters);

    void run(std::span<Exchange> exchanges, const Prepare& prepare, const GateOf& gate_of,
             const std::stop_token& stop);

  private:
    // The requests of one host, in order.
    struct Lane {
        Lane(Gate& its_gate, const Multi& multi)
            : gate(its_gate), member(its_gate, [&multi] { multi.wake(); }) {}
        Gate& gate;
        Gate::Member member;
        std::vector<Exchange*> queue = {};
        std::size_t next = 0;
        // While it looks for the host's name the others wait: each would ask the name service by itself.
        const Transfer* scout = nullptr;
    };

    Loop(const ClientOptions& options, Counters& counters) : options_(options), counters_(counters) {}
    void fill_lanes(std::span<Exchange> exchanges, const GateOf& gate_of);
    void start_all(const Prepare& prepare, const std::stop_token& stop);
    // Whether a request of this lane has to look for the name first.
    [[nodiscard]] bool needs_scout(const Lane& lane) const;
    void look_at_scout(Lane& lane);
    void start(Exchange& exchange, std::size_t lane, const Prepare& prepare);
    [[nodiscard]] Status launch(Exchange& exchange, std::size_t lane, const Prepare& prepare);
    [[nodiscard]] std::unique_ptr<Transfer> idle_transfer(const Request& request);
    void harvest();
    void give_up_silent();
    void stop_all();
    // Ends what of a lane was not begun with what `error` makes of each.
    void give_up_waiting(Lane& lane, const std::function<Error(const Request&)>& error);
    void give_up_waiting_if_dead(Lane& lane);
    [[nodiscard]] bool over() const;
    // Takes it out of the multi handle, counts, frees its place and keeps its handle for the next.
    void retire(Transfer& transfer);
    [[nodiscard]] clock::Nanoseconds look_after() const;

    const ClientOptions& options_;
    Counters& counters_;
    // Transfers outlive the multi handle, whose connections name them until the end.
    std::array<std::vector<std::unique_ptr<Transfer>>, 2> idle_;  // by Size
    std::vector<std::unique_ptr<Transfer>> active_;
    std::unique_ptr<Multi> multi_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    clock::Nanoseconds began_{}, looked_{}, shortest_limit_{};
    std::map<const Gate*, clock::Nanoseconds> named_;  // when a host's name was last known
};

}  // namespace haul::http

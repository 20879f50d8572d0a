#include "http/loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "http/curl_error.h"

namespace haul::http {
namespace {

// A little less than libcurl keeps a name.
constexpr std::chrono::seconds kNameLasts{50};

}  // namespace

Result<std::unique_ptr<Loop>> Loop::create(const ClientOptions& options, Counters& counters) {
    std::unique_ptr<Loop> loop(new Loop(options, counters));
    loop->multi_ = TRY(Multi::create(options.connections ? options.connections : Window::kMost));
    return loop;
}

void Loop::run(std::span<Exchange> exchanges, const Prepare& prepare, const GateOf& gate_of,
               const std::stop_token& stop) {
    fill_lanes(exchanges, gate_of);
    began_ = looked_ = clock::boot();
    const std::stop_callback on_stop(stop, [this] { multi_->wake(); });
    while (true) {
        if (stop.stop_requested()) {
            stop_all();
            break;
        }
        start_all(prepare, stop);
        if (over()) break;
        multi_->turn(look_after());
        harvest();
        give_up_silent();
    }
    lanes_.clear();
}

void Loop::fill_lanes(std::span<Exchange> exchanges, const GateOf& gate_of) {
    shortest_limit_ = std::min(options_.silence, options_.computed_silence);
    for (Exchange& each : exchanges) {
        if (each.request.longest.count() > 0)
            shortest_limit_ = std::min<clock::Nanoseconds>(shortest_limit_, each.request.longest);
        Gate& gate = gate_of(each.request.url);
        auto at = std::ranges::find_if(lanes_, [&gate](const auto& lane) { return &lane->gate == &gate; });
        if (at == lanes_.end()) at = lanes_.insert(at, std::make_unique<Lane>(gate, *multi_));
        (*at)->queue.push_back(&each);
    }
}

bool Loop::over() const {
    return active_.empty() &&
           std::ranges::all_of(lanes_, [](const auto& lane) { return lane->next == lane->queue.size(); });
}

void Loop::start_all(const Prepare& prepare, const std::stop_token& stop) {
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
        Lane& lane = *lanes_[i];
        if (lane.scout) look_at_scout(lane);
        while (!lane.scout && lane.next < lane.queue.size() && !stop.stop_requested() &&
               lane.member.acquire()) {
            const bool scouting = needs_scout(lane);
            const std::size_t before = active_.size();
            start(*lane.queue[lane.next++], i, prepare);
            if (!scouting || active_.size() == before) continue;
            lane.scout = active_.back().get();
            multi_->run_due_timer();  // mostly the name is known, or a connection there: nothing to wait for
            look_at_scout(lane);
        }
        lane.member.offer();
    }
}

bool Loop::needs_scout(const Lane& lane) const {
    const auto at = named_.find(&lane.gate);
    return at == named_.end() || clock::boot() - at->second > kNameLasts;
}

void Loop::look_at_scout(Lane& lane) {
    if (!lane.scout->reached()) return;
    named_[&lane.gate] = multi_->now();
    lane.scout = nullptr;
}

void Loop::start(Exchange& exchange, std::size_t lane, const Prepare& prepare) {
    auto launched = launch(exchange, lane, prepare);
    if (launched) {
        counters_.requests.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    lanes_[lane]->member.release();
    exchange.answer = {};
    exchange.result = std::move(launched);
}

Status Loop::launch(Exchange& exchange, std::size_t lane, const Prepare& prepare) {
    if (prepare) TRY(prepare(exchange.request));
    auto transfer = idle_transfer(exchange.request);
    if (!transfer)
        return failure(request_error(Code::unavailable, exchange.request, "libcurl has no memory"));
    auto& idle = idle_[static_cast<std::size_t>(transfer->size())];
    auto begun = transfer->begin(exchange, clock::boot());
    if (begun && !multi_->add(*transfer))
        begun = failure(request_error(Code::unavailable, exchange.request, "libcurl takes no more requests"));
    if (!begun) {
        idle.push_back(std::move(transfer));
        return begun;
    }
    transfer->lane = lane;
    transfer->place = active_.size();
    active_.push_back(std::move(transfer));
    return {};
}

std::unique_ptr<Transfer> Loop::idle_transfer(const Request& request) {
    const Size size = size_of(request);
    auto& idle = idle_[static_cast<std::size_t>(size)];
    if (idle.empty()) return Transfer::create(options_, size);
    auto transfer = std::move(idle.back());
    idle.pop_back();
    return transfer;
}

void Loop::retire(Transfer& transfer) {
    multi_->remove(transfer);
    Lane& lane = *lanes_[transfer.lane];
    if (lane.scout == &transfer) {  // however it ended: the others find out by themselves
        named_[&lane.gate] = multi_->now();
        lane.scout = nullptr;
    }
    const Exchange& exchange = transfer.exchange();
    const int status = exchange.answer.status;
    const bool throttled = status == 429 || status == 503;
    const bool failed = !exchange.result || tells_of_failure(status);
    const std::uint64_t sent = exchange.request.body.empty() ? 0 : transfer.sent();
    const bool stopped = !exchange.result && exchange.result.error().code == Code::interrupted;
    if (failed && !stopped) counters_.failures.fetch_add(1);
    if (throttled) counters_.throttled.fetch_add(1);
    counters_.bytes_sent.fetch_add(sent, std::memory_order_relaxed);
    counters_.bytes_received.fetch_add(transfer.received(), std::memory_order_relaxed);
    const auto now = multi_->now();
    if (!failed) lane.gate.pulse().succeeded(now);
    lane.member.release({.bytes = sent + transfer.received(),
                         .took = std::max(now - transfer.began(), clock::Nanoseconds{}),
                         .answered = exchange.result && !throttled,
                         .throttled = throttled},
                        now);
    auto& slot = active_[transfer.place];
    std::swap(slot, active_.back());
    slot->place = static_cast<std::size_t>(&slot - active_.data());
    auto& idle = idle_[static_cast<std::size_t>(transfer.size())];
    idle.push_back(std::move(active_.back()));
    active_.pop_back();
    if (!exchange.result && exchange.result.error().retry == Retry::later) give_up_waiting_if_dead(lane);
}

// Each that waits for a place would be silent for as long as those that had one: with many in the queue the
// caller would learn of it after as many rounds.
void Loop::give_up_waiting_if_dead(Lane& lane) {
    const auto silent = multi_->seen_until() - std::max(lane.gate.pulse().life().last(), began_);
    if (silent < options_.silence || lane.next == lane.queue.size()) return;
    give_up_waiting(lane, [this](const Request& request) {
        return request_error(
            Code::unavailable, request,
            fmt::format("not begun: its host was silent for {}", span_text(options_.silence)));
    });
}

void Loop::give_up_waiting(Lane& lane, const std::function<Error(const Request&)>& error) {
    for (; lane.next < lane.queue.size(); ++lane.next) {
        Exchange& exchange = *lane.queue[lane.next];
        exchange.answer = {};
        exchange.result = failure(error(exchange.request));
    }
    lane.member.withdraw();
}

void Loop::harvest() {
    while (const auto done = multi_->next_done()) {
        const auto& [transfer, code] = *done;
        Pulse& pulse = lanes_[transfer->lane]->gate.pulse();
        transfer->look_at_received();
        pulse.moved(transfer->body_moved());
        // However it ended: the service was at work until then.
        if (transfer->computing()) pulse.moved(multi_->now());
        transfer->end(code);
        retire(*transfer);
    }
}

// How often silence and requests that take too long are looked for: an eighth of the limit, so that they are
// found at most that late.
clock::Nanoseconds Loop::look_after() const {
    const auto every = std::max<clock::Nanoseconds>(shortest_limit_ / 8, std::chrono::milliseconds(1));
    return std::max(looked_ + every - multi_->now(), clock::Nanoseconds::zero());
}

void Loop::give_up_silent() {
    if (look_after() > clock::Nanoseconds::zero()) return;
    // Not as of now: were we held up, bytes may have come that we have not seen.
    looked_ = multi_->seen_until();
    for (std::size_t i = active_.size(); i-- > 0;) {
        Transfer& transfer = *active_[i];
        transfer.look(looked_);
        lanes_[transfer.lane]->gate.pulse().moved(transfer.body_moved());
        const bool overdue = transfer.overdue(looked_);
        if (!overdue && !transfer.silent(options_, looked_)) continue;
        transfer.end(overdue ? transfer.overdue_error() : transfer.silence_error(options_));
        retire(transfer);
    }
}

void Loop::stop_all() {
    const auto stopped = [](const Request& request) {
        return request_error(Code::interrupted, request, "stopped on request");
    };
    while (!active_.empty()) {
        Transfer& transfer = *active_.back();
        transfer.end(stopped(transfer.exchange().request));
        retire(transfer);
    }
    for (const auto& lane : lanes_) give_up_waiting(*lane, stopped);
}

}  // namespace haul::http

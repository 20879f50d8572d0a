#include "http/gate.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace haul::http {

unsigned Gate::limit() const {
    const std::scoped_lock hold(lock_);
    return window_.limit();
}

Gate::Member* Gate::first_waiting() const {
    Member* first = nullptr;
    for (Member* each : members_) {
        if (!each->waiting_) continue;
        if (!first || std::tie(each->in_flight_, each->ticket_) < std::tie(first->in_flight_, first->ticket_))
            first = each;
    }
    return first;
}

void Gate::wake_first(const Member* but) {
    if (in_flight_ >= window_.limit()) return;
    Member* first = first_waiting();
    if (!first || first == but || first->woken_) return;
    first->woken_ = true;
    first->wake_();
}

void Gate::offer_but(const Member* but) {
    if (in_flight_ == 0) window_.idle();
    wake_first(but);
}

Gate::Member::Member(Gate& gate, std::function<void()> wake) : gate_(gate), wake_(std::move(wake)) {
    const std::scoped_lock hold(gate_.lock_);
    gate_.members_.push_back(this);
}

Gate::Member::~Member() {
    const std::scoped_lock hold(gate_.lock_);
    std::erase(gate_.members_, this);
    gate_.in_flight_ -= in_flight_;
    gate_.offer_but(nullptr);
}

bool Gate::Member::acquire() {
    const std::scoped_lock hold(gate_.lock_);
    woken_ = false;
    if (!waiting_) {
        waiting_ = true;
        ticket_ = gate_.next_ticket_++;
    }
    if (gate_.in_flight_ >= gate_.window_.limit()) {
        gate_.window_.wanted_more();
        return false;
    }
    if (gate_.first_waiting() != this) {
        gate_.wake_first(this);
        return false;
    }
    waiting_ = false;
    ++in_flight_;
    ++gate_.in_flight_;
    gate_.wake_first(this);
    return true;
}

void Gate::Member::release(const Window::Outcome& outcome, clock::Nanoseconds now) {
    const std::scoped_lock hold(gate_.lock_);
    gate_.window_.finished(outcome, now);
    --in_flight_;
    --gate_.in_flight_;
}

void Gate::Member::release() {
    const std::scoped_lock hold(gate_.lock_);
    --in_flight_;
    --gate_.in_flight_;
}

void Gate::Member::withdraw() {
    const std::scoped_lock hold(gate_.lock_);
    waiting_ = woken_ = false;
}

void Gate::Member::offer() {
    const std::scoped_lock hold(gate_.lock_);
    gate_.offer_but(this);
}

}  // namespace haul::http

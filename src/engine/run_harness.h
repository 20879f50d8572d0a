// For tests of the engine: a run over a memory ledger with short delays, hooks into the ledger, and what was
// reported.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "ledger/memory/memory_ledger.h"

namespace haul::engine::harness {

// Forwards to a memory ledger; hooks see and change what passes. Hooks are called from workers.
class HookedLedger final : public ledger::Ledger {
  public:
    std::function<void(std::vector<ledger::Lease>&)> on_claim;
    std::function<Status(const ledger::LeaseRef&)> before_finish;
    std::function<void(std::chrono::nanoseconds delay)> on_fail;

    Result<std::vector<ledger::Lease>> claim(const ledger::ClaimRequest& request) override {
        std::vector<ledger::Lease> leases = TRY(inner_->claim(request));
        if (on_claim) on_claim(leases);
        return leases;
    }
    Status renew(std::span<const ledger::LeaseRef> leases, std::chrono::nanoseconds lease_for) override {
        return inner_->renew(leases, lease_for);
    }
    Status checkpoint(const ledger::LeaseRef& lease, std::string_view progress,
                      const ledger::Outcome& outcome) override {
        return inner_->checkpoint(lease, progress, outcome);
    }
    Status finish(const ledger::LeaseRef& lease, const ledger::Outcome& outcome) override {
        if (before_finish) TRY(before_finish(lease));
        return inner_->finish(lease, outcome);
    }
    Result<ledger::State> fail(const ledger::LeaseRef& lease, ledger::FailKind kind, const Error& error,
                               std::chrono::nanoseconds delay) override {
        if (on_fail) on_fail(delay);
        return inner_->fail(lease, kind, error, delay);
    }
    Status release(const ledger::LeaseRef& lease, std::chrono::nanoseconds delay) override {
        return inner_->release(lease, delay);
    }
    Status record(const ledger::Outcome& outcome) override { return inner_->record(outcome); }
    Result<ledger::Answer> read(const ledger::Query& query) const override { return inner_->read(query); }
    Status back_up(const std::string& path) override { return inner_->back_up(path); }

  private:
    std::unique_ptr<ledger::Ledger> inner_ = ledger::make_memory_ledger();
};

// Keeps every event.
class Events {
  public:
    void add(const report::Event& event) {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
    }
    [[nodiscard]] std::vector<report::Event> of(report::Type type) const {
        const std::lock_guard lock(mutex_);
        std::vector<report::Event> found;
        for (const report::Event& event : events_) {
            if (event.type == type) found.push_back(event);
        }
        return found;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<report::Event> events_;
};

class EventsSink final : public report::Sink {
  public:
    explicit EventsSink(std::shared_ptr<Events> events) : events_(std::move(events)) {}
    void on(const report::Event& event) override { events_->add(event); }

  private:
    std::shared_ptr<Events> events_;
};

struct Harness {
    HookedLedger ledger;
    std::shared_ptr<Events> events = std::make_shared<Events>();
    report::Hub hub;
    Memory memory{Memory::kProgram + 1000};
    Shutdown shutdown{false};
    Options options;
    std::map<std::string, Handler, std::less<>> handlers;

    Harness() {
        hub.add(std::make_unique<EventsSink>(events));
        options.idle_poll = std::chrono::milliseconds(1);
        options.retry_base = std::chrono::milliseconds(1);
        options.retry_cap = std::chrono::milliseconds(4);
    }
    void add(std::string kind, std::string key) {
        ledger::Outcome outcome;
        outcome.units.push_back({std::move(kind), std::move(key), "{}", 0});
        const Status status = ledger.record(outcome);
        ASSERT_TRUE(status) << status.error().message();
    }
    void add_many(const std::string& kind, int count) {
        for (int i = 0; i < count; ++i) add(kind, std::to_string(1000 + i));
    }
    [[nodiscard]] Result<Summary> run() {
        return engine::run(ledger, handlers, options, hub, memory, shutdown);
    }
    // All events of a type so far; ends the hub, which hands them on from a thread of its own.
    [[nodiscard]] std::vector<report::Event> said(report::Type type) {
        hub.close();
        return events->of(type);
    }
    [[nodiscard]] ledger::UnitRow unit(const std::string& kind, const std::string& key) const {
        ledger::Query query;
        query.what = ledger::Query::What::units;
        query.kind = kind;
        query.key = key;
        const Result<ledger::Answer> answer = ledger.read(query);
        const bool one = answer.has_value() && answer->units.size() == 1;
        EXPECT_TRUE(one) << kind << " " << key;
        return one ? answer->units[0] : ledger::UnitRow();
    }
};

}  // namespace haul::engine::harness

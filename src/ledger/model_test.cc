// Random operations on the real ledgers beside a model of a few maps: whatever is done, all of them agree.
//
// The model is written anew from the promises, not from unit.cc. RapidCheck prints its seed;
// RC_PARAMS="seed=N" repeats a run.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "ledger/conformance/checks.h"
#include "ledger/memory/memory_ledger.h"
#include "ledger/sqlite/sqlite_ledger.h"
#include "ledger/test_folder.h"

namespace haul::ledger {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

struct ModelUnit {
    int number = 0;
    std::string kind, key, checkpoint;
    char state = 'q';  // queued, leased, done, set aside
    std::uint64_t epoch = 0;
    std::int64_t order = 0;
    int failures = 0, child = 0, owner = 0;
    seconds due{0}, until{0};
};

struct Model {
    std::map<std::pair<std::string, std::string>, ModelUnit> units;
    std::map<std::pair<std::string, std::string>, std::string> facts;
    seconds now{1000};

    ModelUnit* numbered(UnitId number) {
        for (auto& [name, unit] : units) {
            if (unit.number == number) return &unit;
        }
        return nullptr;
    }
    ModelUnit* held(const LeaseRef& lease) {
        ModelUnit* unit = numbered(lease.unit);
        return unit != nullptr && unit->state == 'l' && unit->epoch == lease.epoch ? unit : nullptr;
    }
    bool working(const ModelUnit& unit) const {
        return unit.state == 'l' && (unit.until == seconds{0} || unit.until > now);
    }
    bool waiting(const ModelUnit& unit) const {
        return unit.state == 'q' || (unit.state == 'l' && !working(unit));
    }

    void apply(const Outcome& outcome) {
        for (const Fact& fact : outcome.facts) {
            if (fact.value) facts[{fact.kind, fact.key}] = *fact.value;
            if (!fact.value) facts.erase({fact.kind, fact.key});
        }
        for (const NewUnit& added : outcome.units) {
            if (units.contains({added.kind, added.key})) continue;
            ModelUnit unit;
            unit.number = static_cast<int>(units.size()) + 1;
            unit.kind = added.kind;
            unit.key = added.key;
            unit.order = added.order;
            units[{added.kind, added.key}] = unit;
        }
        for (auto& [name, unit] : units) {
            if (!outcome.return_set_aside || unit.state != 's') continue;
            unit.state = 'q';
            unit.failures = unit.child = unit.owner = 0;
        }
    }

    // Numbers of the units that a claim must give, in order.
    std::vector<int> claim(const std::string& kind, std::size_t count, seconds lease_for) {
        std::map<std::tuple<std::int64_t, seconds, int>, ModelUnit*> together, alone;
        bool work = false, others = false;
        for (auto& [name, unit] : units) {
            work = work || working(unit);
            if (working(unit) && unit.owner >= 3) return {};
            if (!waiting(unit)) continue;
            others = others || unit.owner < 3;
            const bool fits = (unit.state == 'l' || unit.due <= now) && (kind.empty() || unit.kind == kind);
            if (fits) (unit.owner >= 3 ? alone : together)[{unit.order, unit.due, unit.number}] = &unit;
        }
        const bool only = together.empty() && !work && !others;
        std::vector<int> given;
        for (auto& [place, unit] : only ? alone : together) {
            if (given.size() == (only ? std::min<std::size_t>(count, 1) : count)) break;
            unit->state = 'l';
            unit->epoch += 1;
            unit->until = lease_for == seconds{0} ? seconds{0} : now + lease_for;
            unit->due = seconds{0};
            given.push_back(unit->number);
        }
        return given;
    }

    void leave(ModelUnit& unit, char state, seconds delay = seconds{0}) {
        unit.state = state;
        unit.due = delay == seconds{0} ? delay : now + delay;
        unit.until = seconds{0};
    }
    void next_owner() {
        for (auto& [name, unit] : units) {
            if (unit.state != 'l') continue;
            unit.owner += 1;
            leave(unit, 'q');
        }
    }
    std::string text() const {
        std::string lines;
        for (const auto& [name, value] : facts)
            lines += fmt::format("{} {} {}\n", name.first, name.second, value);
        for (const auto& [name, unit] : units) {
            lines +=
                fmt::format("{} {} {} {} {} {} {} {}\n", unit.number, unit.kind, unit.key, unit.checkpoint,
                            unit.state, unit.epoch, unit.failures, unit.child + unit.owner);
        }
        return lines;
    }
};

std::string text_of(const Ledger& ledger) {
    Query query;
    std::string lines;
    for (const Fact& fact : ledger.read(query).value_or(Answer{}).facts) {
        lines += fmt::format("{} {} {}\n", fact.kind, fact.key, fact.value.value_or(""));
    }
    query.what = Query::What::units;
    for (const UnitRow& row : ledger.read(query).value_or(Answer{}).units) {
        lines += fmt::format("{} {} {} {} {} {} {} {}\n", row.id, row.kind, row.key, row.checkpoint,
                             name_of(row.state)[0], row.epoch, row.failures, row.deaths);
    }
    return lines;
}

std::string pick_name(const char* first, int count) {
    return std::string(1, static_cast<char>(*first + *rc::gen::inRange(0, count)));
}

Outcome some_outcome() {
    Outcome outcome;
    for (int n = *rc::gen::inRange(0, 3); n > 0; --n) {
        const bool remove = *rc::gen::inRange(0, 4) == 0;
        outcome.facts.push_back({pick_name("x", 2), pick_name("a", 3),
                                 remove ? std::optional<std::string>{} : pick_name("0", 9)});
    }
    for (int n = *rc::gen::inRange(0, 3); n > 0; --n) {
        outcome.units.push_back({.kind = pick_name("k", 2),
                                 .key = pick_name("a", 6),
                                 .payload = "{}",
                                 .order = *rc::gen::inRange(-1, 2)});
    }
    outcome.return_set_aside = *rc::gen::inRange(0, 8) == 0;
    return outcome;
}

using Open = std::function<std::unique_ptr<Ledger>()>;
enum class Lives : std::uint8_t { once, on };  // whether a ledger outlives its owner

// One ledger beside the model. It opens the ledger itself: one that was opened under the machine's clock
// would take the model's for another boot's at the next opening and count its delays as over.
class Pair {
  public:
    Pair(Open open, Lives lives) : open_(std::move(open)), lives_(lives), ledger_(open_()) {
        RC_ASSERT(ledger_ != nullptr);
    }

    void run(int steps) {
        for (int step = 0; step < steps; ++step) {
            take_step(*rc::gen::inRange(0, lives_ == Lives::on ? 11 : 10));
            RC_ASSERT(text_of(*ledger_) == model_.text());
        }
    }

  private:
    void take_step(int which) {
        switch (which) {
            case 0:
            case 1:
                return record();
            case 2:
            case 3:
            case 4:
                return claim();
            case 5:
                return fail();
            case 6:
                return checkpoint();
            case 7:
                return finish();
            case 8:
                return release_or_renew();
            case 9:
                return wait();
            default:
                return next_owner();
        }
    }

    void record() {
        const Outcome outcome = some_outcome();
        model_.apply(outcome);
        RC_ASSERT(ledger_->record(outcome).has_value());
    }
    void claim() {
        const std::string kind = *rc::gen::inRange(0, 2) == 0 ? "" : pick_name("k", 3);
        const auto count = static_cast<std::size_t>(*rc::gen::inRange(0, 4));
        const seconds lease_for{*rc::gen::inRange(0, 3) * 5};
        ClaimRequest request{.kinds = {}, .count = count, .owner = "model", .lease_for = lease_for};
        if (!kind.empty()) request.kinds = {kind};
        const auto leases = ledger_->claim(request);
        RC_ASSERT(leases.has_value());
        std::vector<int> given;
        for (const Lease& lease : *leases) {
            given.push_back(static_cast<int>(lease.ref.unit));
            leases_.push_back(lease.ref);
        }
        RC_ASSERT(given == model_.claim(kind, count, lease_for));
        for (const Lease& lease : *leases) {
            const ModelUnit* unit = model_.held(lease.ref);
            RC_ASSERT(unit != nullptr);
            RC_ASSERT(lease.alone == (unit->owner >= 3));
            RC_ASSERT(lease.checkpoint == unit->checkpoint);
        }
    }
    // Any lease ever given: most are over by then.
    LeaseRef some_lease() {
        if (leases_.empty()) return {.unit = 1, .epoch = 1};
        const int newest = static_cast<int>(leases_.size()) - 1;
        return leases_[static_cast<std::size_t>(std::max(0, newest - *rc::gen::inRange(0, 6)))];
    }
    template <class Value>
    void expect(const Result<Value>& result, bool allowed) {
        RC_ASSERT(result.has_value() == allowed);
        if (!allowed) RC_ASSERT(result.error().code == Code::fenced);
    }
    void fail() {
        const LeaseRef lease = some_lease();
        const bool died = *rc::gen::inRange(0, 2) == 0;
        const seconds delay{*rc::gen::inRange(0, 3) * 5};
        ModelUnit* unit = model_.held(lease);
        const auto state = ledger_->fail(lease, died ? FailKind::child_death : FailKind::failure,
                                         conformance::some_error(), delay);
        expect(state, unit != nullptr);
        if (unit == nullptr) return;
        const bool aside = died ? ++unit->child >= 3 : ++unit->failures >= 5;
        model_.leave(*unit, aside ? 's' : 'q', aside ? seconds{0} : delay);
        RC_ASSERT(*state == (aside ? State::set_aside : State::queued));
    }
    void checkpoint() {
        const LeaseRef lease = some_lease();
        const Outcome outcome = some_outcome();
        const std::string progress = pick_name("0", 9);
        ModelUnit* unit = model_.held(lease);
        expect(ledger_->checkpoint(lease, progress, outcome), unit != nullptr);
        if (unit == nullptr) return;
        unit->checkpoint = progress;
        unit->failures = unit->child = unit->owner = 0;
        model_.apply(outcome);
    }
    void finish() {
        const LeaseRef lease = some_lease();
        const Outcome outcome = some_outcome();
        ModelUnit* unit = model_.held(lease);
        expect(ledger_->finish(lease, outcome), unit != nullptr);
        if (unit == nullptr) return;
        model_.leave(*unit, 'd');
        unit->checkpoint.clear();
        model_.apply(outcome);
    }
    void release_or_renew() {
        const LeaseRef lease = some_lease();
        ModelUnit* unit = model_.held(lease);
        if (*rc::gen::inRange(0, 2) == 0) {
            const seconds delay{*rc::gen::inRange(0, 3) * 5};
            expect(ledger_->release(lease, delay), unit != nullptr);
            if (unit != nullptr) model_.leave(*unit, 'q', delay);
        } else {
            expect(ledger_->renew(std::span(&lease, 1), seconds{5}), unit != nullptr);
            if (unit != nullptr) unit->until = model_.now + seconds{5};
        }
    }
    void wait() {
        const seconds by{*rc::gen::inRange(1, 9)};
        clock_.advance(by);
        model_.now += by;
        // Nothing may depend on the wall clock.
        clock_.jump_wall(seconds{*rc::gen::inRange(0, 2'000'000'000)});
    }
    void next_owner() {
        ledger_.reset();
        ledger_ = open_();
        RC_ASSERT(ledger_ != nullptr);
        model_.next_owner();
    }

    clock::Fixed clock_{seconds{1000}, seconds{1'700'000'000}};  // first: in force whenever the ledger is
    Model model_;
    Open open_;
    Lives lives_;
    std::unique_ptr<Ledger> ledger_;
    std::vector<LeaseRef> leases_;
};

TEST(Model, AgreesWithMemory) {
    EXPECT_TRUE(rc::check("memory ledger", [] { Pair(make_memory_ledger, Lives::once).run(60); }));
}

TEST(Model, AgreesWithSqlite) {
    EXPECT_TRUE(rc::check("sqlite ledger", [] {
        const TestFolder folder;
        const Open open = [&]() -> std::unique_ptr<Ledger> {
            auto opened = open_sqlite(folder.path("ledger.sqlite"));
            return opened.has_value() && !opened->moved_aside ? std::move(opened->ledger) : nullptr;
        };
        Pair(open, Lives::on).run(60);
    }));
}

}  // namespace
}  // namespace haul::ledger

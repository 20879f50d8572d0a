// What a claim, and the other questions that are asked all the time, read of a ledger of many units: counted
// in the steps of SQLite's machine, which are the same on every machine.
#include "ledger/sqlite/queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "ledger/sqlite/operations.h"
#include "ledger/sqlite/rows.h"
#include "ledger/sqlite/schema.h"
#include "ledger/sqlite/select.h"
#include "ledger/test_folder.h"

namespace haul::ledger::sqlite {
namespace {

using namespace std::chrono_literals;

struct Steps {
    int steps = 0;  // of SQLite's machine
    int rows = 0;   // passed over without an index
    int sorts = 0;
};

// Of all statements since the last call.
Steps take_steps(Connection& connection) {
    Steps taken;
    for (sqlite3_stmt* at = nullptr; (at = sqlite3_next_stmt(connection.handle(), at)) != nullptr;) {
        taken.steps += sqlite3_stmt_status(at, SQLITE_STMTSTATUS_VM_STEP, 1);
        taken.rows += sqlite3_stmt_status(at, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
        taken.sorts += sqlite3_stmt_status(at, SQLITE_STMTSTATUS_SORT, 1);
    }
    return taken;
}

// A ledger with as many units that are put off, done and set aside, and one that is claimable.
class Crowd {
  public:
    explicit Crowd(int many) {
        EXPECT_TRUE(upgrade(*connection_, 0, upgrades()).has_value());
        // The first opening would count what was put off before it as due.
        EXPECT_TRUE(operations_.take_over().has_value());
        EXPECT_TRUE(transact(*connection_, [&] { return fill(many); }).has_value());
        EXPECT_TRUE(operations_.take_over().has_value());
    }
    Connection& connection() { return *connection_; }

    std::vector<std::string> claim(std::size_t count = 1) {
        const auto leases = operations_.claim({.kinds = {}, .count = count, .owner = "me"});
        EXPECT_TRUE(leases.has_value());
        std::vector<std::string> keys;
        for (const Lease& lease : leases.value_or(std::vector<Lease>{})) keys.push_back(lease.key);
        return keys;
    }
    Steps steps_of_claim(std::size_t found) {
        take_steps(*connection_);
        EXPECT_EQ(claim().size(), found);
        return take_steps(*connection_);
    }
    Steps steps_of_any(State state, bool found) {
        Query query;
        query.what = Query::What::any_unit;
        query.kind = "download";
        query.state = state;
        take_steps(*connection_);
        EXPECT_EQ(select(*connection_, query).value_or(Answer{}).any_unit, found);
        return take_steps(*connection_);
    }

  private:
    Status fill(int many) {
        for (int n = 0; n < many; ++n) {
            for (const State state : {State::queued, State::done, State::set_aside}) {
                Unit unit = made(fmt::format("{}-{:06}", name_of(state), n));
                unit.state = state;
                if (state == State::queued) unit.due = clock::boot() + 1h + n * 1ms;
                TRY(add_unit(*connection_, unit));
            }
        }
        TRY(add_unit(*connection_, made("now")));
        return {};
    }
    Unit made(std::string key) {
        return unit_from({.kind = "download", .key = std::move(key), .payload = "{}"}, ++id_);
    }

    TestFolder folder_;
    std::unique_ptr<Connection> connection_ = Connection::open(folder_.path("ledger.sqlite")).value();
    Operations operations_{*connection_};
    UnitId id_ = 0;
};

class Queues : public testing::Test {
    clock::Fixed clock_{1000s, 1s};
};

TEST_F(Queues, AClaimCostsTheSameHoweverManyUnitsThereAre) {
    Crowd few(10), many(3000);
    const Steps of_few = few.steps_of_claim(1), of_many = many.steps_of_claim(1);
    EXPECT_GT(of_few.steps, 0);
    EXPECT_EQ(of_few.steps, of_many.steps);
    EXPECT_EQ(of_many.rows, 0);
    EXPECT_EQ(of_many.sorts, 0);
}

TEST_F(Queues, AClaimThatFindsNothingDueCostsTheSame) {
    Crowd few(10), many(3000);
    few.claim();
    many.claim();
    const Steps of_few = few.steps_of_claim(0), of_many = many.steps_of_claim(0);
    EXPECT_EQ(of_few.steps, of_many.steps);
    EXPECT_EQ(of_many.rows, 0);
}

TEST_F(Queues, WhetherThereIsAUnitCostsTheSame) {
    Crowd few(10), many(3000);
    for (const State state : {State::queued, State::leased, State::done, State::set_aside}) {
        const bool found = state != State::leased;
        const Steps of_few = few.steps_of_any(state, found), of_many = many.steps_of_any(state, found);
        EXPECT_EQ(of_few.steps, of_many.steps) << name_of(state);
        EXPECT_EQ(of_many.rows, 0) << name_of(state);
    }
}

TEST_F(Queues, OpeningAsksForItsKindsOneByOne) {
    Crowd few(10), many(3000);
    const auto steps = [](Crowd& crowd) {
        take_steps(crowd.connection());
        EXPECT_EQ(kinds_of_units(crowd.connection()).value().size(), 1U);
        return take_steps(crowd.connection()).steps;
    };
    EXPECT_EQ(steps(few), steps(many));
}

}  // namespace
}  // namespace haul::ledger::sqlite

#include "ledger/sqlite/schema.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "ledger/sqlite/damage.h"
#include "ledger/sqlite/rows.h"
#include "ledger/sqlite/sqlite_ledger.h"
#include "ledger/test_folder.h"

namespace haul::ledger::sqlite {
namespace {

std::unique_ptr<Connection> connect(const std::string& path) {
    auto connection = Connection::open(path);
    return connection.has_value() ? std::move(*connection) : nullptr;
}

std::int64_t ask(Connection& connection, const std::string& sql) {
    return connection.integer_of(sql).value_or(-1);
}

// Stands for a change of a later release: a column more, filled from what is there.
Status add_weight(Connection& connection) {
    return connection.exec(
        "ALTER TABLE unit ADD COLUMN weight INTEGER NOT NULL DEFAULT 0; UPDATE unit SET weight = ord * 2");
}
Status breaks_half_way(Connection& connection) {
    TRY(connection.exec("CREATE TABLE half (a INTEGER)"));
    return connection.exec("CREATE TABLE unit (a INTEGER)");
}

// A file of version 1, made by hand.
void make_older(Connection& connection) {
    ASSERT_TRUE(upgrade(connection, 0, upgrades().first(1)).has_value());
    const Unit unit = unit_from({.kind = "part", .key = "00001", .payload = "{}", .order = 21}, 1);
    ASSERT_TRUE(add_unit(connection, unit).has_value());
    ASSERT_TRUE(put_fact(connection, {"k", "a", "1"}).has_value());
}

TEST(Schema, OlderFileIsUpgradedAndKeepsItsRows) {
    const TestFolder folder;
    const auto connection = connect(folder.path("l"));
    make_older(*connection);
    const std::array<Upgrade, 2> steps = {upgrades()[0], add_weight};
    const auto found = inspect_version(*connection, 2);
    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->version, 1);
    ASSERT_TRUE(upgrade(*connection, found->version, steps).has_value());
    EXPECT_EQ(ask(*connection, "PRAGMA user_version"), 2);
    EXPECT_EQ(ask(*connection, "SELECT weight FROM unit WHERE id = 1"), 42);
    const Status sound = check_file(*connection);
    EXPECT_TRUE(sound.has_value()) << sound.error().message();
}

TEST(Schema, LedgerOfEachEarlierVersionOpensAsItIsAndIsCurrentThen) {
    for (std::size_t version = 1; version < upgrades().size(); ++version) {
        const TestFolder folder;
        const std::string path = folder.path("ledger.sqlite");
        {
            const auto connection = connect(path);
            ASSERT_TRUE(upgrade(*connection, 0, upgrades().first(version)).has_value());
            const Unit unit = unit_from({.kind = "part", .key = "00001", .payload = "{}", .order = 21}, 1);
            ASSERT_TRUE(add_unit(*connection, unit).has_value());
            ASSERT_TRUE(put_fact(*connection, {"k", "a", "1"}).has_value());
        }
        for (int turn = 0; turn < 2; ++turn) {
            const auto opened = open_sqlite(path);
            ASSERT_TRUE(opened.has_value()) << opened.error().message();
            EXPECT_FALSE(opened->created || opened->moved_aside) << "version " << version;
            EXPECT_EQ(fact(*opened->ledger, "k", "a").value(), "1");
            const auto leases = opened->ledger->claim({.kinds = {}, .count = 9, .owner = "me"});
            ASSERT_TRUE(leases.has_value());
            ASSERT_EQ(leases->size(), 1U);
            EXPECT_EQ(leases->front().key, "00001");
        }
        EXPECT_EQ(ask(*connect(path), "PRAGMA user_version"), static_cast<std::int64_t>(upgrades().size()));
    }
}

TEST(Schema, FailedUpgradeLeavesTheOlderVersionWhole) {
    const TestFolder folder;
    const auto connection = connect(folder.path("l"));
    make_older(*connection);
    const std::array<Upgrade, 3> steps = {upgrades()[0], add_weight, breaks_half_way};
    EXPECT_FALSE(upgrade(*connection, 1, steps).has_value());
    EXPECT_EQ(ask(*connection, "PRAGMA user_version"), 2);
    EXPECT_EQ(ask(*connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"), 0);
    EXPECT_TRUE(check_file(*connection).has_value());
}

TEST(Schema, EmptyDatabaseOfAKilledFirstOpenBecomesCurrent) {
    const TestFolder folder;
    const std::string path = folder.path("ledger.sqlite");
    {
        const auto connection = connect(path);
        ASSERT_TRUE(
            connection->exec("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL").has_value());
    }
    const auto opened = open_sqlite(path);
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    EXPECT_TRUE(opened->created);
    EXPECT_FALSE(opened->moved_aside);
}

TEST(Schema, NewerFileIsRefusedAndNotTouched) {
    const TestFolder folder;
    const std::string path = folder.path("ledger.sqlite");
    ASSERT_TRUE(open_sqlite(path).has_value());
    ASSERT_TRUE(connect(path)->exec("PRAGMA journal_mode = DELETE; PRAGMA user_version = 99").has_value());
    for (int turn = 0; turn < 2; ++turn) {
        const auto opened = open_sqlite(path);
        ASSERT_FALSE(opened.has_value());
        EXPECT_EQ(opened.error().code, Code::unsupported);
        EXPECT_NE(opened.error().message().find("99"), std::string::npos);
        EXPECT_FALSE(opened.error().remedy.empty());
    }
    const auto connection = connect(path);
    EXPECT_EQ(ask(*connection, "PRAGMA user_version"), 99);
    EXPECT_EQ(ask(*connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'unit'"), 1);
}

struct Foreign {
    std::string name, sql;
};
class ForeignDatabase : public testing::TestWithParam<Foreign> {};

TEST_P(ForeignDatabase, IsMovedAside) {
    const TestFolder folder;
    const std::string path = folder.path("ledger.sqlite");
    ASSERT_TRUE(open_sqlite(path).has_value());
    ASSERT_TRUE(connect(path)->exec(GetParam().sql.c_str()).has_value());
    const auto opened = open_sqlite(path);
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    EXPECT_TRUE(opened->created);
    ASSERT_TRUE(opened->damage);
    EXPECT_EQ(opened->damage->code, Code::corrupt);
}

INSTANTIATE_TEST_SUITE_P(
    Schema, ForeignDatabase,
    testing::Values(Foreign{"other_application", "PRAGMA application_id = 7"},
                    Foreign{"other_table", "CREATE TABLE x (a)"}, Foreign{"lost_table", "DROP TABLE fact"},
                    Foreign{"lost_index", "DROP INDEX unit_queue"},
                    Foreign{"version_zero", "PRAGMA user_version = 0"},
                    Foreign{"negative", "PRAGMA user_version = -1"},
                    Foreign{"row_changed", "UPDATE info SET value = x'00' WHERE name = x'626f6f745f6964'"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace haul::ledger::sqlite

#include "ledger/sqlite/sqlite_ledger.h"

#include <string_view>
#include <utility>

#include "ledger/sqlite/backup.h"
#include "ledger/sqlite/connection.h"
#include "ledger/sqlite/damage.h"
#include "ledger/sqlite/folder.h"
#include "ledger/sqlite/operations.h"
#include "ledger/sqlite/schema.h"
#include "ledger/sqlite/select.h"
#include "ledger/sqlite/writer.h"

namespace haul::ledger {
namespace {

using sqlite::Connection;
using sqlite::Operations;
using sqlite::Writer;
using std::chrono::nanoseconds;

class SqliteLedger final : public Ledger {
  public:
    SqliteLedger(std::unique_ptr<Connection> connection, Operations operations)
        : connection_(connection.get()), operations_(std::move(operations)), writer_(std::move(connection)) {}

    Result<std::vector<Lease>> claim(const ClaimRequest& request) override {
        return value_of<std::vector<Lease>>([&] { return operations_.claim(request); });
    }
    Status renew(std::span<const LeaseRef> leases, nanoseconds lease_for) override {
        return writer_.run([&] { return operations_.renew(leases, lease_for); });
    }
    Status checkpoint(const LeaseRef& lease, std::string_view progress, const Outcome& outcome) override {
        return writer_.run([&] { return operations_.checkpoint(lease, progress, outcome); });
    }
    Status finish(const LeaseRef& lease, const Outcome& outcome) override {
        return writer_.run([&] { return operations_.finish(lease, outcome); });
    }
    Result<State> fail(const LeaseRef& lease, FailKind kind, const Error& error, nanoseconds delay) override {
        return value_of<State>([&] { return operations_.fail(lease, kind, error, delay); });
    }
    Status release(const LeaseRef& lease, nanoseconds delay) override {
        return writer_.run([&] { return operations_.release(lease, delay); });
    }
    Status record(const Outcome& outcome) override {
        return writer_.run([&] { return operations_.record(outcome); });
    }
    Result<Answer> read(const Query& query) const override {
        return value_of<Answer>([&] { return sqlite::select(*connection_, query); });
    }
    Status back_up(const std::string& path) override {
        // A step between the calls of others: some 4 MiB.
        constexpr int kPages = 1024;
        std::unique_ptr<sqlite::Backup> backup;
        bool done = false;
        Status copied = writer_.run_between([&]() -> Status {
            backup = TRY(sqlite::Backup::begin(*connection_, path));
            return {};
        });
        while (copied && !done) {
            copied = writer_.run_between([&]() -> Status {
                done = TRY(backup->step(kPages));
                return {};
            });
        }
        const Status ended = writer_.run_between([&]() -> Status {
            backup.reset();
            return {};
        });
        return copied ? ended : copied;
    }

  private:
    // Hands the value out only once it is durable.
    template <class Value, class Call>
    Result<Value> value_of(const Call& call) const {
        std::optional<Value> value;
        TRY(writer_.run([&]() -> Status {
            value = TRY(call());
            return {};
        }));
        return *std::move(value);
    }

    Connection* connection_;  // the writer's; only its thread uses it
    Operations operations_;
    mutable Writer writer_;  // last: ends, and with it every use of the others, first
};

constexpr const char* kBusyRemedy = "end the other run, or wait for it";

// What a defect or damage looks like before the file is known to be good: our own statements do not fit its
// tables.
Error as_damage(Error error) {
    if (error.code == Code::internal) error.code = Code::corrupt;
    return error;
}

// Takes the file's lock, which this connection then keeps until it is closed.
Status lock_and_set_up(Connection& connection) {
    TRY(connection.exec("PRAGMA locking_mode = EXCLUSIVE"));
    const Status locked = connection.exec("BEGIN EXCLUSIVE; COMMIT");
    if (!locked.has_value()) {
        // We may write here (check_access): then it is the file's header that forbids it.
        Error error = locked.error();
        if (error.code == Code::denied) error.code = Code::corrupt;
        return failure(std::move(error));
    }
    TRY(connection.exec("PRAGMA synchronous = FULL"));
    return connection.exec("PRAGMA secure_delete = ON");
}

// To be called on a file that was checked, or is new: this writes.
Status use_log(Connection& connection, bool is_new) {
    if (is_new) TRY(connection.exec("PRAGMA auto_vacuum = INCREMENTAL"));
    TRY(connection.exec("PRAGMA journal_mode = WAL"));
    return connection.exec("PRAGMA journal_size_limit = 4194304");
}

// Making a file takes a dozen steps that each would sync; nothing is promised before the last, so one sync
// there does.
Status begin_new_file(Connection& connection) { return connection.exec("PRAGMA synchronous = OFF"); }
Status end_new_file(Connection& connection) {
    TRY(connection.exec("PRAGMA synchronous = FULL"));
    TRY(connection.fold_log(true));
    return sqlite::sync_folder_of(connection.path());
}

Result<OpenedSqlite> open_file(const std::string& path) {
    TRY(sqlite::check_access(path));
    auto connection = TRY(Connection::open(path));
    TRY(lock_and_set_up(*connection));

    const auto newest = static_cast<std::int64_t>(sqlite::upgrades().size());
    const sqlite::Found found = TRY(sqlite::inspect_version(*connection, newest));
    TRY(found.empty ? begin_new_file(*connection) : sqlite::check_file(*connection));
    TRY(use_log(*connection, found.empty));
    TRY(sqlite::upgrade(*connection, found.version, sqlite::upgrades()));
    Operations operations(*connection);
    TRY(operations.take_over());
    if (found.empty) TRY(end_new_file(*connection));

    OpenedSqlite opened;
    opened.created = found.empty;
    opened.ledger = std::make_unique<SqliteLedger>(std::move(connection), std::move(operations));
    return opened;
}

}  // namespace

Result<OpenedSqlite> open_sqlite(const std::string& path) {
    auto opened = open_file(path);
    if (opened.has_value()) return opened;
    Error error = as_damage(std::move(opened).error());
    if (error.code == Code::busy) return failure(std::move(error).with_remedy(kBusyRemedy));
    if (error.code != Code::corrupt) return failure(std::move(error));

    const std::string aside = TRY(sqlite::move_aside(path));
    OpenedSqlite fresh = TRY(open_file(path));
    fresh.moved_aside = aside;
    fresh.damage = std::move(error);
    return fresh;
}

}  // namespace haul::ledger

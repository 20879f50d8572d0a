// One SQLite connection: owns the handle and a cache of prepared statements; turns result codes into Errors.
//
// Not thread-safe: one thread at a time. Statements borrow from the connection and give themselves back when
// they end; values that are bound must outlive the statement's last step. Bytes are bound and stored as
// BLOBs, so that comparison is byte order.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

namespace haul::ledger::sqlite {

// SQLite's own words with our code: busy, no_space, denied, corrupt, io, internal. `db` may be null.
[[nodiscard]] Error error_of(sqlite3* db, int rc, std::string operation, const std::string& path);

class Statement {
  public:
    Statement(sqlite3* db, sqlite3_stmt* prepared, const std::string& path)
        : db_(db), at_(prepared), path_(&path) {}
    ~Statement() { sqlite3_reset(at_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    // To the next parameter, from left to right. What cannot be bound is reported by step().
    Statement& bind(std::int64_t value);
    Statement& bind(std::string_view bytes);
    // true: on a row. false: no more.
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] Status run();

    [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(at_, column); }
    // Valid until the next step.
    [[nodiscard]] std::string_view bytes(int column) const;
    [[nodiscard]] int type(int column) const { return sqlite3_column_type(at_, column); }

  private:
    sqlite3* db_;
    sqlite3_stmt* at_;
    const std::string* path_;
    int bound_ = 0;
    int bind_result_ = SQLITE_OK;
};

class Connection {
  public:
    // Takes no lock yet. Nothing is created before the first write.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const std::string& path);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Cached under its text; one use of the same text at a time.
    [[nodiscard]] Result<std::unique_ptr<Statement>> use(const std::string& sql);
    // One or several statements without parameters; rows are ignored.
    [[nodiscard]] Status exec(const char* sql);
    // One statement without parameters, cached: for what runs often.
    [[nodiscard]] Status run(const std::string& sql);
    // First column of the first row; 0 where there is none.
    [[nodiscard]] Result<std::int64_t> integer_of(const std::string& sql);

    [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }
    [[nodiscard]] std::int64_t changes() const { return sqlite3_changes64(db_); }
    [[nodiscard]] std::int64_t total_changes() const { return sqlite3_total_changes64(db_); }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] sqlite3* handle() const { return db_; }

    // Pages in the write-ahead log after the last commit.
    [[nodiscard]] int log_pages() const { return log_pages_; }
    // Moves the write-ahead log into the file. `empty_log`: also cuts it to nothing.
    [[nodiscard]] Status fold_log(bool empty_log);
    // Whether closing folds the log and removes it; not while the file may be damaged or newer than we are.
    void fold_log_on_close(bool fold);

  private:
    Connection() = default;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    std::string path_;
    sqlite3* db_ = nullptr;
    std::unordered_map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
    int log_pages_ = 0;
};

// `body` in one transaction: committed where it succeeds, undone where it fails.
template <class Body>
[[nodiscard]] Status transact(Connection& connection, Body&& body) {
    TRY(connection.run("BEGIN IMMEDIATE"));
    Status done = body();
    if (done.has_value()) done = connection.run("COMMIT");
    if (!done.has_value() && connection.in_transaction()) static_cast<void>(connection.run("ROLLBACK"));
    return done;
}

}  // namespace haul::ledger::sqlite

#include "ledger/sqlite/connection.h"

#include <cerrno>
#include <utility>

namespace haul::ledger::sqlite {
namespace {

constexpr const char* kMakeRoom = "make room on that disk, or keep the state elsewhere with --state DIR";

Code code_of(int rc, int errno_value) {
    if (errno_value == ENOSPC || errno_value == EDQUOT) return Code::no_space;
    switch (rc & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Code::busy;
        case SQLITE_FULL:
            return Code::no_space;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return Code::denied;
        case SQLITE_CANTOPEN:
            return errno_value == EACCES || errno_value == EROFS ? Code::denied : Code::io;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Code::corrupt;
        case SQLITE_IOERR:
        case SQLITE_NOMEM:
            return Code::io;
        default:
            return Code::internal;
    }
}

bool from_the_system(int rc) {
    const int primary = rc & 0xff;
    return primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_FULL;
}

int note_log_pages(void* pages, sqlite3*, const char*, int in_log) {
    *static_cast<int*>(pages) = in_log;
    return SQLITE_OK;
}

}  // namespace

Error error_of(sqlite3* db, int rc, std::string operation, const std::string& path) {
    const int errno_value = db != nullptr && from_the_system(rc) ? sqlite3_system_errno(db) : 0;
    std::string detail = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
    Error error = make_error(code_of(rc, errno_value), std::move(operation), path, std::move(detail));
    error.os_error = errno_value;
    if (error.code == Code::no_space) error.remedy = kMakeRoom;
    return error;
}

Statement& Statement::bind(std::int64_t value) {
    const int rc = sqlite3_bind_int64(at_, ++bound_, value);
    if (rc != SQLITE_OK) bind_result_ = rc;
    return *this;
}

Statement& Statement::bind(std::string_view bytes) {
    // A null pointer would bind NULL instead of no bytes.
    const char* begin = bytes.data() == nullptr ? "" : bytes.data();
    const int rc = sqlite3_bind_blob64(at_, ++bound_, begin, bytes.size(), SQLITE_STATIC);
    if (rc != SQLITE_OK) bind_result_ = rc;
    return *this;
}

Result<bool> Statement::step() {
    if (bind_result_ != SQLITE_OK) return failure(error_of(db_, bind_result_, "write ledger", *path_));
    const int rc = sqlite3_step(at_);
    if (rc == SQLITE_ROW) return true;
    if (rc == SQLITE_DONE) return false;
    const bool reads = sqlite3_stmt_readonly(at_) != 0;
    return failure(error_of(db_, rc, reads ? "read ledger" : "write ledger", *path_));
}

Status Statement::run() {
    while (TRY(step())) {
    }
    return {};
}

std::string_view Statement::bytes(int column) const {
    const void* begin = sqlite3_column_blob(at_, column);
    const int size = sqlite3_column_bytes(at_, column);
    return begin == nullptr
               ? std::string_view()
               : std::string_view(static_cast<const char*>(begin), static_cast<std::size_t>(size));
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path) {
    std::unique_ptr<Connection> connection(new Connection());
    connection->path_ = path;
    constexpr int kFlags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    // "./" keeps SQLite from taking a name such as ":memory:" for something else.
    const std::string name = path.starts_with('/') ? path : "./" + path;
    const int rc = sqlite3_open_v2(name.c_str(), &connection->db_, kFlags, nullptr);
    if (rc != SQLITE_OK) return failure(error_of(connection->db_, rc, "open ledger", path));
    connection->fold_log_on_close(false);
    // In place of SQLite's own: folding within a commit would make its caller wait.
    sqlite3_wal_hook(connection->db_, note_log_pages, &connection->log_pages_);
    return connection;
}

Connection::~Connection() {
    statements_.clear();
    sqlite3_close_v2(db_);
}

Result<std::unique_ptr<Statement>> Connection::use(const std::string& sql) {
    auto& cached = statements_[sql];
    if (!cached) {
        sqlite3_stmt* prepared = nullptr;
        const int rc = sqlite3_prepare_v3(db_, sql.c_str(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
        if (rc != SQLITE_OK) return failure(error_of(db_, rc, "read ledger", path_));
        cached.reset(prepared);
    }
    return std::make_unique<Statement>(db_, cached.get(), path_);
}

Status Connection::exec(const char* sql) {
    const int rc = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
    if (rc != SQLITE_OK) return failure(error_of(db_, rc, "write ledger", path_));
    return {};
}

Status Connection::run(const std::string& sql) {
    const auto statement = TRY(use(sql));
    return statement->run();
}

Result<std::int64_t> Connection::integer_of(const std::string& sql) {
    const auto statement = TRY(use(sql));
    return TRY(statement->step()) ? statement->integer(0) : 0;
}

Status Connection::fold_log(bool empty_log) {
    const int mode = empty_log ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    const int rc = sqlite3_wal_checkpoint_v2(db_, "main", mode, nullptr, nullptr);
    if (rc != SQLITE_OK) return failure(error_of(db_, rc, "fold the log of ledger", path_));
    log_pages_ = 0;
    return {};
}

void Connection::fold_log_on_close(bool fold) {
    sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, fold ? 0 : 1, nullptr);
}

}  // namespace haul::ledger::sqlite

#include "ledger/sqlite/backup.h"

#include <utility>

namespace haul::ledger::sqlite {

Result<std::unique_ptr<Backup>> Backup::begin(Connection& source, const std::string& path) {
    std::unique_ptr<Backup> backup(new Backup(path));
    const int rc =
        sqlite3_open_v2(path.c_str(), &backup->to_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    if (rc != SQLITE_OK) return failure(error_of(backup->to_, rc, "back the ledger up to", path));
    backup->copy_ = sqlite3_backup_init(backup->to_, "main", source.handle(), "main");
    if (backup->copy_ == nullptr)
        return failure(error_of(backup->to_, sqlite3_errcode(backup->to_), "back the ledger up to", path));
    return backup;
}

Backup::~Backup() {
    sqlite3_backup_finish(copy_);
    sqlite3_close(to_);
}

Result<bool> Backup::step(int pages) {
    const int rc = sqlite3_backup_step(copy_, pages);
    if (rc == SQLITE_OK) return false;
    const int finished = sqlite3_backup_finish(std::exchange(copy_, nullptr));
    if (rc == SQLITE_DONE && finished == SQLITE_OK) return true;
    return failure(error_of(to_, rc == SQLITE_DONE ? finished : rc, "back the ledger up to", path_));
}

}  // namespace haul::ledger::sqlite

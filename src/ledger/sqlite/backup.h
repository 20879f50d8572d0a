// A copy of the database while it is in use, some pages at a time (https://www.sqlite.org/backup.html): what
// the same connection writes meanwhile is in it. Belongs to the thread of the connection.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "ledger/sqlite/connection.h"

namespace haul::ledger::sqlite {

class Backup {
  public:
    // `path` does not exist yet. `source` outlives this.
    [[nodiscard]] static Result<std::unique_ptr<Backup>> begin(Connection& source, const std::string& path);
    ~Backup();
    Backup(const Backup&) = delete;
    Backup& operator=(const Backup&) = delete;

    // true: the copy is whole and durable.
    [[nodiscard]] Result<bool> step(int pages);

  private:
    explicit Backup(std::string path) : path_(std::move(path)) {}
    std::string path_;
    sqlite3* to_ = nullptr;
    sqlite3_backup* copy_ = nullptr;
};

}  // namespace haul::ledger::sqlite

#include "ledger/sqlite/damage.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/file.h"
#include "ledger/sqlite/folder.h"
#include "ledger/sqlite/rows.h"
#include "ledger/sqlite/schema.h"

namespace haul::ledger::sqlite {
namespace {

// "2026-11-22T20:39:35.123Z" -> "20261122T203935Z"
std::string stamp() {
    std::string text = clock::utc_text(clock::wall());
    text.resize(std::min(text.find('.'), text.size()));
    std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'Z'; });
    return text + "Z";
}

// Renames to the first free of NAME.damaged-TIME, NAME.damaged-TIME-2, …
Result<std::string> rename_to_free_name(const file::Fd& folder, const std::string& name) {
    constexpr int kTries = 1000;
    const std::string wanted = fmt::format("{}.damaged-{}", name, stamp());
    std::string to = wanted;
    for (int n = 2; true; ++n) {
        const Status renamed = file::rename_at(folder.get(), name, folder.get(), to, true);
        if (renamed.has_value()) return to;
        if (renamed.error().code != Code::exists || n > kTries) return failure(renamed.error());
        to = fmt::format("{}-{}", wanted, n);
    }
}

}  // namespace

Status check_file(Connection& connection) {
    // Not quick_check: that leaves out whether indexes agree with their tables, and a claim asks an index.
    {
        const auto check = TRY(connection.use("PRAGMA integrity_check(1)"));
        const bool said = TRY(check->step());
        const std::string verdict(said ? check->bytes(0) : "no answer");
        if (verdict != "ok") return failure(Code::corrupt, "open ledger", connection.path(), verdict);
    }
    TRY(check_tables(connection));
    return check_rows(connection);
}

Result<std::string> move_aside(const std::string& path) {
    const Place place = place_of(path);
    const file::Fd folder = TRY(file::open_folder(place.folder));
    // The file first: without it SQLite discards a log that is left behind, but a log without its file would
    // be replayed into the next one.
    const std::string to = TRY(rename_to_free_name(folder, place.name));
    for (const std::string_view beside : {"-wal", "-shm", "-journal"}) {
        const std::string from = place.name + std::string(beside);
        const Status renamed =
            file::rename_at(folder.get(), from, folder.get(), to + std::string(beside), true);
        if (!renamed.has_value() && renamed.error().code != Code::not_found) return failure(renamed.error());
    }
    TRY(file::sync_folder(folder.get(), "."));
    return place.in_folder(to);
}

}  // namespace haul::ledger::sqlite

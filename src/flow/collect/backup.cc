#include "flow/collect/backup.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/fault_point.h"
#include "base/file.h"
#include "base/number.h"
#include "base/zstd.h"
#include "flow/collect/facts.h"
#include "flow/collect/revision.h"
#include "ledger/sqlite/sqlite_ledger.h"
#include "store/send_file.h"

namespace haul::collect {
namespace {

constexpr const char* kFolder = "backup";
constexpr std::string_view kFront = "backup/ledger-", kEnd = ".sqlite.zst";
constexpr std::size_t kKept = 3;
constexpr std::size_t kBlock = std::size_t{1} << 20U;

std::string name_now() {
    // Colons have no place in names of files everywhere.
    std::string time = clock::utc_text(clock::wall());
    std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
    return fmt::format("{}{}{}", kFront, time, kEnd);
}

// "20261129T231502.117Z", as name_now() writes it.
std::optional<clock::Nanoseconds> time_in(std::string_view name) {
    name.remove_prefix(std::min(kFront.size(), name.size()));
    const auto number = [name](std::size_t at, std::size_t length) {
        return name.size() < at ? std::nullopt : text::whole_number<unsigned>(name.substr(at, length));
    };
    const auto year = number(0, 4), month = number(4, 2), day = number(6, 2), hour = number(9, 2),
               minute = number(11, 2), second = number(13, 2);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(*month), std::chrono::day(*day)};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
           std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

// In the job's folder while they are made; what a run that was killed left is replaced.
std::string plain_path(const job::Job& job) { return job.folder() + "/backup.sqlite"; }
std::string packed_path(const job::Job& job) { return plain_path(job) + ".zst"; }

// Gone when the scope is left.
class Passing {
  public:
    explicit Passing(std::vector<std::string> paths) : paths_(std::move(paths)) { remove(); }
    ~Passing() { remove(); }
    Passing(const Passing&) = delete;
    Passing& operator=(const Passing&) = delete;

  private:
    void remove() const {
        for (const std::string& path : paths_) static_cast<void>(file::remove_tree(AT_FDCWD, path));
    }
    std::vector<std::string> paths_;
};

Passing passing_files(const job::Job& job) {
    const std::string plain = plain_path(job);
    return Passing({plain, plain + "-journal", plain + "-wal", plain + "-shm", packed_path(job)});
}

// Reads `from` in blocks; whatever `turn` makes of each is appended to `to`.
template <class Turn>
Status rewrite(const std::string& from, const std::string& to, const std::stop_token& stop,
               const Turn& turn) {
    const file::Fd in = TRY(file::open_at(AT_FDCWD, from, O_RDONLY));
    const file::Fd out = TRY(file::open_at(AT_FDCWD, to, O_WRONLY | O_CREAT | O_TRUNC, 0600));
    const auto size = static_cast<std::uint64_t>(TRY(file::stat_of(in, from)).st_size);
    std::vector<std::byte> block(kBlock);
    std::string made;
    for (std::uint64_t at = 0; at <= size; at += kBlock) {
        if (stop.stop_requested()) return failure(Code::interrupted, "copy", from, "stopped on request");
        const auto part = std::span(block).first(std::min<std::uint64_t>(kBlock, size - at));
        TRY(file::read_exact(in.get(), part, at, from));
        TRY(turn(store::text_of(part), at + kBlock > size, made));
        TRY(file::append_all(out.get(), std::as_bytes(std::span(made)), to));
        made.clear();
    }
    return file::sync_data(out.get(), to);
}

Status pack(const std::string& from, const std::string& to, const std::stop_token& stop) {
    zstd::Compressor compressor;
    return rewrite(from, to, stop, [&](std::string_view block, bool last, std::string& made) -> Status {
        TRY(compressor.write(block, made));
        return last ? compressor.end(made) : Status();
    });
}

Status unpack(const std::string& from, const std::string& to, const std::stop_token& stop) {
    zstd::Decompressor decompressor(from);
    return rewrite(from, to, stop, [&](std::string_view block, bool last, std::string& made) -> Status {
        TRY(decompressor.write(block, made));
        return last ? decompressor.end() : Status();
    });
}

// Newest first; their names are their times.
Result<std::vector<std::string>> copies(store::Store& out, const std::stop_token& stop) {
    std::vector<std::string> names;
    for (const store::Object& object : TRY(store::list_folder(out, kFolder, stop)))
        if (object.name.starts_with(kFront) && object.name.ends_with(kEnd)) names.push_back(object.name);
    std::ranges::sort(names, std::greater());
    return names;
}

// What lies there may be a corpus of somebody else's plan.
Status refuse_another(const std::string& corpus, store::Store& out, job::Job& job) {
    const std::string there = TRY(name_of_corpus(job.ledger()));
    if (there.empty() || there == corpus) return {};
    TRY(job.begin_again());
    return failure(
        make_error(Code::exists, "collect into", out.capabilities().address, "there lies the corpus " + there)
            .with_remedy("give this plan another `out`, or the `name` that its corpus has"));
}

// In the copy itself: a run that dies as soon as it took it leaves a ledger that says what is due.
Status mark_for_rebuild(const std::string& path) {
    const ledger::OpenedSqlite copy = TRY(ledger::open_sqlite(path));
    if (copy.damage) {
        if (copy.moved_aside) TRY(file::remove_tree(AT_FDCWD, *copy.moved_aside));
        return failure(Error(*copy.damage));
    }
    ledger::Outcome outcome;
    outcome.facts.push_back({kDueFact, kRebuild, "{}"});
    return copy.ledger->record(outcome);
}

Status take(store::Store& out, job::Job& job, const std::string& name, const std::stop_token& stop) {
    const Passing files = passing_files(job);
    TRY(store::receive_file(out, name, packed_path(job), stop));
    TRY(unpack(packed_path(job), plain_path(job), stop));
    TRY(mark_for_rebuild(plain_path(job)));
    return job.take_copy(plain_path(job));
}

}  // namespace

Status back_up(store::Store& out, job::Job& job, const std::stop_token& stop) {
    const Passing files = passing_files(job);
    TRY(job.ledger().back_up(plain_path(job)));
    TRY(pack(plain_path(job), packed_path(job), stop));
    FAULT_POINT("collect.backup.packed");
    TRY(store::send_file(out, packed_path(job), name_now(), {}, stop));
    FAULT_POINT("collect.backup.sent");
    const auto names = TRY(copies(out, stop));
    for (std::size_t old = kKept; old < names.size(); ++old) TRY(store::remove_object(out, names[old]));
    return {};
}

Result<std::optional<clock::Nanoseconds>> newest_backup(store::Store& out, const std::stop_token& stop) {
    const auto names = TRY(copies(out, stop));
    return names.empty() ? std::nullopt : time_in(names.front());
}

Status restore(const std::string& corpus, store::Store& out, job::Job& job, report::Hub& hub,
               const std::stop_token& stop) {
    for (const std::string& name : TRY(copies(out, stop))) {
        Status taken = take(out, job, name, stop);
        if (taken) {
            TRY(refuse_another(corpus, out, job));
            hub.note(report::Level::warning,
                     "the ledger was gone: it was rebuilt from the copy " + name +
                         ", and what was done since is found out from the corpus",
                     out.capabilities().address);
            return {};
        }
        if (taken.error().code != Code::corrupt) return taken;
        hub.note(report::Level::warning, "a copy of the ledger cannot be used: " + taken.error().message(),
                 name);
        TRY(job.begin_again());
    }
    return {};
}

}  // namespace haul::collect

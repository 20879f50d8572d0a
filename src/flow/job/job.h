// A job on this machine: its id, its folder, its lock, its ledger, its control socket, its record.
//
// Folder: STATE/jobs/ID/ with `lock`, `job.json` (the request, so that `haul resume ID` can repeat it),
// `ledger.sqlite`, `log.jsonl`, `control` (socket), `parts/` (member lists and progress files of open parts).
// STATE is `--state DIR` or $XDG_STATE_HOME/haul or ~/.local/state/haul. One process holds a job at a time,
// by a lock that dies with it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/watched_ledger.h"
#include "report/event.h"

namespace haul::job {

// What a user asked for. `meaning` alone makes the id: worker counts, budgets and display are not in it.
struct Request {
    std::string flow;                    // "pack", "unpack", "verify"
    json::Ordered meaning;               // source, destination, name, filters, sizes, symlinks, digest, ...
    std::vector<std::string> arguments;  // argv behind the program's name, for resume; carries no secrets
    std::string working_folder;          // where relative paths in it start
};

// 16 lower-case hex digits: the first 8 bytes of SHA-256 over flow and meaning, keys in any order.
[[nodiscard]] std::string id_of(const Request& request);

// Where the state folder is when none is named; not made. By the XDG base directory specification: a relative
// path in the variable counts as unset.
[[nodiscard]] Result<std::string> default_state();
// The state folder, absolute and without symlinks, made where missing (0700). Code::denied / no_space with
// the remedy `--state DIR`.
[[nodiscard]] Result<std::string> open_state(const std::optional<std::string>& given);

// The error that ended a job, with what the user can do: where a disk is full, the free bytes of the place it
// is about (the state folder, else the destination, a local path or an address), what was kept, and the
// remedy.
[[nodiscard]] Error explain_end(Error error, const std::string& state, const std::string& destination);

enum class Phase : std::uint8_t { running, interrupted, incomplete, failed, cancelled, complete };
[[nodiscard]] std::string_view name_of(Phase phase);

// job.json, as `haul jobs` and `haul status` show it.
struct Record {
    std::string id, flow, source, destination, name;
    std::vector<std::string> arguments;
    std::string working_folder;
    Phase phase = Phase::running;
    std::string outcome;  // one sentence; error text where it failed
    std::int64_t started_ns = 0, ended_ns = 0;
    std::uint64_t files = 0, bytes = 0, failed_items = 0, skipped_items = 0, set_aside = 0;
    int exit_code = 0;
};

// A corpus grows from one run to the next: its ledger is no progress of a run but what it is, and stays. So
// does its record.
[[nodiscard]] bool is_lasting(const Record& record);

class Job {
  public:
    // Takes the lock (Code::busy: at work elsewhere), opens the ledger (damage: moved aside, said on the
    // hub), returns units that were set aside to the queue, writes the record. Code::denied, no_space: of the
    // state folder, with numbers and the remedy.
    [[nodiscard]] static Result<std::unique_ptr<Job>> open(const std::string& state, const Request& request,
                                                           report::Hub& hub);
    // As open(), of a job that has a record.
    [[nodiscard]] static Result<std::unique_ptr<Job>> reopen(const std::string& state, const Record& record,
                                                             report::Hub& hub);
    ~Job();
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

    [[nodiscard]] const std::string& id() const { return record_.id; }
    [[nodiscard]] const std::string& folder() const { return folder_; }
    // The same for as long as the job lives, whatever take_copy() and begin_again() put beneath.
    [[nodiscard]] ledger::WatchedLedger& ledger() { return ledger_; }
    // Random, made once per job and durable before this returns; also in every claim of ours.
    [[nodiscard]] const std::string& token() const { return token_; }
    [[nodiscard]] bool ledger_is_new() const { return ledger_is_new_; }
    // How the run before this one ended; `running` where it was killed, nullopt where there is no record of
    // one.
    [[nodiscard]] std::optional<Phase> earlier_phase() const { return earlier_phase_; }
    // Takes the copy of a ledger at `path` (of Ledger::back_up; it is moved) in the place of the ledger; the
    // token stays as it is. Code::corrupt: the copy is damaged, and the ledger is empty.
    [[nodiscard]] Status take_copy(const std::string& path);
    // Forgets all progress, the token excepted: the destination shows that the earlier run is over (complete,
    // or removed).
    [[nodiscard]] Status begin_again();
    [[nodiscard]] Record& record() { return record_; }
    // Writes the record durably. Of a complete job that is not lasting the ledger and part files are
    // removed: its record and log stay, and ledger() may no longer be called.
    [[nodiscard]] Status end(Phase phase, std::string outcome, int exit_code);

  private:
    Job() = default;
    [[nodiscard]] Status begin(const std::string& state, Record record, report::Hub& hub);
    [[nodiscard]] Status take_folder();
    [[nodiscard]] Status continue_record();
    struct Opened {
        bool created = false;
        std::optional<std::string> moved_aside{};
        std::optional<Error> damage{};
    };
    // Lets go of the one that was open, prepares the folder, and opens what lies there then.
    [[nodiscard]] Result<Opened> open_ledger(const std::function<Status()>& prepare = nullptr);
    [[nodiscard]] Status remove_all_work() const;
    [[nodiscard]] Status write_token();

    file::Fd lock_;  // first, so that it is let go last
    std::string state_, folder_, token_;
    ledger::WatchedLedger ledger_;
    bool ledger_is_new_ = false;
    std::optional<Phase> earlier_phase_;
    Record record_;
};

// The ledger of a lasting job, to be looked at while nobody works on it; the lock is held meanwhile.
struct LookedAt {
    file::Fd lock;  // first, so that it is let go last
    std::unique_ptr<ledger::Ledger> ledger;
};
// Code::busy: it is at work; not_found: it has no ledger, as before its first run; corrupt: the ledger is
// damaged, and the next run mends it. Changes nothing but what opening a ledger does.
[[nodiscard]] Result<LookedAt> look_at_ledger(const std::string& state, const std::string& id);

// All jobs of a state folder, newest first; folders without a readable record are listed with their id alone.
// Jobs that are `running` in their record but whose lock is free are shown as interrupted. Records of
// complete jobs older than 30 days that are not lasting are removed on the way.
[[nodiscard]] Result<std::vector<Record>> list_jobs(const std::string& state);
// By id or unambiguous beginning of one. Code::not_found.
[[nodiscard]] Result<Record> find_job(const std::string& state, const std::string& id);
// Removes a job's folder; Code::busy where it is at work.
[[nodiscard]] Status forget_job(const std::string& state, const std::string& id);
[[nodiscard]] std::string folder_of(const std::string& state, const std::string& id);

}  // namespace haul::job

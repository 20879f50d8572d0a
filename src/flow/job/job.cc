#include "flow/job/job.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "base/fault_point.h"
#include "base/random.h"
#include "flow/job/job_lock.h"
#include "flow/job/record.h"
#include "flow/job/state_folder.h"
#include "ledger/sqlite/sqlite_ledger.h"

namespace haul::job {
namespace {

constexpr char kLedgerName[] = "ledger.sqlite";
constexpr char kPartsName[] = "parts";
constexpr char kTemporaryPrefix[] = ".haul-tmp-";  // of file::write_durably

// Removes the files of `folder` whose names begin so: temporaries that a kill left, or a ledger with its
// journals.
Status remove_beginning_with(const std::string& folder, std::string_view beginning) {
    std::error_code error;
    std::vector<std::string> found;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
        const std::string name = at->path().filename().string();
        if (name.starts_with(beginning)) found.push_back(name);
    }
    if (error) return failure(os_error(error.value(), "list", folder));
    for (const std::string& name : found) TRY(file::unlink_at(AT_FDCWD, fmt::format("{}/{}", folder, name)));
    return {};
}

// What only a job at work needs. The destination explains itself: after a complete run the ledger could tell
// nothing more.
Status remove_work(const std::string& folder) {
    // Its own files by name: a damaged ledger that was moved aside, and said to be there, begins so, too.
    for (const char* const end : {"", "-wal", "-shm", "-journal"})
        TRY(file::remove_tree(AT_FDCWD, folder + "/" + kLedgerName + end));
    return file::remove_tree(AT_FDCWD, folder + "/" + kPartsName);
}

std::string text_of(const json::Ordered& meaning, const char* field) {
    // Only for people: a meaning without the field, or with another type, shows nothing.
    const Result<std::optional<std::string>> bytes = json::find_bytes(json::Value(meaning), field, "request");
    return bytes && *bytes ? **bytes : std::string();
}

Record record_of(const Request& request, std::string id) {
    Record record;
    record.id = std::move(id);
    record.flow = request.flow;
    record.source = text_of(request.meaning, "source");
    record.destination = text_of(request.meaning, "destination");
    record.name = text_of(request.meaning, "name");
    record.arguments = request.arguments;
    record.working_folder = request.working_folder;
    record.started_ns = clock::wall().count();
    return record;
}

Result<bool> any_set_aside(const ledger::Ledger& ledger) {
    ledger::Query query;
    query.what = ledger::Query::What::any_unit;
    query.state = ledger::State::set_aside;
    return TRY(ledger.read(query)).any_unit;
}

Result<std::string> read_token(const ledger::Ledger& ledger) {
    const std::optional<std::string> stored = TRY(ledger::fact(ledger, "job", "token"));
    if (!stored) return std::string();
    const json::Value value = TRY(json::parse(*stored, "fact job token"));
    const auto* token = value.get_ptr<const std::string*>();
    if (token == nullptr) return failure(Code::corrupt, "read", "fact job token", "not a string");
    return *token;
}

// The token, made where there is none; and the same command tries units again that were set aside. One
// commit, and none where neither is needed.
Result<std::string> take_up(ledger::Ledger& ledger) {
    std::string token = TRY(read_token(ledger));
    ledger::Outcome outcome;
    outcome.return_set_aside = TRY(any_set_aside(ledger));
    if (token.empty()) {
        token = random::token_hex();
        outcome.facts.push_back({"job", "token", "\"" + token + "\""});
    }
    if (outcome.return_set_aside || !outcome.facts.empty()) TRY(ledger.record(outcome));
    return token;
}

void say_damaged(const std::string& moved_aside, const std::optional<Error>& damage, report::Hub& hub) {
    report::Event event;
    event.level = report::Level::warning;
    event.subject = moved_aside;
    event.text = fmt::format(
        "the ledger was damaged; it was moved to {}, and what is done is found out from the "
        "destination",
        moved_aside);
    event.error = damage;
    if (event.error) {
        event.error->state = "written by an earlier run";
        event.error->kept = moved_aside;
        event.error->cleaned = "nothing";
        event.error->at_risk = "what neither the destination nor a copy of the ledger shows";
    }
    hub.emit(std::move(event));
}

}  // namespace

Result<std::unique_ptr<Job>> Job::open(const std::string& state, const Request& request, report::Hub& hub) {
    std::unique_ptr<Job> job(new Job());
    const Status status = job->begin(state, record_of(request, id_of(request)), hub);
    if (!status) return failure(explain(Error(status.error()), state));
    return job;
}

Result<std::unique_ptr<Job>> Job::reopen(const std::string& state, const Record& record, report::Hub& hub) {
    std::unique_ptr<Job> job(new Job());
    Record now = record;
    now.phase = Phase::running;
    now.outcome.clear();
    const Status status = job->begin(state, std::move(now), hub);
    if (!status) return failure(explain(Error(status.error()), state));
    return job;
}

Status Job::begin(const std::string& state, Record record, report::Hub& hub) {
    state_ = state;
    record_ = std::move(record);
    folder_ = folder_of(state, record_.id);
    TRY(take_folder());
    TRY(continue_record());

    const Opened opened = TRY(open_ledger());
    if (opened.moved_aside) say_damaged(*opened.moved_aside, opened.damage, hub);
    ledger_is_new_ = opened.created;
    token_ = TRY(take_up(ledger_));
    FAULT_POINT("job.before_record");
    return write_record(folder_, record_);
}

// The folder may be removed by `forget` or `list` while we open it; then it is made again.
Status Job::take_folder() {
    const file::Fd jobs = TRY(file::open_folder(jobs_folder(state_)));
    for (int attempt = 0;; ++attempt) {
        TRY(file::make_folders(jobs.get(), record_.id, 0700));
        Result<file::Fd> lock = lock_job(folder_);
        if (!lock && lock.error().code == Code::not_found && attempt < 3) continue;
        lock_ = TRY(std::move(lock));
        return file::make_folders(jobs.get(), record_.id + "/" + kPartsName, 0700);
    }
}

Status Job::continue_record() {
    TRY(remove_beginning_with(folder_, kTemporaryPrefix));
    const Result<Record> earlier = read_record(folder_);
    if (!earlier) return {};  // none yet, or damaged: written anew
    earlier_phase_ = earlier->phase;
    if (earlier->phase != Phase::complete || is_lasting(*earlier)) {
        record_.started_ns = earlier->started_ns;
        return {};
    }
    // A kill may have come between the record and the end of its ledger.
    return remove_all_work();
}

Result<Job::Opened> Job::open_ledger(const std::function<Status()>& prepare) {
    Opened told;
    TRY(ledger_.exchange([&]() -> Result<std::unique_ptr<ledger::Ledger>> {
        if (prepare) TRY(prepare());
        ledger::OpenedSqlite opened = TRY(ledger::open_sqlite(folder_ + "/" + kLedgerName));
        told = {opened.created, std::move(opened.moved_aside), std::move(opened.damage)};
        return std::move(opened.ledger);
    }));
    return told;
}

Status Job::remove_all_work() const {
    TRY(remove_work(folder_));
    const file::Fd folder = TRY(file::open_folder(folder_));
    return file::make_folders(folder.get(), kPartsName, 0700);
}

Status Job::write_token() {
    ledger::Outcome outcome;
    outcome.facts.push_back({"job", "token", "\"" + token_ + "\""});
    return ledger_.record(outcome);
}

Status Job::take_copy(const std::string& path) {
    const Opened opened = TRY(open_ledger([&]() -> Status {
        TRY(remove_all_work());
        return file::rename_at(AT_FDCWD, path, AT_FDCWD, folder_ + "/" + kLedgerName, false);
    }));
    TRY(write_token());
    if (!opened.damage) return {};
    return failure(Error(*opened.damage).within("take the copy of a ledger", path));
}

Status Job::begin_again() {
    TRY(open_ledger([this] { return remove_all_work(); }));
    ledger_is_new_ = true;
    return write_token();
}

Result<LookedAt> look_at_ledger(const std::string& state, const std::string& id) {
    const std::string folder = folder_of(state, id);
    const std::string path = folder + "/" + kLedgerName;
    if (!file::stat_at(AT_FDCWD, path, true))
        return failure(Code::not_found, "open the ledger of", "job " + id, "it has none");
    LookedAt looked;
    looked.lock = TRY(lock_job(folder));
    ledger::OpenedSqlite opened = TRY(ledger::open_sqlite(path));
    if (opened.moved_aside)
        return failure(make_error(Code::corrupt, "open the ledger of", "job " + id,
                                  "it was damaged, and moved to " + *opened.moved_aside)
                           .with_remedy("run the job's command again: it builds another"));
    looked.ledger = std::move(opened.ledger);
    return looked;
}

Job::~Job() = default;

Status Job::end(Phase phase, std::string outcome, int exit_code) {
    record_.phase = phase;
    record_.outcome = std::move(outcome);
    record_.exit_code = exit_code;
    record_.ended_ns = clock::wall().count();
    const Status written = write_record(folder_, record_);
    if (!written) return failure(explain(Error(written.error()), state_));
    if (phase != Phase::complete || is_lasting(record_)) return {};
    FAULT_POINT("job.before_shrink");
    ledger_.close();
    return remove_work(folder_);
}

}  // namespace haul::job

#include "ledger/sqlite/writer.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/fault_point.h"

namespace haul::ledger::sqlite {
namespace {

// SQLite's own default: about 4 MiB. A longer log costs space and time at the next open, a shorter one more
// syncs.
constexpr int kLongLogPages = 1000;

bool breaks(const Error& error) { return error.code != Code::no_space; }

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), thread_([this] { serve(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard guard(mutex_);
        ending_ = true;
        queued_.notify_one();
    }
    thread_.join();
}

Status Writer::run(const Work& work) {
    Call call;
    call.work = &work;
    return run(call);
}

Status Writer::run_between(const Work& work) {
    Call call;
    call.work = &work;
    call.between = true;
    return run(call);
}

Status Writer::run(Call& call) {
    std::unique_lock guard(mutex_);
    queue_.push_back(&call);
    if (queue_.size() == 1) queued_.notify_one();
    call.answer.wait(guard, [&] { return call.answered; });
    return std::move(call.result);
}

std::size_t Writer::waiting() const {
    const std::lock_guard guard(mutex_);
    return queue_.size();
}

void Writer::serve() {
    std::unique_lock guard(mutex_);
    while (true) {
        queued_.wait(guard, [&] { return ending_ || !queue_.empty(); });
        if (queue_.empty()) break;
        const Group group = next_group();
        guard.unlock();
        commit(group);
        answer(group);
        fold_log_when_long();
        guard.lock();
    }
    guard.unlock();
    close();
}

// In the order of the calls: those that may share a transaction, or one that may have none.
Writer::Group Writer::next_group() {
    const auto is_between = [](const Call* call) { return call->between; };
    auto end = std::ranges::find_if(queue_, is_between);
    if (end == queue_.begin() && end != queue_.end()) ++end;
    Group group(queue_.begin(), end);
    queue_.erase(queue_.begin(), end);
    return group;
}

void Writer::answer(const Group& group) {
    // Under the lock: a caller that sees its answer destroys its Call.
    const std::lock_guard guard(mutex_);
    for (Call* call : group) {
        call->answered = true;
        call->answer.notify_one();
    }
}

void Writer::commit(const Group& group) {
    if (broken_) {
        for (Call* call : group) call->result = failure(*broken_);
        return;
    }
    if (group.front()->between) {
        group.front()->result = (*group.front()->work)();
        return;
    }
    const std::int64_t before = connection_->total_changes();
    Status done = connection_->run("BEGIN IMMEDIATE");
    if (done.has_value()) done = perform(group);
    if (!done.has_value()) return undo(group, done.error());

    const bool writes = connection_->total_changes() != before;
    if (writes) FAULT_POINT("ledger.commit.before");
    done = connection_->run("COMMIT");
    if (!done.has_value()) return undo(group, done.error());
    if (writes) FAULT_POINT("ledger.commit.after");
}

Status Writer::perform(const Group& group) {
    for (Call* call : group) TRY(perform(*call));
    return {};
}

// Fails only where the transaction as a whole cannot go on; a refusal is the call's own result.
Status Writer::perform(Call& call) {
    TRY(connection_->run("SAVEPOINT call"));
    call.result = (*call.work)();
    if (!connection_->in_transaction()) return call.result;
    if (!call.result.has_value()) TRY(connection_->run("ROLLBACK TO call"));
    return connection_->run("RELEASE call");
}

void Writer::undo(const Group& group, const Error& error) {
    for (Call* call : group) call->result = failure(error);
    if (connection_->in_transaction()) {
        const Status undone = connection_->run("ROLLBACK");
        if (!undone.has_value()) broken_ = undone.error();
    }
    if (breaks(error)) broken_ = error;
}

void Writer::fold_log_when_long() {
    if (broken_ || connection_->log_pages() < kLongLogPages) return;
    const Status folded = connection_->fold_log(false);
    // The log stays whole where there is no room for folding; a later group tries again. A failed sync is not
    // tried again: the kernel may have dropped the pages and would then report success.
    if (!folded.has_value() && breaks(folded.error())) broken_ = folded.error();
}

void Writer::close() {
    if (!broken_) {
        static_cast<void>(connection_->exec("PRAGMA incremental_vacuum"));
        connection_->fold_log_on_close(true);
    }
    connection_.reset();
}

}  // namespace haul::ledger::sqlite

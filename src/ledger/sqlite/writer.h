// The one thread that touches the database: serves calls in their order, and gives those that wait together
// one sync.
//
// All that is queued when a transaction begins runs in it, each in a savepoint of its own, so that one
// refused call does not undo the others; they are answered after the one COMMIT. While that syncs, the next
// group gathers. A full disk fails the group and leaves the ledger usable; an error of the disk itself breaks
// it: what the file holds is then known only to the next process, so every later call returns the same error.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"
#include "ledger/sqlite/connection.h"

namespace haul::ledger::sqlite {

class Writer {
  public:
    using Work = std::function<Status()>;

    explicit Writer(std::unique_ptr<Connection> connection);
    // Serves what is queued, then folds the log into the file and closes it.
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // Returns when what `work` did is durable, or was refused and undone. Any thread.
    [[nodiscard]] Status run(const Work& work);
    // Runs `work` in its turn, in no transaction: for what only reads, and cannot be done in one. Any thread.
    [[nodiscard]] Status run_between(const Work& work);
    // Calls that wait for the next group to begin. Any thread.
    [[nodiscard]] std::size_t waiting() const;

  private:
    struct Call {
        const Work* work = nullptr;
        bool between = false;  // transactions
        Status result;
        bool answered = false;
        std::condition_variable answer;
    };
    using Group = std::vector<Call*>;

    [[nodiscard]] Status run(Call& call);
    void serve();
    [[nodiscard]] Group next_group();
    void answer(const Group& group);
    void commit(const Group& group);
    [[nodiscard]] Status perform(const Group& group);
    [[nodiscard]] Status perform(Call& call);
    void undo(const Group& group, const Error& error);
    void fold_log_when_long();
    void close();

    std::unique_ptr<Connection> connection_;
    std::optional<Error> broken_;  // only the thread below looks

    mutable std::mutex mutex_;
    std::condition_variable queued_;
    std::deque<Call*> queue_;
    bool ending_ = false;
    std::thread thread_;  // last: everything else is ready when it starts
};

}  // namespace haul::ledger::sqlite

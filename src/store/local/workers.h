// A few threads that share the chunks of one batch with the thread that brought it.
//
// Several threads may call run() at once: the workers help whichever came first, and every caller works on
// its own batch, so that none waits for a free worker.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace haul::store::local {

class Workers {
  public:
    // `threads` counts the caller; the others are started at the first batch that needs them.
    explicit Workers(unsigned threads) : threads_(threads) {}
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    [[nodiscard]] unsigned threads() const { return threads_; }
    // Calls work(0) … work(chunks - 1), each once, from several threads; returns when all are done.
    void run(std::size_t chunks, const std::function<void(std::size_t)>& work);

  private:
    struct Batch {
        const std::function<void(std::size_t)>* work = nullptr;
        std::size_t chunks = 0;
        std::atomic<std::size_t> next = 0;
        std::atomic<std::size_t> done = 0;
    };
    void start_threads();
    void serve();
    void help(Batch& batch);

    unsigned threads_;
    std::mutex mutex_;
    std::condition_variable wake_, finished_;
    std::deque<std::shared_ptr<Batch>> batches_;
    std::vector<std::jthread> running_;
    bool ending_ = false;
};

}  // namespace haul::store::local

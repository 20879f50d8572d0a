#include "store/local/workers.h"

#include <system_error>

namespace haul::store::local {

Workers::~Workers() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    wake_.notify_all();
    running_.clear();
}

void Workers::run(std::size_t chunks, const std::function<void(std::size_t)>& work) {
    if (chunks <= 1 || threads_ <= 1) {
        for (std::size_t chunk = 0; chunk < chunks; ++chunk) work(chunk);
        return;
    }
    auto batch = std::make_shared<Batch>();
    batch->work = &work;
    batch->chunks = chunks;
    {
        const std::lock_guard lock(mutex_);
        start_threads();
        batches_.push_back(batch);
    }
    wake_.notify_all();
    help(*batch);
    std::unique_lock lock(mutex_);
    std::erase(batches_, batch);
    finished_.wait(lock, [&] { return batch->done == chunks; });
}

void Workers::start_threads() {
    while (running_.size() + 1 < threads_) {
        try {
            running_.emplace_back([this] { serve(); });
        } catch (const std::system_error&) {
            return;  // without helpers the caller does it all
        }
    }
}

void Workers::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return ending_ || !batches_.empty(); });
        if (ending_) return;
        const std::shared_ptr<Batch> batch = batches_.front();
        lock.unlock();
        help(*batch);
        lock.lock();
        std::erase(batches_, batch);
    }
}

void Workers::help(Batch& batch) {
    for (;;) {
        const std::size_t chunk = batch.next.fetch_add(1);
        if (chunk >= batch.chunks) return;
        (*batch.work)(chunk);
        if (batch.done.fetch_add(1) + 1 < batch.chunks) continue;
        const std::lock_guard lock(mutex_);
        finished_.notify_all();
    }
}

}  // namespace haul::store::local

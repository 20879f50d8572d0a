// Reads ranges of files into the caller's memory, each from one version of its file.
//
// Consecutive reads of one file share one open and one look before and after; consecutive files of one folder
// share its descriptor. Batches are cut into chunks for the workers. May be called from several threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <stop_token>

#include "store/local/root.h"
#include "store/local/workers.h"
#include "store/store.h"

namespace haul::store::local {

class Reader {
  public:
    Reader(const Root& root, Workers& workers) : root_(root), workers_(workers) {}
    void read_many(std::span<Read> reads, const std::stop_token& stop);

  private:
    class Chunk;
    const Root& root_;
    Workers& workers_;
    std::atomic<bool> noatime_refused_ = false;  // not ours to ask for; one refusal is enough to know
};

}  // namespace haul::store::local

// Chooses how a batch becomes durable: one syncfs for many changes, fsync for few, or where syncfs proved
// slow (a busy file system writes everybody's data). One a store; thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "store/local/root.h"

namespace haul::store::local {

class Durability {
  public:
    [[nodiscard]] bool prefers_whole(std::size_t changes) const;
    // A descriptor for `sync_whole`, opened before the first write so that it sees the errors of all; invalid
    // where the root cannot be opened for reading: then fsync each.
    [[nodiscard]] file::Fd begin(const Root& root) const;
    [[nodiscard]] Status sync_whole(int fd, std::string_view subject);

  private:
    std::atomic<bool> slow_ = false;
};

}  // namespace haul::store::local

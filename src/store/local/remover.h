// Takes objects away, durably: all names first, then the folders that they were in.
#pragma once

#include <map>
#include <span>
#include <stop_token>
#include <string>

#include "store/local/durability.h"
#include "store/local/root.h"
#include "store/store.h"

namespace haul::store::local {

// Serves one batch in one thread.
class Remover {
  public:
    Remover(const Root& root, Durability& durability)
        : root_(root), durability_(durability), folders_(root, "remove") {}
    void run(std::span<Remove> removes, const std::stop_token& stop);

  private:
    [[nodiscard]] Status remove(const Remove& request);
    [[nodiscard]] Status sync();

    const Root& root_;
    Durability& durability_;
    Folders folders_;
    std::map<std::string, Place> touched_;
};

}  // namespace haul::store::local

// A ledger in memory: the reference that the model test compares with, and what dry runs use. Survives
// nothing.
#pragma once

#include <memory>

#include "ledger/ledger.h"

namespace haul::ledger {

[[nodiscard]] std::unique_ptr<Ledger> make_memory_ledger();

}  // namespace haul::ledger

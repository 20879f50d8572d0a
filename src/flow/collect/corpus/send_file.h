// Files of this machine to a store and back, in pieces: memory is one piece, however large they are.
#pragma once

#include <stop_token>
#include <string>

#include "base/result.h"
#include "store/store.h"

namespace haul::collect {

// Create-only: Code::exists where `name` is there. Nothing partial is left visible.
[[nodiscard]] Status send_file(store::Store& store, const std::string& path, const std::string& name,
                               const std::stop_token& stop);
// `path` is made, or replaced. What was written of it stays where this fails.
[[nodiscard]] Status receive_file(store::Store& store, const std::string& name, const std::string& path,
                                  const std::stop_token& stop);

}  // namespace haul::collect

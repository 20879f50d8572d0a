// Files of this machine to a store and back, in pieces: memory is one piece, however large they are.
#pragma once

#include <stop_token>
#include <string>

#include "base/result.h"
#include "store/store.h"

namespace haul::store {

struct SendOptions {
    // An object of that name gives way. Else it is Code::exists, where the store has create-only writes; one
    // that has none leaves that to the caller.
    bool replaces = false;
    std::string scratch{};  // as of WriteOptions and UploadRequest
};
// Nothing partial is left visible.
[[nodiscard]] Status send_file(Store& store, const std::string& path, const std::string& name,
                               const SendOptions& options, const std::stop_token& stop);
// `path` is made, or replaced. What was written of it stays where this fails.
[[nodiscard]] Status receive_file(Store& store, const std::string& name, const std::string& path,
                                  const std::stop_token& stop);

}  // namespace haul::store

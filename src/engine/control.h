// The control socket of a job: `status`, `cancel` and `limit` for other processes, in the job's folder.
//
// One request and one answer, a JSON line each. Bound through /proc/self/fd so that no path is too long; the
// lock on the job's folder guards against stale sockets, which are unlinked. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace haul::engine {

class ControlServer {
  public:
    // Answers from a thread of its own. {"ask":"status"} -> answer(request). Errors become {"error":"…"}.
    using Answer = std::function<Result<json::Value>(const json::Value& request)>;
    [[nodiscard]] static Result<std::unique_ptr<ControlServer>> start(const std::string& folder,
                                                                      Answer answer);
    virtual ~ControlServer() = default;
};

// Code::not_found where nobody listens in `folder`.
[[nodiscard]] Result<json::Value> ask(const std::string& folder, const json::Value& request);

}  // namespace haul::engine

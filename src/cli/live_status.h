// Where a job at work stands: what its process answers over the control socket, and how another shows it.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/json.h"
#include "report/event.h"
#include "report/progress.h"

namespace haul::cli {

// Listens in the job's process. Thread-safe; outlives its sink.
class LiveStatus {
  public:
    [[nodiscard]] std::unique_ptr<report::Sink> make_sink();
    // {"phase","files","bytes","total_files","total_bytes","final","rate","eta_seconds","draining","down","workers":[…]}
    [[nodiscard]] json::Value answer() const;

  private:
    class Listener;
    mutable std::mutex mutex_;
    report::Progress progress_;
};

// The same as events, so that every display can show it. `before`: numbers of the workers that were shown
// last, updated.
[[nodiscard]] std::vector<report::Event> events_of(const json::Value& answer, std::vector<unsigned>& before);

// One line for people.
[[nodiscard]] std::string status_line(const json::Value& answer);

}  // namespace haul::cli

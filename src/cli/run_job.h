// What every command does around its flow: signals, display, the job, its log and control socket, the end of
// it in words.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "cli/display.h"
#include "cli/summary.h"
#include "engine/shutdown.h"
#include "flow/job/job.h"
#include "report/event.h"

namespace haul::cli {

// Signals and display of one run. Make it before any other thread.
class Session {
  public:
    explicit Session(const Display& display);
    [[nodiscard]] engine::Shutdown& shutdown() { return shutdown_; }
    [[nodiscard]] report::Hub& hub() { return hub_; }

  private:
    engine::Shutdown shutdown_;
    report::Hub hub_;
};

struct JobSpec {
    job::Request request;
    std::string state;
    std::string title;  // "/data/photos -> /backup/photos"
    Display display;
};
using Flow = std::function<Result<Ending>(job::Job&, report::Hub&, engine::Shutdown&)>;

// Returns the exit code; whatever happened was written.
[[nodiscard]] int run_job(const JobSpec& spec, const Flow& flow);

}  // namespace haul::cli

#include <unistd.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/job_lines.h"
#include "cli/live_status.h"
#include "cli/output.h"
#include "cli/places.h"
#include "engine/control.h"
#include "engine/shutdown.h"
#include "flow/job/job.h"
#include "report/sinks.h"

namespace haul::cli {
namespace {

struct Options {
    std::string job;
    std::optional<std::string> state;
    bool watch = false, json = false;
};

struct Look {
    job::Record record;
    std::optional<json::Value> live;  // what its process answers
};

Result<Look> look_at(const std::string& state, const std::string& id) {
    Look look{.record = TRY(job::find_job(state, id)), .live = std::nullopt};
    if (look.record.phase != job::Phase::running) return look;
    auto answer = engine::ask(job::folder_of(state, look.record.id), {{"ask", "status"}});
    // A job that is just starting or ending does not answer; its record is shown alone.
    if (answer && !answer->contains("error")) look.live = std::move(*answer);
    return look;
}

Status show(const Look& look, const std::string& state, bool json) {
    if (json) {
        json::Ordered object = job_json(look.record);
        if (look.live) object["progress"] = *look.live;
        return print(json::dump(object) + "\n");
    }
    std::string text = job_text(look.record, job::folder_of(state, look.record.id));
    if (look.live) text += "Now:      " + status_line(*look.live) + "\n";
    return print(text);
}

// The same display as in the job's own terminal, fed from what it answers.
class Watcher {
  public:
    Watcher()
        : sink_(::isatty(STDOUT_FILENO) == 1 ? report::make_terminal_sink(STDOUT_FILENO)
                                             : report::make_plain_sink(STDOUT_FILENO, 1)) {}
    ~Watcher() { sink_->close(); }
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    void show(const json::Value& live) {
        for (const report::Event& event : events_of(live, workers_)) {
            if (event.type != report::Type::phase || event.subject != phase_) sink_->on(event);
            if (event.type == report::Type::phase) phase_ = event.subject;
        }
        sink_->tick();
    }

  private:
    std::unique_ptr<report::Sink> sink_;
    std::vector<unsigned> workers_;
    std::string phase_;  // said once, not at each look
};

// Until the job is no longer at work, or we are asked to stop.
Status watch(const Options& options, const std::string& state, const std::string& id) {
    const auto interval = options.json ? std::chrono::milliseconds(1000) : std::chrono::milliseconds(500);
    engine::Shutdown shutdown(true);
    std::optional<Watcher> watcher;
    if (!options.json) watcher.emplace();
    while (!shutdown.draining()) {
        const Look look = TRY(look_at(state, id));
        if (look.record.phase != job::Phase::running) break;
        if (options.json) TRY(show(look, state, true));
        if (watcher && look.live) watcher->show(*look.live);
        clock::sleep(interval, shutdown.drain());
    }
    return {};
}

Result<int> run_status(const Options& options) {
    const std::string state = TRY(job::open_state(options.state));
    const Look first = TRY(look_at(state, options.job));
    if (options.watch && first.record.phase == job::Phase::running)
        TRY(watch(options, state, first.record.id));
    TRY(show(options.watch ? TRY(look_at(state, first.record.id)) : first, state, options.json));
    return kProven;
}

}  // namespace

Handler declare_status(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    arguments.positional("JOB", options->job, "the job's id or the beginning of it, as `haul jobs` shows it");
    arguments.flag("-w,--watch", options->watch, "go on showing until the job ends");
    declare_state(arguments, options->state);
    return [options, &arguments](const std::vector<std::string>&) {
        options->json = arguments.json();
        return run_status(*options);
    };
}

}  // namespace haul::cli

#include "cli/run_job.h"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "cli/error_report.h"
#include "cli/exit_code.h"
#include "cli/ledger_numbers.h"
#include "cli/live_status.h"
#include "cli/output.h"
#include "engine/control.h"
#include "report/metrics.h"
#include "report/sinks.h"

namespace haul::cli {
namespace {

// Everything of one run that its end is told from.
struct Run {
    const JobSpec& spec;
    Session session;
    LiveStatus live;
    Failures failures;
    std::atomic<bool> cancelled = false;
    RunFacts facts;

    explicit Run(const JobSpec& given) : spec(given), session(given.display) {}
    ~Run() { session.hub().close(); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
};

Result<json::Value> answer(Run& run, const json::Value& request) {
    const std::string ask = TRY(json::string_at(request, "ask", "request"));
    if (ask == "status") return run.live.answer();
    if (ask == "cancel") {
        run.cancelled = true;
        run.session.shutdown().request_drain();
        return json::Value{{"ok", true}};
    }
    return failure(Code::usage, "answer", ask, "this job can be asked for: status, cancel");
}

void listen(Run& run, const job::Job& job) {
    report::Hub& hub = run.session.hub();
    hub.set_job(job.id());
    hub.add(run.live.make_sink());
    hub.add(make_failures_sink(run.failures));
    auto log = report::make_log_sink(run.facts.log, log_level_of(run.spec.display));
    if (log) {
        hub.add(std::move(*log));
    } else {
        hub.note(report::Level::warning, "no log is written: " + log.error().message());
    }
}

// Without a socket the job works all the same, only nobody can ask it.
std::unique_ptr<engine::ControlServer> serve(Run& run, const job::Job& job) {
    auto server = engine::ControlServer::start(
        job.folder(), [&run](const json::Value& request) { return answer(run, request); });
    if (server) return std::move(*server);
    run.session.hub().note(report::Level::warning,
                           "status and cancel cannot reach this job: " + server.error().message());
    return nullptr;
}

// What is said while the job is opened, until it can go where everything goes: to the job's log too, behind
// job_started.
class Held : public report::Sink {
  public:
    explicit Held(std::vector<report::Event>& events) : events_(events) {}
    void on(const report::Event& event) override { events_.push_back(event); }

  private:
    std::vector<report::Event>& events_;
};

Result<std::unique_ptr<job::Job>> open_job(const JobSpec& spec, std::vector<report::Event>& said) {
    report::Hub hub;
    hub.add(std::make_unique<Held>(said));
    return job::Job::open(spec.state, spec.request, hub);
}

void say_started(Run& run, const job::Job& job) {
    report::Event event;
    event.type = report::Type::job_started;
    event.operation = run.spec.request.flow;
    event.subject = job.id();
    event.text = run.spec.title;
    run.session.hub().emit(std::move(event));
}

void say_finished(Run& run, const Ending& ending) {
    report::Event event;
    event.type = report::Type::job_finished;
    event.text = ending.outcome;
    event.files = ending.files;
    event.bytes = ending.bytes;
    event.exit_code = ending.exit_code;
    run.session.hub().emit(std::move(event));
}

Status record_end(job::Job& job, const Ending& ending) {
    job::Record& record = job.record();
    record.files = ending.files;
    record.bytes = ending.bytes;
    record.failed_items = ending.failed;
    record.skipped_items = ending.skipped;
    record.set_aside = ending.set_aside;
    return job.end(ending.phase, ending.outcome, ending.exit_code);
}

int say_ended(const Run& run, const Ending& ending) {
    const Display& display = run.spec.display;
    Status printed;
    if (display.json) {
        printed = print(json::dump(summary_json(ending, run.failures, run.facts)) + "\n");
    } else if (!display.quiet) {
        printed = print(summary_text(ending, run.failures, run.facts));
    }
    if (printed) return ending.exit_code;
    // The work is done and recorded, but whoever waits for its result does not have it.
    Error lost = std::move(printed).error().within("tell the result of", "job " + run.facts.job);
    lost.kept = "all that was done: `haul status " + run.facts.job + "` shows it";
    complain(error_text(lost));
    return ending.exit_code == kProven ? exit_code_of(lost.code) : ending.exit_code;
}

int say_failed(const Run& run, const Error& error, const Ending& ending) {
    const Display& display = run.spec.display;
    if (display.json || error.code != Code::interrupted) {
        return report_error(error, error_form_of(display), run.facts.job);
    }
    complain(run.cancelled ? "haul: stopped by haul cancel\n"
                           : fmt::format("haul: interrupted; nothing is lost. The same command continues, "
                                         "or: haul resume {}\n",
                                         run.facts.job));
    return ending.exit_code;
}

}  // namespace

Session::Session(const Display& display) : shutdown_(true) { add_display(hub_, display); }

int run_job(const JobSpec& spec, const Flow& flow) {
    Run run(spec);
    run.facts.job = job::id_of(spec.request);
    report::Hub& hub = run.session.hub();
    auto metrics = serve_metrics(spec.display, spec.request.flow, run.facts.job, hub);
    if (!metrics) {
        hub.close();
        metrics.error().state = "not begun";
        return report_error(metrics.error(), error_form_of(spec.display), run.facts.job);
    }
    std::vector<report::Event> said;
    auto opened = open_job(spec, said);
    if (!opened) {
        for (report::Event& event : said) hub.emit(std::move(event));
        hub.close();
        opened.error().state = "not begun";
        return report_error(opened.error(), error_form_of(spec.display), run.facts.job);
    }
    job::Job& job = **opened;
    run.facts.log = job.folder() + "/log.jsonl";
    run.facts.fresh = job.ledger_is_new();
    listen(run, job);
    auto server = serve(run, job);
    const auto shown = show_ledger(hub, job.ledger());
    say_started(run, job);
    for (report::Event& event : said) hub.emit(std::move(event));

    const auto begun = clock::boot();
    Result<Ending> ended = flow(job, hub, run.session.shutdown());
    if (!ended) {
        ended = failure(job::explain_end(std::move(ended).error(), spec.state, job.record().destination));
    }
    run.facts.took = clock::boot() - begun;
    server.reset();
    metrics->reset();  // nobody asks any more what ends here

    const Ending ending = ended ? *ended : ending_of(ended.error(), run.cancelled);
    const Status recorded = record_end(job, ending);
    say_finished(run, ending);
    hub.close();
    if (!ended) return say_failed(run, ended.error(), ending);
    if (!recorded) return report_error(recorded.error(), error_form_of(spec.display), run.facts.job);
    return say_ended(run, ending);
}

}  // namespace haul::cli

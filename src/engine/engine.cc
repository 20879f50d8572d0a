#include "engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <thread>

#include "base/random.h"
#include "engine/crew.h"
#include "engine/left.h"
#include "engine/worker.h"

namespace haul::engine {
namespace {

// A worker is not worth a failed run while there is one.
void work_all(const Duty& duty, Crew& crew) {
    std::vector<std::jthread> threads;
    const unsigned wanted = std::max(1U, duty.options.workers);
    try {
        threads.reserve(wanted);
        for (unsigned number = 0; number < wanted; ++number) {
            threads.emplace_back([&duty, &crew, number] { Worker(duty, crew, number).run(); });
        }
    } catch (const std::system_error& thrown) {
        const std::string text =
            fmt::format("{} of {} workers started: {}", threads.size(), wanted, thrown.what());
        duty.hub.note(report::Level::warning, text);
        if (threads.empty()) crew.end_with(make_error(Code::io, "start", "workers", thrown.what()), false);
    }
}

}  // namespace

Status Context::checkpoint(std::string_view progress, const ledger::Outcome& outcome) {
    TRY(ledger.checkpoint(lease.ref, progress, outcome));
    if (crew != nullptr) crew->committed();
    return {};
}

Status Context::check_stop() const {
    if (!shutdown.draining()) return {};
    return failure(Code::interrupted, "run unit", lease.kind + " " + lease.key, "stopped on request");
}

Result<Summary> run(ledger::Ledger& ledger, const std::map<std::string, Handler, std::less<>>& handlers,
                    const Options& options, report::Hub& hub, Memory& memory, const Shutdown& shutdown) {
    Crew crew(ledger, options, hub, shutdown);
    const Duty duty{ledger, handlers, options, hub, memory, random::token_hex()};
    work_all(duty, crew);
    if (std::optional<Error> error = crew.error()) return failure(*std::move(error));

    const Left left = TRY(what_is_left(ledger, options));
    Summary summary;
    summary.done = crew.finished();
    summary.set_aside = left.set_aside;
    summary.drained = left.open;
    return summary;
}

}  // namespace haul::engine

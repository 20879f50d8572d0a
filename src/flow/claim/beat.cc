#include "flow/claim/beat.h"

#include <span>
#include <utility>

#include "base/clock.h"
#include "flow/claim/claim_files.h"
#include "format/claim_record.h"

namespace haul::claim {

using std::chrono::nanoseconds;

Beat::Beat(Setup setup)
    : setup_(std::move(setup)),
      last_(setup_.claimed_at.count()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Beat::~Beat() { stop(); }

void Beat::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

bool Beat::is_stale() const { return (clock::boot() - nanoseconds(last_)) * 3 > setup_.timeout * 2; }

Status Beat::check_if_stale(const std::stop_token& stop) {
    if (!is_stale()) return {};
    const std::scoped_lock lock(renew_mutex_);
    if (!is_stale()) return {};
    TRY(setup_.check());
    // We are the owner, and may go on even where the beat fails: then the next call looks again.
    if (const Status renewed = renew(stop); !renewed) {
        setup_.hub.note(report::Level::warning,
                        "the claim's beat could not be renewed: " + renewed.error().message());
    }
    return {};
}

void Beat::run(const std::stop_token& stop) {
    while (clock::sleep(setup_.timeout / 3, stop)) {
        // Who slept too long (a suspended machine, SIGSTOP) may have a successor, and must not touch what is
        // now another's.
        const Status renewed = is_stale() ? check_if_stale(stop) : renew_alone(stop);
        if (renewed || stop.stop_requested()) continue;
        if (renewed.error().code == Code::fenced) return;
        setup_.hub.note(report::Level::warning,
                        "the claim's beat could not be renewed: " + renewed.error().message());
    }
}

Status Beat::renew_alone(const std::stop_token& stop) {
    const std::scoped_lock lock(renew_mutex_);
    return renew(stop);
}

Status Beat::renew(const std::stop_token& stop) {
    Status renewed = write_once(stop);
    // A sweep of `.haul/tmp/` may take the temporary away before it is renamed.
    if (!renewed && renewed.error().code == Code::not_found) return write_once(stop);
    return renewed;
}

Status Beat::write_once(const std::stop_token& stop) {
    const nanoseconds begun = clock::boot();
    const std::string document = format::beat_document(setup_.number);
    store::Write write;
    write.name = beat_path(setup_.number);
    write.bytes = std::as_bytes(std::span(document));
    write.is_record = true;
    setup_.store.write_many(std::span(&write, 1),
                            {.scratch = scratch_path("beat", setup_.token, setup_.number)}, stop);
    TRY(std::move(write.result));
    last_ = begun.count();
    return {};
}

}  // namespace haul::claim

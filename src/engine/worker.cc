#include "engine/worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "base/fault_point.h"
#include "engine/retry_delay.h"
#include "engine/unit_failure.h"

namespace haul::engine {
namespace {

// What an error of a handler means for the run.
enum class Meaning : std::uint8_t {
    unit,     // of this unit alone
    stopped,  // asked to end
    pause,    // everything would fail the same way now
    end,      // nothing more may be done
};

Meaning meaning_of(const Error& error, bool end_on_no_space, bool stopping) {
    switch (error.code) {
        // A handler that nobody stopped and says so failed; releasing it would turn in circles.
        case Code::interrupted:
            return stopping ? Meaning::stopped : Meaning::unit;
        case Code::fenced:
        case Code::busy:
            return Meaning::end;
        case Code::no_space:
            return end_on_no_space ? Meaning::end : Meaning::pause;
        case Code::denied:
        case Code::unavailable:
        case Code::timed_out:  // nobody answered in time: no fault of the unit
            return Meaning::pause;
        default:
            return error.retry == Retry::after_credentials ? Meaning::pause : Meaning::unit;
    }
}

std::string unit_name(const ledger::Lease& lease) { return lease.kind + " " + lease.key; }

constexpr int kMostPatience = 16;

}  // namespace

void Worker::run() {
    while (const std::optional<ledger::Lease> lease = next()) work_on(*lease);
    show_idle();
}

std::optional<ledger::Lease> Worker::next() {
    for (int patience = 1; !crew_.over(); patience = std::min(2 * patience, kMostPatience)) {
        const Status up = crew_.outage.wait_until_up(crew_.shutdown().drain());
        if (!up) {
            if (up.error().code != Code::interrupted) end_run(up.error());
            return std::nullopt;
        }
        const std::optional<std::uint64_t> news = crew_.enter();
        if (!news) return std::nullopt;
        Result<std::optional<ledger::Lease>> lease = claim();
        if (!lease) {
            end_run(lease.error());
            crew_.leave(false);
            return std::nullopt;
        }
        if (*lease) return std::move(*lease);
        show_idle();
        if (!crew_.leave_and_wait(*news, duty_.options.idle_poll * patience)) return std::nullopt;
    }
    return std::nullopt;
}

Result<std::optional<ledger::Lease>> Worker::claim() {
    ledger::ClaimRequest request;
    request.owner = duty_.owner;
    // Else any kind: one without a handler must be found, or the run would wait for it forever.
    if (duty_.options.kinds) {
        request.kinds = duty_.options.kinds();
        if (request.kinds.empty()) return std::optional<ledger::Lease>();
    }
    std::vector<ledger::Lease> leases = TRY(duty_.ledger.claim(request));
    if (leases.empty()) return std::optional<ledger::Lease>();
    return std::optional(std::move(leases.front()));
}

void Worker::work_on(const ledger::Lease& lease) {
    bool finished = false;
    if (crew_.begin_work(lease.alone)) {
        shown_busy_ = true;
        FAULT_POINT("engine.unit.claimed");
        const Result<ledger::Outcome> outcome = handle(lease);
        finished = settle(lease, outcome);
        crew_.end_work(lease.alone);
    } else {
        release(lease);
    }
    crew_.leave(finished);
}

Result<ledger::Outcome> Worker::handle(const ledger::Lease& lease) {
    const auto handler = duty_.handlers.find(lease.kind);
    if (handler == duty_.handlers.end()) {
        Error error = make_error(Code::internal, "run unit", unit_name(lease), "no handler for this kind");
        end_run(error);
        return failure(make_error(Code::interrupted, "run unit", unit_name(lease), "the run ends"));
    }
    Context context{duty_.ledger, lease, duty_.hub, duty_.memory, crew_.shutdown(), number_, &crew_};
    try {
        return handler->second(context);
    } catch (const std::exception& thrown) {
        return failure(Code::internal, "run unit", unit_name(lease),
                       fmt::format("exception: {}", thrown.what()));
    } catch (...) {
        return failure(Code::internal, "run unit", unit_name(lease), "exception of an unknown type");
    }
}

bool Worker::settle(const ledger::Lease& lease, const Result<ledger::Outcome>& outcome) {
    if (outcome) return finish(lease, *outcome);
    const Error& error = outcome.error();
    const auto delay = duty_.options.put_off && !crew_.over() ? duty_.options.put_off(error) : std::nullopt;
    if (delay) {
        put_off(lease, error, *delay);
        return false;
    }
    switch (meaning_of(error, duty_.options.end_on_no_space, crew_.over())) {
        case Meaning::unit:
            fail(lease, error);
            break;
        case Meaning::stopped:
            release(lease);
            break;
        case Meaning::pause:
            crew_.outage.begin(error);
            release(lease);
            break;
        case Meaning::end:
            end_run(error);
            release(lease);
            break;
    }
    return false;
}

bool Worker::finish(const ledger::Lease& lease, const ledger::Outcome& outcome) {
    FAULT_POINT("engine.unit.before_finish");
    const Status status = duty_.ledger.finish(lease.ref, outcome);
    if (!status) {
        end_run(status.error());
        return false;
    }
    FAULT_POINT("engine.unit.finished");
    crew_.outage.worked();
    return true;
}

void Worker::fail(const ledger::Lease& lease, const Error& error) {
    const RetryDelay retry{duty_.options.retry_base, duty_.options.retry_cap};
    std::chrono::nanoseconds delay = retry.jittered(lease.failures + lease.deaths);
    if (error.retry_after) delay = std::max<std::chrono::nanoseconds>(delay, *error.retry_after);
    const ledger::FailKind kind = fail_kind_of(error);
    const Result<ledger::State> state = duty_.ledger.fail(lease.ref, kind, error, delay);
    if (!state) return end_run(state.error());

    const bool aside = *state == ledger::State::set_aside;
    report::Event event;
    event.type = aside ? report::Type::unit_set_aside : report::Type::unit_failed;
    event.level = aside ? report::Level::error : report::Level::warning;
    event.unit = event.subject = unit_name(lease);
    event.operation = error.operation;
    event.worker = number_;
    event.error = error;
    event.error->state = state_before(lease);
    event.text = what_next(lease, kind, aside, delay);
    duty_.hub.emit(std::move(event));
}

void Worker::release(const ledger::Lease& lease) {
    const Status status = duty_.ledger.release(lease.ref);
    if (!status) end_run(status.error());
}

void Worker::put_off(const ledger::Lease& lease, const Error& error, std::chrono::nanoseconds delay) {
    report::Event event;
    event.unit = event.subject = unit_name(lease);
    event.operation = error.operation;
    event.worker = number_;
    event.error = error;
    event.error->state = state_before(lease);
    event.text = fmt::format("put off for {:.1f} s", std::chrono::duration<double>(delay).count());
    event.is_detail = true;
    duty_.hub.emit(std::move(event));
    const Status status = duty_.ledger.release(lease.ref, delay);
    if (!status) end_run(status.error());
}

void Worker::end_run(const Error& error) {
    // Who is no longer the owner must not send another byte, not even to reach a checkpoint.
    const bool not_ours = error.code == Code::fenced || error.code == Code::busy;
    crew_.end_with(error, not_ours);
}

void Worker::show_idle() {
    if (!std::exchange(shown_busy_, false)) return;
    report::Event event;
    event.type = report::Type::worker;
    event.level = report::Level::debug;
    event.worker = number_;
    duty_.hub.emit(std::move(event));
}

}  // namespace haul::engine

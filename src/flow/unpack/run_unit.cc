// The unit "run": a stretch of one archive's members. Small ones go in batches, large ones one by one.
#include <fmt/format.h>

#include <utility>

#include "base/clock.h"
#include "base/fault_point.h"
#include "base/json.h"
#include "engine/checkpoint_interval.h"
#include "flow/unpack/batch.h"
#include "flow/unpack/large_member.h"
#include "flow/unpack/room.h"
#include "flow/unpack/units.h"

namespace haul::unpack {
namespace {

class Run {
  public:
    Run(Work& work, engine::Context& context, RunUnit unit, std::shared_ptr<const Index> index)
        : work_(work),
          context_(context),
          unit_(unit),
          index_(std::move(index)),
          own_(work, context.lease.ref.unit),
          log_(work),
          batch_(work, work.archives.names[unit.archive], index_->algorithm(), own_, log_,
                 context.lease.ref.unit) {}

    Result<ledger::Outcome> run() {
        TRY(own_.load());
        first_ = TRY(log_.resume(context_.lease.checkpoint, unit_.first));
        room_ = TRY(reserve_room(
            work_.request, work_.destination, work_.space, work_.request.destination.canonical(),
            [this](const Visit& visit) { return for_each_left(visit); }, work_.shutdown.drain()));
        for (std::size_t at = first_; at < unit_.last; ++at) {
            std::optional<Item> item = wanted_file(at);
            if (!item) continue;
            if (in_own_folder(item->path)) {
                log_.failed(item->path, own_folder_error(*item));
                continue;
            }
            if (item->foreign != nullptr && item->foreign->special) {
                log_.skipped(item->path, "a FIFO, socket or device: it has no contents to write");
                continue;
            }
            const bool large = item->size > kSmall || item->end - item->begin > kSmall * 2;
            if (large || !batch_.takes(*item)) TRY(write_batch(at));
            if (large) {
                TRY(unpack_large(work_, context_, work_.archives.names[unit_.archive], index_->algorithm(),
                                 *item, own_, log_, room_.hold));
                TRY(pause(at + 1));
            } else {
                batch_.add(std::move(*item));
            }
        }
        TRY(write_batch(unit_.last));
        return log_.take(context_.lease.key);
    }

  private:
    std::optional<Item> wanted_file(std::size_t at) const {
        std::optional<Item> item = index_->item(at);
        if (item && (item->kind != zip::Kind::file || !work_.wanted(*item))) item.reset();
        return item;
    }

    Status for_each_left(const Visit& visit) const {
        for (std::size_t at = first_; at < unit_.last; ++at) {
            if (const std::optional<Item> item = wanted_file(at)) TRY(visit(*item));
        }
        return {};
    }

    // Writes what is batched; everything before item `next` is in place then.
    Status write_batch(std::size_t next) {
        if (batch_.empty()) return {};
        const std::uint64_t written = batch_.disk_size();
        TRY(batch_.write(first_, room_.tight));
        room_.hold.written(written);
        first_ = next;
        return pause(next);
    }

    Status pause(std::size_t next) {
        first_ = next;
        show();
        const bool stopping = !context_.check_stop();
        if (!stopping && clock::boot() - last_checkpoint_ < engine::checkpoint_interval()) return {};
        FAULT_POINT("unpack.run.before_checkpoint");
        TRY(context_.checkpoint(log_.progress(next), log_.take()));
        FAULT_POINT("unpack.run.after_checkpoint");
        last_checkpoint_ = clock::boot();
        return context_.check_stop();
    }

    void show() {
        report::Event event;
        event.type = report::Type::worker;
        event.worker = context_.worker;
        event.subject = work_.archives.names[unit_.archive];
        event.files = first_ - unit_.first;
        work_.hub.emit(std::move(event));
    }

    Work& work_;
    engine::Context& context_;
    RunUnit unit_;
    std::shared_ptr<const Index> index_;
    Room room_;
    OwnPaths own_;
    OutcomeLog log_;
    Batch batch_;
    std::size_t first_ = 0;
    clock::Nanoseconds last_checkpoint_ = clock::boot();
};

}  // namespace

ledger::NewUnit run_unit(const RunUnit& run) {
    const std::string payload =
        json::dump(json::Ordered{{"archive", run.archive}, {"first", run.first}, {"last", run.last}});
    return {kRunUnit, fmt::format("{:06}-{:08}", run.archive, run.first), payload,
            static_cast<std::int64_t>(run.archive)};
}

Result<RunUnit> parse_run(const std::string& payload) {
    constexpr std::string_view subject = "run unit";
    const json::Value value = TRY(json::parse(payload, subject));
    RunUnit run;
    run.archive = TRY(json::uint_at(value, "archive", subject));
    run.first = TRY(json::uint_at(value, "first", subject));
    run.last = TRY(json::uint_at(value, "last", subject));
    return run;
}

Result<ledger::Outcome> handle_run(Work& work, engine::Context& context) {
    const RunUnit unit = TRY(parse_run(context.lease.payload));
    if (unit.archive >= work.archives.names.size()) {
        return failure(make_error(Code::changed, "unpack", work.request.source.canonical(),
                                  "it has fewer archives than when the job began")
                           .with_remedy("run the same command again: it looks at all archives anew"));
    }
    // A batch as it lies in the archive and, where it was deflated, as it is; a piece of a large member;
    // lists.
    constexpr std::uint64_t beside = 10ULL << 20U;
    const engine::Reservation memory =
        TRY(reserve_index(work, context, unit.archive, 2 * batch_bytes(work.request) + beside));
    auto index = TRY(index_of(work, unit.archive));
    if (unit.last > index->count()) {
        return failure(make_error(Code::changed, "unpack", work.archives.names[unit.archive],
                                  "it has fewer members than when the job began")
                           .with_remedy("run the same command again: it looks at all archives anew"));
    }
    return Run(work, context, unit, std::move(index)).run();
}

}  // namespace haul::unpack

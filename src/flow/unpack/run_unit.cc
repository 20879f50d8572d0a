// The unit "run": a stretch of one archive's members. Small ones go in batches, large ones one by one.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
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
          log_(work) {
        for (Filled& filled : batches_)
            filled.batch.emplace(work, work.archives.names[unit.archive], index_->algorithm(), own_, log_,
                                 context.lease.ref.unit);
    }

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
            const std::uint64_t small = work_.shares.small;
            const bool large = item->size > small || item->end - item->begin > small * 2;
            if (large || !filling().takes(*item)) TRY(write_batch(at));
            if (large) {
                TRY(write_waiting());
                for (Filled& filled : batches_) filled.batch->release();
                TRY(unpack_large(work_, context_, work_.archives.names[unit_.archive], index_->algorithm(),
                                 *item, own_, log_, room_.hold));
                TRY(pause(at + 1));
            } else {
                filling().add(std::move(*item));
            }
        }
        TRY(write_batch(unit_.last));
        TRY(write_waiting());
        return log_.take(context_.lease.key);
    }

  private:
    // With Shares::batches of 1 the second stays empty.
    struct Filled {
        std::optional<Batch> batch;
        std::size_t next = 0;
    };

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

    [[nodiscard]] Batch& filling() { return *batches_[filling_].batch; }

    // Writes what is batched; everything before item `next` is in place then. With two batches it is only
    // read, while the one before is written.
    Status write_batch(std::size_t next) {
        if (filling().empty()) return {};
        Filled& full = batches_[filling_];
        full.next = next;
        if (work_.shares.batches == 1) return write(full);
        full.batch->read_ahead();
        filling_ = 1 - filling_;
        return write(batches_[filling_]);
    }

    // The batch that is read while this one is filled.
    Status write_waiting() { return write(batches_[1 - filling_]); }

    Status write(Filled& filled) {
        if (filled.batch->empty()) return {};
        const std::uint64_t written = filled.batch->disk_size();
        TRY(filled.batch->write(first_, room_.tight));
        room_.hold.written(written);
        return pause(filled.next);
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
    std::array<Filled, 2> batches_;
    std::size_t filling_ = 0;
    std::size_t first_ = 0;
    clock::Nanoseconds last_checkpoint_ = clock::boot();
};

// Pieces of very large members must be large, for services take so many and no more.
std::uint64_t memory_of_largest(const Work& work, const RunUnit& unit, const Index& index) {
    if (work.can.max_pieces == 0) return 0;
    std::uint64_t largest = 0;
    for (std::size_t at = unit.first; at < unit.last; ++at) {
        const std::optional<Item> item = index.item(at);
        if (item && item->kind == zip::Kind::file) largest = std::max(largest, item->size);
    }
    return streaming_of(work.shares, work.archives.store->capabilities(), work.can, largest).memory;
}

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
    engine::Reservation memory = TRY(reserve_index(work, context, unit.archive, work.shares.memory));
    auto index = TRY(index_of(work, unit.archive));
    if (unit.last > index->count()) {
        return failure(make_error(Code::changed, "unpack", work.archives.names[unit.archive],
                                  "it has fewer members than when the job began")
                           .with_remedy("run the same command again: it looks at all archives anew"));
    }
    const std::uint64_t needed = memory_of_largest(work, unit, *index);
    if (needed > work.shares.memory) {
        // Nobody waits for more while he holds some.
        index.reset();
        memory = {};
        memory = TRY(reserve_index(work, context, unit.archive, needed));
        index = TRY(index_of(work, unit.archive));
    }
    return Run(work, context, unit, std::move(index)).run();
}

}  // namespace haul::unpack

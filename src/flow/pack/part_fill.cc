#include "flow/pack/part_fill.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/fault_point.h"
#include "base/units.h"
#include "engine/checkpoint_interval.h"
#include "flow/pack/checkpoint.h"
#include "flow/pack/list_draft.h"
#include "flow/pack/notes.h"
#include "flow/set/image_check.h"

namespace haul::pack {

PartFill::PartFill(Work& work, engine::Context& context, std::uint32_t part, std::uint32_t revision,
                   PartList list, const Window& window)
    : work_(work),
      context_(context),
      part_(part),
      revision_(revision),
      list_(std::move(list)),
      window_(window),
      tile_size_(window.tile_size),
      algorithm_(digest::algorithm_named(work.request.options.digest).value_or(digest::Algorithm::xxh128)),
      log_(work.job.folder(), part, set::digest_width(algorithm_)),
      last_checkpoint_(clock::boot()) {}

Result<FilledPart> PartFill::run() {
    if (!TRY(resume())) TRY(open_upload());
    const std::uint64_t buffer = std::min(tile_size_, list_.table.layout().image_size());
    pool_ = std::make_unique<BufferPool>(std::min(window_.buffers, tile_count() + 1), buffer);
    const auto may_send = [this] { return work_.claim.check_if_stale(); };
    sender_ = std::make_unique<Sender>(*upload_, window_.senders, may_send, work_.shutdown.stop());
    while (list_.table.lines() > 0) {
        auto removed = fill_once();
        if (!removed) return failure(leave(std::move(removed).error()));
        if (removed->empty()) break;
        const Status revised = revise(std::move(*removed));
        if (!revised) return failure(leave(revised.error()));
    }
    return result();
}

Status PartFill::open_upload() {
    store::UploadRequest request;
    request.name = format::part_name(part_);
    request.size = list_.table.layout().image_size();
    request.condition.kind = store::Condition::Kind::create_only;
    request.scratch = scratch_name(part_, work_.claim.number());
    hold_ = TRY(work_.space.reserve(request.size, request.name, work_.shutdown.drain()));
    TRY(work_.claim.check_if_stale());
    FAULT_POINT("pack.part.before_upload");
    const std::uint64_t before = work_.destination.capabilities().free_bytes.value_or(0);
    upload_ = TRY(work_.destination.open_upload(request));
    // Where the store takes the room at once it no longer counts as free; else tile by tile.
    const std::uint64_t after = work_.destination.capabilities().free_bytes.value_or(0);
    hold_.written(before - std::min(before, after));
    FAULT_POINT("pack.part.after_upload");
    sealer_ = std::make_unique<Sealer>(list_.table, algorithm_, FinishedMembers{});
    sent_.assign(tile_count(), false);
    tile_crcs_.assign(tile_count(), 0);
    return {};
}

// Goes on where the checkpoint says; false where there is none that fits, and the part begins again.
Result<bool> PartFill::resume() {
    if (context_.lease.checkpoint.empty()) return false;
    FillCheckpoint saved = TRY(parse_checkpoint(context_.lease.checkpoint));
    if (saved.revision != revision_ || saved.tile_size != tile_size_) return false;
    store::UploadRequest request;
    request.name = format::part_name(part_);
    request.size = list_.table.layout().image_size();
    request.condition.kind = store::Condition::Kind::create_only;
    request.scratch = saved.upload;
    request.id = saved.upload;
    auto upload = work_.destination.open_upload(request);
    if (!upload && upload.error().code == Code::not_found) return false;
    if (!upload) return failure(std::move(upload).error());
    auto members = log_.load(revision_, saved.log_length);
    if (!members) {
        work_.hub.note(report::Level::warning, "begins again: " + members.error().message(),
                       format::part_name(part_));
        TRY((*upload)->abort());
        return false;
    }
    upload_ = std::move(*upload);
    versions_ = std::move(saved.versions);
    sent_.assign(tile_count(), false);
    tile_crcs_.assign(tile_count(), 0);
    for (const SentTile& tile : saved.sent) {
        if (tile.index >= tile_count()) continue;
        sent_[tile.index] = true;
        tile_crcs_[tile.index] = tile.crc32;
    }
    sealer_ = std::make_unique<Sealer>(list_.table, algorithm_, std::move(*members));
    restart_ = first_unsent();
    if (sealer_->finished() < list_.table.entries()) {
        restart_ = std::min(restart_, tile_of(list_.table.layout().header_offset(sealer_->finished())));
    }
    kept_ = progress();
    return true;
}

// Reads and sends from tile `restart_` on. Empty: all is sent; else the members that have to leave. The
// reader, which looks into the table, is gone when the caller makes another table.
Result<std::vector<Removed>> PartFill::fill_once() {
    TileReader reader(work_.source, list_.table, *pool_,
                      {tile_size_, restart_, sealer_->finished(), sent_, versions_, window_.readers},
                      work_.shutdown.stop());
    // Sending can hold every buffer for long: who waits for one then would not hear of a drain.
    const std::stop_token until = window_.senders > 0 ? work_.shutdown.drain() : std::stop_token();
    while (true) {
        TRY(context_.check_stop());
        std::optional<Tile> tile = TRY(reader.next(until));
        if (!tile) break;
        std::vector<Removed> removed = TRY(take(std::move(*tile)));
        if (!removed.empty()) return removed;
        TRY(checkpoint_if_due());
    }
    TRY(finish_sending());
    return std::vector<Removed>();
}

Status PartFill::checkpoint_if_due() {
    if (!got_further() || clock::boot() - last_checkpoint_ < engine::checkpoint_interval()) return {};
    return checkpoint();
}

// Where members have to leave, the tile was not taken.
Result<std::vector<Removed>> PartFill::take(Tile tile) {
    std::vector<Removed> removed = TRY(sealer_->check_reads(tile));
    if (!removed.empty()) return removed;
    if (const auto entry = spanning_entry(list_.table, tile)) versions_[*entry] = tile.last_version;
    std::uint64_t bytes = 0;
    for (const TileRead& read : tile.reads) bytes += read.into.size();
    const std::size_t before = sealer_->finished();
    std::vector<Tile> ready;
    removed = sealer_->take(std::move(tile), ready);
    if (!removed.empty()) return removed;
    std::erase_if(ready, [](const Tile& sealed) { return sealed.sent; });
    sender_->submit(std::move(ready));
    TRY(note_sent());
    work_.count(sealer_->finished() - before, bytes);
    show();
    return removed;
}

Status PartFill::note_sent() {
    std::vector<SentPiece> sent;
    Status all_well = sender_->collect(sent);
    for (const SentPiece& piece : sent) {
        hold_.written(piece.size);
        sent_[piece.index] = true;
        tile_crcs_[piece.index] = piece.crc32;
    }
    return all_well;
}

// Everything is read and sealed: what is still under way to the store comes to its end.
Status PartFill::finish_sending() {
    while (!sender_->idle()) {
        TRY(context_.check_stop());
        sender_->wait(work_.shutdown.drain());
        TRY(note_sent());
        show();
        TRY(checkpoint_if_due());
    }
    TRY(note_sent());
    if (first_unsent() == tile_count()) return {};
    return failure(Code::internal, "send", format::part_name(part_),
                   fmt::format("piece {} was never sent", first_unsent() + 1));
}

// The members in `removed` leave the part: what lies before the first of them stays, what lies behind is laid
// out again.
Status PartFill::revise(std::vector<Removed> removed) {
    const std::size_t first = removed.front().entry;
    restart_ = tile_of(list_.table.layout().header_offset(first));
    sender_->discard_from(restart_);
    TRY(note_sent());
    ListDraft draft(part_, revision_ + 1);
    std::size_t next = 0;
    for (std::size_t line = 0; line < list_.table.lines(); ++line) {
        const bool leaves = next < removed.size() && list_.table.line_of(removed[next].entry) == line;
        if (leaves) {
            ++next;
        } else {
            TRY(draft.add(list_.table.member(line)));
        }
    }
    for (Removed& gone : removed) {
        if (gone.note.what == format::ListNote::What::late) {
            work_.hub.note(report::Level::warning, "changed while it was read; left to the last part",
                           gone.note.item.path);
        } else {
            if (gone.error.remedy.empty()) gone.error.remedy = failed_item("read", gone.note.item).remedy;
            work_.hub.fail_item(gone.note.item.path, gone.error);
        }
        list_.end.notes.push_back(std::move(gone.note));
    }
    TRY(work_.claim.check_if_stale());
    FAULT_POINT("pack.revision.before_write");
    const PartUnit revised = TRY(draft.write(work_, list_.end));
    FAULT_POINT("pack.revision.after_write");
    ++revision_;
    // Read again rather than made beside the old one: two tables would take more memory than was reserved.
    std::unique_ptr<Sealer> sealer = std::exchange(sealer_, nullptr);
    list_.table = {};
    list_ = TRY(read_list(work_, revised, revision_));
    sealer_ = std::move(sealer);
    sealer_->rewind(list_.table, first, restart_);
    sent_.resize(std::min(restart_, tile_count()));
    sent_.resize(tile_count(), false);
    tile_crcs_.resize(tile_count());
    std::erase_if(versions_, [&](const auto& known) { return known.first >= first; });
    return checkpoint();
}

Status PartFill::checkpoint() {
    TRY(upload_->flush());
    FAULT_POINT("pack.checkpoint.after_flush");
    // The log holds every finished member; one whose last tile was not sent yet is read again, its sums are
    // known.
    const std::uint64_t length = TRY(log_.append(revision_, sealer_->members(), sealer_->finished()));
    FAULT_POINT("pack.checkpoint.before_commit");
    FillCheckpoint saved;
    saved.revision = revision_;
    saved.tile_size = tile_size_;
    saved.upload = upload_->id();
    saved.log_length = length;
    for (std::size_t index = 0; index < sent_.size(); ++index) {
        if (sent_[index]) saved.sent.push_back({index, tile_crcs_[index]});
    }
    const std::uint64_t unsent = first_unsent() * tile_size_;
    for (const auto& [entry, version] : versions_) {
        if (list_.table.layout().data_end(entry) > unsent) saved.versions.emplace(entry, version);
    }
    TRY(context_.checkpoint(to_text(saved)));
    FAULT_POINT("pack.checkpoint.after_commit");
    last_checkpoint_ = clock::boot();
    kept_ = progress();
    return {};
}

PartFill::Progress PartFill::progress() const {
    return {static_cast<std::size_t>(std::ranges::count(sent_, true)), sealer_->finished()};
}

bool PartFill::got_further() const {
    const Progress now = progress();
    return now.sent > kept_.sent || now.finished > kept_.finished;
}

// A stop on request, and an error that will be tried again, keep what was done so far. An attempt that did
// nothing is no progress: a checkpoint would begin the count of failures, and the time of an outage, anew.
Error PartFill::leave(Error error) {
    if (error.code == Code::fenced || error.code == Code::busy) return error;
    if (!sealer_) return error;  // between two revisions: there is nothing that a checkpoint could vouch for
    // What is under way may still arrive, and then counts; a stop ends it.
    sender_->settle();
    [[maybe_unused]] const Status same_or_later = note_sent();
    if (error.code != Code::interrupted && !got_further()) return error;
    if (auto saved = checkpoint(); !saved && error.code == Code::interrupted) {
        work_.hub.note(report::Level::warning, "progress not kept: " + saved.error().message(),
                       format::part_name(part_));
    }
    return error;
}

FilledPart PartFill::result() {
    FilledPart filled;
    filled.part = part_;
    filled.revision = revision_;
    filled.notes = list_.end.notes;
    const std::uint64_t image = list_.table.layout().image_size();
    for (std::size_t index = 0; index < tile_count(); ++index) {
        const std::uint64_t size = std::min(tile_size_, image - index * tile_size_);
        filled.crc32 = digest::crc32_combine(filled.crc32, tile_crcs_[index], size);
    }
    filled.pieces = static_cast<std::uint32_t>(tile_count());
    filled.members = sealer_->take_members();
    sealer_.reset();
    sender_.reset();
    pool_.reset();  // reading back, where that is asked for, takes as much
    filled.upload = std::move(upload_);
    filled.table = std::move(list_.table);
    return filled;
}

std::size_t PartFill::tile_count() const {
    return static_cast<std::size_t>((list_.table.layout().image_size() + tile_size_ - 1) / tile_size_);
}

std::size_t PartFill::first_unsent() const {
    return static_cast<std::size_t>(std::find(sent_.begin(), sent_.end(), false) - sent_.begin());
}

void PartFill::show() const {
    report::Event event;
    event.type = report::Type::worker;
    event.worker = context_.worker;
    event.subject = format::part_name(part_);
    event.bytes = static_cast<std::uint64_t>(std::count(sent_.begin(), sent_.end(), true)) * tile_size_;
    event.total_bytes = list_.table.layout().image_size();
    event.bytes = std::min(event.bytes, event.total_bytes);
    work_.hub.emit(std::move(event));
}

}  // namespace haul::pack

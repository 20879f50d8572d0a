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
namespace {

// Bytes of metadata in memory; what comes with millions of small objects has no bound of its own.
constexpr std::uint64_t kMostMetaWaiting = 1ULL << 20U;

}  // namespace

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
      metas_(work.job.folder(), part),
      wants_meta_(work.source.capabilities().keeps_metadata),
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
    TRY(metas_.append(revision_, list_.table.entries()));
    // What a kill before the manifest would cost, against one more commit: the image read back.
    if (hides_uploads(work_.destination) && got_further()) TRY(checkpoint());
    return result();
}

UploadPlan PartFill::plan() const {
    return {part_, revision_, list_.end.layout_hash, list_.table.layout().image_size(), tile_size_};
}

Status PartFill::open_upload() {
    hold_ = TRY(work_.space.reserve(plan().image_size, format::part_name(part_), work_.shutdown.drain()));
    FAULT_POINT("pack.part.before_upload");
    const std::uint64_t before = work_.destination.capabilities().free_bytes.value_or(0);
    PartUpload opened = TRY(open_part_upload(work_, plan()));
    // Where the store takes the room at once it no longer counts as free; else tile by tile.
    const std::uint64_t after = work_.destination.capabilities().free_bytes.value_or(0);
    hold_.written(before - std::min(before, after));
    FAULT_POINT("pack.part.after_upload");
    upload_ = std::move(opened.upload);
    received_ = std::move(opened.received);
    sealer_ = std::make_unique<Sealer>(list_.table, algorithm_, Known{});
    sent_.assign(tile_count(), false);
    tile_crcs_.assign(tile_count(), 0);
    return {};
}

// Goes on where the checkpoint says; false where there is none that fits, and the part begins again.
Result<bool> PartFill::resume() {
    if (context_.lease.checkpoint.empty()) return false;
    FillCheckpoint saved = TRY(parse_checkpoint(context_.lease.checkpoint));
    if (saved.revision != revision_ || saved.tile_size != tile_size_) return false;
    auto opened = TRY(resume_part_upload(work_, plan(), saved.upload));
    if (!opened) return false;
    const auto load = [&]() -> Result<FinishedMembers> {
        TRY(metas_.load(revision_, saved.meta_length));
        return log_.load(revision_, saved.log_length);
    };
    auto members = load();
    if (!members) {
        work_.hub.note(report::Level::warning, "begins again: " + members.error().message(),
                       format::part_name(part_));
        TRY(give_up(work_, *opened->upload));
        return false;
    }
    upload_ = std::move(opened->upload);
    received_ = std::move(opened->received);
    versions_ = std::move(saved.versions);
    sent_.assign(tile_count(), false);
    tile_crcs_.assign(tile_count(), 0);
    Known known{std::move(*members), {}, tile_size_};
    const bool service_decides = hides_uploads(work_.destination);
    for (const SentTile& tile : saved.sent) {
        if (tile.index >= tile_count()) continue;
        const auto number = static_cast<std::uint32_t>(tile.index + 1);
        if (service_decides && !received_.confirms(number, size_of(tile.index), tile.crc32)) continue;
        sent_[tile.index] = true;
        tile_crcs_[tile.index] = tile.crc32;
        known.sent.emplace(tile.index, tile.crc32);
    }
    sealer_ = std::make_unique<Sealer>(list_.table, algorithm_, std::move(known));
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
    TileReader reader(
        work_.source, list_.table, *pool_,
        {tile_size_, restart_, sealer_->finished(), sent_, versions_, wants_meta_, window_.readers},
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
    const bool due = clock::boot() - last_checkpoint_ >= engine::checkpoint_interval() ||
                     metas_.waiting() > kMostMetaWaiting;
    if (!due || !got_further()) return {};
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
    std::vector<SeenMeta> metas = std::move(tile.metas);
    std::vector<Tile> ready;
    removed = sealer_->take(std::move(tile), ready);
    if (!removed.empty()) return removed;
    for (SeenMeta& seen : metas) metas_.note(seen.entry, std::move(seen.text));
    TRY(pass_over_received(ready));
    std::erase_if(ready, [](const Tile& sealed) { return sealed.sent; });
    sender_->submit(std::move(ready));
    TRY(note_sent());
    work_.count(sealer_->finished() - before, bytes);
    show();
    return removed;
}

// Of an upload that another run began: what the service has of exactly these bytes needs no sending.
Status PartFill::pass_over_received(std::vector<Tile>& tiles) {
    for (Tile& tile : tiles) {
        store::Piece piece;
        piece.number = static_cast<std::uint32_t>(tile.index + 1);
        if (tile.sent || !received_.concerns(piece.number)) continue;
        piece.bytes = tile.bytes();
        piece.crc32 = digest::crc32(0, piece.bytes);
        tile.sent = TRY(service_has(piece));
        if (!tile.sent) continue;
        sent_[tile.index] = true;
        tile_crcs_[tile.index] = piece.crc32;
    }
    return {};
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

// Where what was finished before is not what the source holds now, the part begins again: nothing of the
// upload can be trusted.
Result<bool> PartFill::service_has(const store::Piece& piece) {
    auto has = received_.has(piece);
    if (!has && has.error().code == Code::changed) {
        sender_->settle();
        TRY(give_up(work_, *upload_));
    }
    return has;
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
    metas_.forget_from(first);
    received_.laid_out_again(static_cast<std::uint32_t>(restart_ + 1));
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
    const std::uint64_t meta_length = TRY(metas_.append(revision_, sealer_->finished()));
    FAULT_POINT("pack.checkpoint.before_commit");
    FillCheckpoint saved;
    saved.revision = revision_;
    saved.tile_size = tile_size_;
    saved.upload = upload_->id();
    saved.log_length = length;
    saved.meta_length = meta_length;
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
    for (std::size_t index = 0; index < tile_count(); ++index) {
        filled.crc32 = digest::crc32_combine(filled.crc32, tile_crcs_[index], size_of(index));
    }
    filled.pieces = static_cast<std::uint32_t>(tile_count());
    filled.members = sealer_->take_members();
    filled.metas = &metas_;
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

std::uint64_t PartFill::size_of(std::size_t index) const {
    return std::min(tile_size_, list_.table.layout().image_size() - index * tile_size_);
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

// Fills one part: reads its members tile by tile into their places and sends each tile as soon as it is full.
//
// The caller's thread seals; others read ahead (tile_reader.h) and, to a service, send (sender.h): window.h
// says how many. A member that changed leaves the part: a new revision of the list is written, and only what
// lies behind it is made and sent again. Resumes at the ledger's checkpoint.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "engine/engine.h"
#include "flow/pack/part_unit.h"
#include "flow/pack/progress_log.h"
#include "flow/pack/sealer.h"
#include "flow/pack/sender.h"
#include "flow/pack/tile_reader.h"
#include "flow/pack/window.h"
#include "flow/pack/work.h"

namespace haul::pack {

// A part whose every piece is with the store, not yet finished.
struct FilledPart {
    std::uint32_t part = 0, revision = 0;
    std::unique_ptr<store::Upload> upload;
    format::MemberTable table;
    FinishedMembers members;
    std::vector<format::ListNote> notes;  // of the highest revision
    std::uint32_t crc32 = 0;              // of the image
    std::uint32_t pieces = 0;
};

class PartFill {
  public:
    // `revision`: the highest that the destination holds, `list` its contents.
    PartFill(Work& work, engine::Context& context, std::uint32_t part, std::uint32_t revision, PartList list,
             const Window& window);
    [[nodiscard]] Result<FilledPart> run();
    // The part is published: what only resuming needs goes.
    void forget_progress() { log_.remove(); }

  private:
    [[nodiscard]] Status open_upload();
    [[nodiscard]] Result<bool> resume();
    [[nodiscard]] Result<std::vector<Removed>> fill_once();
    [[nodiscard]] Result<std::vector<Removed>> take(Tile tile);
    [[nodiscard]] Status revise(std::vector<Removed> removed);
    [[nodiscard]] Status note_sent();
    [[nodiscard]] Status finish_sending();
    [[nodiscard]] Status checkpoint_if_due();
    [[nodiscard]] Status checkpoint();
    [[nodiscard]] FilledPart result();
    [[nodiscard]] std::size_t tile_count() const;
    [[nodiscard]] std::size_t first_unsent() const;
    [[nodiscard]] std::size_t tile_of(std::uint64_t offset) const {
        return static_cast<std::size_t>(offset / tile_size_);
    }
    [[nodiscard]] Error leave(Error error);
    struct Progress {
        std::size_t sent = 0, finished = 0;  // tiles, members
    };
    [[nodiscard]] Progress progress() const;
    [[nodiscard]] bool got_further() const;  // than the checkpoint says
    void show() const;

    Work& work_;
    engine::Context& context_;
    std::uint32_t part_, revision_;
    PartList list_;
    Window window_;
    std::uint64_t tile_size_ = 0;
    digest::Algorithm algorithm_;
    ProgressLog log_;
    engine::SpaceHold hold_;
    std::unique_ptr<store::Upload> upload_;
    std::unique_ptr<BufferPool> pool_;
    std::unique_ptr<Sealer> sealer_;
    std::unique_ptr<Sender> sender_;
    std::vector<bool> sent_;
    std::vector<std::uint32_t> tile_crcs_;
    SpanningVersions versions_;
    std::size_t restart_ = 0;  // tile to read on from
    Progress kept_;            // what the last checkpoint holds
    clock::Nanoseconds last_checkpoint_{};
};

}  // namespace haul::pack

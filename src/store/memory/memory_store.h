// A store in memory, for tests: it behaves as a service does (flat names, pieces listed by the store,
// checksums of whole objects, ranged copies), and keeps every attribute. Folders exist only where they were
// written. `strict` takes away what no service has.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "store/memory/memory_place.h"
#include "store/store.h"

namespace haul::store::memory {

struct MemoryOptions {
    std::string address = "memory://test";
    std::size_t page_objects = 1000;
    Habits habits = {};
    // As strict as S3: any names, also of objects and folders that have the same one; no modes, times and
    // symlinks; folders are there with what is beneath them; pieces but the last are of `min_piece` bytes and
    // at most `max_pieces`.
    bool strict = false;
    std::uint64_t min_piece = 0, max_pieces = 0;
};

class MemoryStore final : public Store {
  public:
    explicit MemoryStore(const MemoryOptions& options = {});
    // Another store on the same place.
    MemoryStore(std::shared_ptr<Place> place, std::size_t page_objects)
        : place_(std::move(place)), page_objects_(page_objects) {}
    [[nodiscard]] const std::shared_ptr<Place>& place() const { return place_; }

    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] Result<std::unique_ptr<Listing>> list(const ListRequest& request) override;
    [[nodiscard]] Result<Stat> stat(const StatRequest& request) override;
    void read_many(std::span<Read> reads, const std::stop_token& stop) override;
    void write_many(std::span<Write> writes, const WriteOptions& options,
                    const std::stop_token& stop) override;
    [[nodiscard]] Result<std::unique_ptr<Upload>> open_upload(const UploadRequest& request) override;
    [[nodiscard]] Result<std::vector<PendingUpload>> uploads_of(const std::string& name) override;
    void remove_many(std::span<Remove> removes, const std::stop_token& stop) override;

  private:
    [[nodiscard]] Status read(Read& read);
    [[nodiscard]] Status write(Write& write);
    [[nodiscard]] Status remove(const Remove& remove);

    std::shared_ptr<Place> place_;
    std::size_t page_objects_;
};

}  // namespace haul::store::memory

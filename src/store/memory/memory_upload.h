// An upload to a memory store: pieces are held apart until finish() joins them. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/memory/memory_place.h"
#include "store/store.h"

namespace haul::store::memory {

class MemoryUpload final : public Upload {
  public:
    [[nodiscard]] static Result<std::unique_ptr<Upload>> open(std::shared_ptr<Place> place,
                                                              const UploadRequest& request);

    [[nodiscard]] const std::string& id() const override { return id_; }
    void put_many(std::span<Piece> pieces, const std::stop_token& stop) override;
    [[nodiscard]] Status copy(std::uint32_t number, std::string_view source_address, std::uint64_t offset,
                              std::uint64_t size, const Version& version) override;
    [[nodiscard]] Status flush() override;
    [[nodiscard]] Result<std::vector<Received>> received() override;
    [[nodiscard]] Result<Object> finish(const Finish& finish) override;
    [[nodiscard]] Status abort() override;

  private:
    MemoryUpload(std::shared_ptr<Place> place, std::string id)
        : place_(std::move(place)), id_(std::move(id)) {}
    // The upload as the place holds it; Code::not_found once it is over. The mutex is held.
    [[nodiscard]] Result<std::reference_wrapper<HeldUpload>> held();
    [[nodiscard]] Status put(const Piece& piece);

    std::shared_ptr<Place> place_;
    std::string id_;
};

}  // namespace haul::store::memory

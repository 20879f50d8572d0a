// Stores and uploads that hand every call on: what wrappers derive from, overriding only what they care
// about.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/store.h"

namespace haul::store::wrap {

class ForwardingUpload : public Upload {
  public:
    explicit ForwardingUpload(std::unique_ptr<Upload> target) : target_(std::move(target)) {}
    [[nodiscard]] const std::string& id() const override { return target_->id(); }
    void put_many(std::span<Piece> pieces, const std::stop_token& stop) override;
    [[nodiscard]] Status copy(std::uint32_t number, std::string_view source_address, std::uint64_t offset,
                              std::uint64_t size, const Version& version) override;
    [[nodiscard]] Status flush() override;
    [[nodiscard]] Result<std::vector<Received>> received() override;
    [[nodiscard]] Result<Object> finish(const Finish& finish) override;
    [[nodiscard]] Status abort() override;

  protected:
    [[nodiscard]] Upload& target() { return *target_; }

  private:
    std::unique_ptr<Upload> target_;
};

class ForwardingStore : public Store {
  public:
    explicit ForwardingStore(std::unique_ptr<Store> target) : target_(std::move(target)) {}
    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] Result<std::unique_ptr<Listing>> list(const ListRequest& request) override;
    [[nodiscard]] Result<Stat> stat(const StatRequest& request) override;
    void read_many(std::span<Read> reads, const std::stop_token& stop) override;
    void write_many(std::span<Write> writes, const WriteOptions& options,
                    const std::stop_token& stop) override;
    [[nodiscard]] Result<std::unique_ptr<Upload>> open_upload(const UploadRequest& request) override;
    [[nodiscard]] Result<std::vector<PendingUpload>> uploads_of(const std::string& name) override;
    void remove_many(std::span<Remove> removes, const std::stop_token& stop) override;

  protected:
    [[nodiscard]] Store& target() { return *target_; }

  private:
    std::unique_ptr<Store> target_;
};

}  // namespace haul::store::wrap

// Objects in an S3 bucket, of Amazon or of any service that speaks its protocol. docs/s3.md says what is
// needed of it and how it is found.
//
// Every write carries its CRC-32 and every conditional call its ETag. Nothing is tried again here: wrap/retry
// does. Where a service lacks something, `capabilities()` says so.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "store/open_store.h"
#include "store/s3/bucket.h"
#include "store/s3/knowledge.h"
#include "store/store.h"

namespace haul::store::s3 {

class S3Store final : public Store {
  public:
    // `writes`: the place will be written to, so what its endpoint can do is recalled or
    // tried. Else Code::not_found where nothing lies beneath the address.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const Address& address,
                                                             const ServiceOptions& options, bool writes);

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
    S3Store(std::shared_ptr<Bucket> bucket, Knowledge knowledge)
        : bucket_(std::move(bucket)), knowledge_(knowledge) {}

    std::shared_ptr<Bucket> bucket_;
    Knowledge knowledge_;
};

}  // namespace haul::store::s3

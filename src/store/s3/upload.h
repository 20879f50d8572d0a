// A multipart upload. Its id is the service's upload id; what the service lists of it is what there is.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/s3/answers.h"
#include "store/s3/bucket.h"
#include "store/store.h"

namespace haul::store::s3 {

class S3Upload final : public Upload {
  public:
    // `checks_whole`: the service checks a whole object's CRC-32 at the end (FULL_OBJECT).
    [[nodiscard]] static Result<std::unique_ptr<Upload>> open(std::shared_ptr<Bucket> bucket,
                                                              const UploadRequest& request,
                                                              bool checks_whole);

    [[nodiscard]] const std::string& id() const override { return id_; }
    void put_many(std::span<Piece> pieces, const std::stop_token& stop) override;
    // `source_address`: "s3://bucket/key" of the same service.
    [[nodiscard]] Status copy(std::uint32_t number, std::string_view source_address, std::uint64_t offset,
                              std::uint64_t size, const Version& version) override;
    [[nodiscard]] Status flush() override { return {}; }  // a piece that was answered is durable
    [[nodiscard]] Result<std::vector<Received>> received() override;
    [[nodiscard]] Result<Object> finish(const Finish& finish) override;
    [[nodiscard]] Status abort() override;

  private:
    S3Upload(std::shared_ptr<Bucket> bucket, UploadRequest request, bool checks_whole);
    [[nodiscard]] Status create();
    [[nodiscard]] Tried tried(const char* operation) const;
    [[nodiscard]] Result<std::string> document(const Finish& finish) const;
    [[nodiscard]] Result<Object> read_back(const Finish& finish, const Made& made);

    // Sets sent_ to what is there; `listed` by number.
    [[nodiscard]] std::vector<Received> recognise(
        const std::map<std::uint32_t, std::vector<ListedPiece>>& listed);

    struct Sent {
        std::string etag;
        std::optional<std::uint32_t> crc32;
    };
    std::shared_ptr<Bucket> bucket_;
    UploadRequest request_;
    bool checks_whole_;
    std::string key_, id_;
    mutable std::mutex mutex_;            // of sent_: pieces go out from several threads
    std::map<std::uint32_t, Sent> sent_;  // by number
};

// A range that the service copies into a piece.
struct CopiedRange {
    std::uint32_t number = 0;
    std::string_view source_address;  // "s3://bucket/key"
    std::uint64_t offset = 0, size = 0;
    Version version = {};
};
[[nodiscard]] Result<Made> copy_range(Bucket& bucket, const std::string& key, const std::string& id,
                                      const CopiedRange& range);

// Everything of an upload is gone afterwards; absent is fine.
[[nodiscard]] Status abort_upload(Bucket& bucket, const std::string& name, const std::string& id);
// All uploads under way of exactly this object.
[[nodiscard]] Result<std::vector<PendingUpload>> pending_uploads(Bucket& bucket, const std::string& name);

}  // namespace haul::store::s3

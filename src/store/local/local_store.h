// A folder on this machine as a store.
//
// Everything happens beneath the folder, whatever symlinks or `..` a name would use. Writes go through
// temporaries and renames; attributes (mode, owner, mtime) are kept, content types and metadata are not.
// Condition::replace looks at the version right before it renames: against other writers of the same object
// that is a check, not a lock. Thread-safe as store.h says.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "store/local/durability.h"
#include "store/local/reader.h"
#include "store/local/root.h"
#include "store/local/workers.h"
#include "store/store.h"

namespace haul::store::local {

struct LocalOptions {
    bool create = false;                     // make the folder where it is missing
    bool follow_symlinks = false;            // list and read what symlinks point to; writing never follows
    std::vector<std::string> keep_out = {};  // folders that following must not enter
    std::string sort_folder = {};            // for names of huge folders; empty: $TMPDIR or /tmp
    unsigned threads = 0;                    // that share a batch, the caller included; 0: 2
};

class LocalStore final : public Store {
  public:
    // `path` is absolute. Code::not_found where it is missing and not to be made.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::string& path,
                                                             const LocalOptions& options);

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
    LocalStore(Root root, const LocalOptions& options);
    [[nodiscard]] Result<std::int64_t> clock_of_root() const;

    std::shared_ptr<const Root> root_;
    std::string sort_folder_;
    Workers workers_;
    Durability durability_;
    Reader reader_;
};

}  // namespace haul::store::local

// What `.haul/uploads/` says of uploads that a service keeps out of sight: two files an upload,
// `part-NNNNN.CLAIM.intent` before it is created and `part-NNNNN.CLAIM.id` right after. docs/format.md,
// "Uploads". Files are create-only and never changed.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/claim/own_folder.h"
#include "store/store.h"

namespace haul::pack {

using claim::kUploadFolder;

// What an upload is made for: only where all of it agrees can its pieces be of use.
struct UploadPlan {
    std::uint32_t part = 0, revision = 0;
    std::string layout_hash;
    std::uint64_t image_size = 0, tile_size = 0;
    bool operator==(const UploadPlan&) const = default;
};

// The contents of an `.id`.
struct UploadId {
    UploadPlan plan;
    std::string id;  // store::Upload::id()
};
[[nodiscard]] std::string to_document(const UploadId& upload);
[[nodiscard]] Result<UploadId> parse_upload_id(std::string_view document, std::string_view subject);
[[nodiscard]] std::string intent_document(std::uint32_t part, std::uint64_t claim);

[[nodiscard]] std::string intent_name(std::uint32_t part, std::uint64_t claim);
[[nodiscard]] std::string id_name(std::uint32_t part, std::uint64_t claim);

// The files of one upload, as far as they are there.
struct UploadRecord {
    std::uint64_t claim = 0;
    bool intent = false, id = false;
};

// Which records lie at the destination, by part. They change through their owner alone, so one listing is
// enough. Thread-safe.
class UploadRecords {
  public:
    // Those among what was listed (of the set's folder, or of `.haul/`), instead of what was known; what is
    // over stays so.
    void take(const std::vector<store::Object>& listed);
    [[nodiscard]] std::vector<UploadRecord> of(std::uint32_t part) const;
    [[nodiscard]] std::vector<std::uint32_t> parts() const;
    void add_intent(std::uint32_t part, std::uint64_t claim);
    void add_id(std::uint32_t part, std::uint64_t claim);
    // Its records were removed.
    void forget(std::uint32_t part);
    // Its uploads are completed or aborted: their records say nothing any more.
    void set_over(std::uint32_t part);
    [[nodiscard]] bool over(std::uint32_t part) const;

  private:
    [[nodiscard]] UploadRecord& at(std::uint32_t part, std::uint64_t claim);
    mutable std::mutex mutex_;
    std::map<std::uint32_t, std::map<std::uint64_t, UploadRecord>> records_;
    std::set<std::uint32_t> over_;
};

}  // namespace haul::pack

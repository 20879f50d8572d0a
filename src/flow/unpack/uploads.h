// Uploads that this unpack has under way at a service: noted in `.haul/uploads/` before they begin, so that
// those of a run that was killed are ended, and nothing is paid for that nobody sees.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/unpack/work.h"
#include "store/store.h"

namespace haul::unpack {

// The note of one upload; a unit has one at a time. Where uploads are no matter of the store, nothing is
// noted.
class UploadNote {
  public:
    // Durable before the upload begins.
    [[nodiscard]] static Result<UploadNote> begin(const Work& work, std::int64_t unit,
                                                  const std::string& name);
    // The upload has begun.
    [[nodiscard]] Status begun(const std::string& id) const;
    // The upload is over.
    [[nodiscard]] Status over() const;

  private:
    UploadNote(const Work& work, std::string note, std::string name)
        : work_(&work), note_(std::move(note)), name_(std::move(name)) {}
    const Work* work_;
    std::string note_, name_;  // note_: empty: none
};

// Ends what notes tell of, and removes them; returns what was ended, also what turned out to be gone. Only
// for who owns the destination, while none of its own uploads is under way. Looks at the claim before each
// step.
[[nodiscard]] Result<std::vector<store::PendingUpload>> end_noted_uploads(store::Store& destination,
                                                                          claim::Claim& claim,
                                                                          const std::stop_token& stop);

}  // namespace haul::unpack

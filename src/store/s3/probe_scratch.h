// Where a probe (knowledge.h) works: objects beneath `.haul-probe-OWNER-TOKEN/`, gone when it is over.
//
// The owner's identity stands in the name, so that what a killed probe left is found and removed by the next
// one: at once where its process is gone, after an hour where that cannot be seen from here. One thread.
#pragma once

#include <string>
#include <vector>

#include "store/s3/bucket.h"

namespace haul::store::s3 {

class ProbeScratch {
  public:
    explicit ProbeScratch(Bucket& bucket);
    ~ProbeScratch();  // removes all that was named
    ProbeScratch(const ProbeScratch&) = delete;
    ProbeScratch& operator=(const ProbeScratch&) = delete;
    [[nodiscard]] std::string name(const std::string& leaf);
    [[nodiscard]] const std::string& folder() const { return folder_; }

  private:
    Bucket& bucket_;
    std::string folder_;
    std::vector<std::string> made_;
};

// Ends all uploads of this name, also those whose id never reached us.
[[nodiscard]] Status end_uploads(Bucket& bucket, const std::string& name);

// Objects and uploads of probes that were killed. What cannot be removed now stays for the next one.
void sweep_probes(Bucket& bucket);

}  // namespace haul::store::s3

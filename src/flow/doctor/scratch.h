// The folder in which the checks work, and its end; and the end of those that killed ones left.
//
// `.haul-doctor/OWNER-TOKEN` beneath the place: the owner's mark (base/owner_mark.h) tells the next one
// whether it is gone. What cannot be seen from here counts as left after a day by the store's own clock.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/doctor/recorded_uploads.h"
#include "store/address.h"
#include "store/open_store.h"

namespace haul::doctor {

class Scratch {
  public:
    // Chooses a new name, and takes away what killed ones left; what cannot be taken away now is
    // left to the next. `options` are kept for the stores that are made.
    [[nodiscard]] static Result<Scratch> choose(const store::Address& place,
                                                const store::OpenOptions& options);

    [[nodiscard]] const std::string& name() const { return name_; }
    // A store whose root is the scratch folder: what it is told to do stays in there.
    [[nodiscard]] Result<std::unique_ptr<store::Store>> open() const;
    // Removes all of it; to be called once, when its stores are gone. What is left, each with the reason.
    [[nodiscard]] std::vector<std::string> remove();

  private:
    Scratch(store::Address place, store::OpenOptions options, std::string name)
        : place_(std::move(place)), options_(std::move(options)), name_(std::move(name)) {}
    store::Address place_;
    store::OpenOptions options_;
    std::string name_;
    std::shared_ptr<OpenUploads> uploads_ = std::make_shared<OpenUploads>();
};

}  // namespace haul::doctor

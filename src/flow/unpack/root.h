// The destination's own folder: whose it is, and its mode and time at the end.
//
// A folder that was empty when the unpack began, or that it made, becomes what the set's root was. One that
// held something already (`/tmp`, a home) is the user's: its mode stays. Which of them it is must outlive a
// kill, when it is not empty any more: a mark in `.haul/` says so. docs/decisions/0013.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "flow/unpack/unpack.h"
#include "flow/unpack/work.h"

namespace haul::unpack {

class OwnRoot {
  public:
    // Right behind the claim, before anything is written. `time_before`: the folder's, before the claim was
    // made in it; nullopt: not known any more.
    [[nodiscard]] static Result<OwnRoot> take(Work& work, std::optional<std::int64_t> time_before);
    // When all is in place: the mode, as far as the claim can still be ended with it, and the mark goes.
    [[nodiscard]] Status settle(Work& work) const;
    // When nothing of ours comes or goes in it any more: mode and time. What everything was unpacked into may
    // be somebody else's: no reason to fail.
    [[nodiscard]] Status finish(Work& work, Totals& totals) const;
    // Of an unpack that is cancelled.
    [[nodiscard]] static Status forget(store::Store& destination);

  private:
    bool ours_ = false;
    std::optional<std::int64_t> time_before_;
};

}  // namespace haul::unpack

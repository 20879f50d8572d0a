// Where and how an item is put at the destination, and what to do with what is there already.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/unpack/index.h"
#include "flow/unpack/outcome_log.h"
#include "flow/unpack/work.h"
#include "store/store.h"

namespace haul::unpack {

// What of the item's attributes the destination can keep.
[[nodiscard]] store::Attributes attributes_of(const Request& request, const store::Capabilities& destination,
                                              const Item& item);
[[nodiscard]] inline store::Attributes attributes_of(const Work& work, const Item& item) {
    return attributes_of(work.request, work.can, item);
}
// The item's path, or with --rename-unfit a name that the destination can hold: escaped as in archives where
// it is no name there (`a//b`, `..`; at services what is not UTF-8), shortened where it is too long.
[[nodiscard]] std::string placed_name(const Request& request, const store::Capabilities& destination,
                                      const Item& item);
[[nodiscard]] inline std::string placed_name(const Work& work, const Item& item) {
    return placed_name(work.request, work.can, item);
}

// Whether a symlink at `path` may lead out of the destination: absolute, more `..` than its depth allows, or
// `..` behind a name. What has that name may be a symlink itself, and then `..` is the parent of what it
// points to; only those in front are known to go up the symlink's own path, on which nothing is a symlink.
[[nodiscard]] bool leads_out(const std::string& path, const std::string& target);

// Whether a path is `.haul` or lies beneath it, where unpacking keeps its own files; and what to say of a
// member there.
[[nodiscard]] bool in_own_folder(std::string_view path);
[[nodiscard]] Error own_folder_error(const Item& item);

// Whether a folder's mode and time could not be set only because the folder was there before and belongs to
// somebody else; and what to say then. Where --owner was given it is what was asked for, and a failure.
[[nodiscard]] bool is_somebody_elses(const Request& request, const Error& error);
[[nodiscard]] std::string left_as_it_is(const Error& error);

// Whether the rule for what exists asks whose a file is.
[[nodiscard]] bool needs_own_paths(const Request& request);

// The paths that this unit, or any of an earlier run, was about to rename into place: what of them is there
// with equal content is ours, whatever --if-exists says. Only kept where the rule needs it.
class OwnPaths {
  public:
    OwnPaths(Work& work, std::int64_t unit);
    [[nodiscard]] Status load();
    // Durable before the first rename.
    [[nodiscard]] Status announce(std::size_t first, const std::vector<std::string>& paths);
    [[nodiscard]] bool contains(const std::string& path) const;

  private:
    [[nodiscard]] bool needed() const;
    Work& work_;
    std::int64_t unit_;
    std::string prefix_;
    std::set<std::string, std::less<>> paths_;
};

enum class Decision : std::uint8_t { write, done, skip, fail };
struct Existing {
    Decision decision = Decision::write;
    store::Condition condition;  // for write
    std::string why;             // skip, fail
};
// What the rule says where nothing is known yet about the destination: the condition for writing, with a look
// at what is there only where the rule needs one.
[[nodiscard]] Result<Existing> before_writing(Work& work, const OwnPaths& own, const Item& item,
                                              const std::string& name);
// The same, after a look at what is there whatever the rule: cheaper than writing an item for nothing.
[[nodiscard]] Result<Existing> look_before_writing(Work& work, const OwnPaths& own, const Item& item,
                                                   const std::string& name);
// After a create-only write met something: equal content is done under `same`, or where the path is our own.
[[nodiscard]] Result<Existing> after_collision(Work& work, const OwnPaths& own, const Item& item,
                                               const std::string& name);

// Writes down what was decided of an item that is not to be written. `name`: where it would have gone.
void tell(Work& work, const Existing& existing, const Item& item, const std::string& name, OutcomeLog& log);

inline constexpr const char* kBatchFolder = ".haul/batches";

}  // namespace haul::unpack

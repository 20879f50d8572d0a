// Whether the paths of a set can be the paths of one tree: what no digest of a manifest can tell, since it
// may have been made anew over lines that nobody packed.
//
// Members mostly come in the order of their paths, and then each is held against the one before: PathOrder, a
// part at a time, and follows() from part to part. Where the order is another (members that changed come in
// the last part, some services list otherwise), find_meeting_paths() reads the manifests once more and
// compares hashes, as many at a time as memory allows.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/set/verify.h"
#include "format/set_record.h"
#include "store/store.h"

namespace haul::set {

// A folder's paths lead somewhere beneath it; keys of a service are any bytes, and `a` lies beside `a/b`.
[[nodiscard]] inline bool is_from_folder(const format::SetRecord& record) {
    return record.source.starts_with('/');
}

// What members of one part, or of all, come to.
struct MemberCounts {
    std::uint64_t files = 0, folders = 0, symlinks = 0, folder_lines = 0, bytes = 0;
    void add(const format::Member& member);
    void add(const MemberCounts& other);
    bool operator==(const MemberCounts&) const = default;
};
// "its totals say 3 files, its manifests hold 2"; empty: they agree.
[[nodiscard]] std::string other_totals(const format::SetRecord& record, const MemberCounts& counts);

// The members of one part as they come. One thread; memory: the names of a path's folders.
class PathOrder {
  public:
    explicit PathOrder(bool from_folder) : from_folder_(from_folder) {}
    void add(const format::Member& member);
    // Each path comes behind the one before, and none lies beneath a file.
    [[nodiscard]] bool is_good() const { return good_; }
    // Whether the same is so of the two parts together, both being good.
    [[nodiscard]] bool follows(const PathOrder& before) const;
    [[nodiscard]] const MemberCounts& counts() const { return counts_; }
    // Paths that lead out of where they are put, or nowhere; at most kMostFindingsListed.
    [[nodiscard]] const std::vector<std::string>& bad() const { return bad_; }

  private:
    bool from_folder_;
    bool good_ = true, any_ = false;
    std::string first_, last_;        // as they are ordered: folders with their slash
    std::vector<std::string> files_;  // that the last path begins with: the next may lie beneath one
    std::vector<std::string> bad_;
    MemberCounts counts_;
};

// Tells every member whose path another one has, or that lies beneath a file. Reads all manifests, which must
// be whole, up to twice for each `at_once` members; memory: 32 bytes for each of those. Returns the counts of
// all that count.
[[nodiscard]] Result<MemberCounts> find_meeting_paths(store::Store& set, const format::SetRecord& record,
                                                      std::uint64_t at_once,
                                                      const std::function<void(Finding)>& tell,
                                                      const std::stop_token& stop);

}  // namespace haul::set

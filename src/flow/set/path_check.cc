#include "flow/set/path_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "base/text.h"

namespace haul::set {
namespace {

// Byte order of the whole path, `/` appended to folders, as folders are listed; the root is first.
std::string key_of(const format::Member& member) {
    if (member.path == ".") return {};
    return member.kind == zip::Kind::folder ? member.path + '/' : member.path;
}

bool is_good_path(const format::Member& member) {
    if (member.path == ".") return member.kind == zip::Kind::folder;
    return store::check_name(member.path, "").has_value();
}

using digest::Hash128;

class MeetingPaths {
  public:
    MeetingPaths(store::Store& set, const format::SetRecord& record, const std::function<void(Finding)>& tell,
                 std::stop_token stop)
        : set_(set), record_(record), tell_(tell), stop_(std::move(stop)), trees_(is_from_folder(record)) {}

    Result<MemberCounts> find(std::uint64_t at_once) {
        std::uint64_t members = 0;  // the record's totals may lie; these were held against the manifests
        for (const format::PartRecord& part : record_.parts) members += part.members + part.folders;
        passes_ = members / std::max<std::uint64_t>(at_once, 1) + 1;
        MemberCounts counts;
        for (pass_ = 0; pass_ < passes_; ++pass_) {
            paths_.clear();
            files_.clear();
            counts = {};
            TRY(for_each([&](const format::PartRecord&, const format::Member& member) {
                counts.add(member);
                note(member);
            }));
            std::ranges::sort(paths_);
            std::ranges::sort(files_);
            keep_those_met_twice();
            if (paths_.empty() && files_.empty()) continue;
            TRY(for_each([&](const format::PartRecord& part, const format::Member& member) {
                tell_of(part, member);
            }));
        }
        return counts;
    }

  private:
    template <class Visit>
    Status for_each(const Visit& visit) {
        return for_each_member(
            set_, record_,
            [&](const format::PartRecord& part, const format::Member& member) -> Status {
                visit(part, member);
                return {};
            },
            stop_);
    }

    // A service may have the keys `a` and `a/`.
    [[nodiscard]] Hash128 hash_of(const format::Member& member) const {
        const bool apart = !trees_ && member.kind == zip::Kind::folder;
        return digest::hash_of(apart ? member.path + '/' : member.path);
    }
    [[nodiscard]] bool is_now(Hash128 hash) const {
        return static_cast<std::uint64_t>(hash) % passes_ == pass_;
    }

    void note(const format::Member& member) {
        const Hash128 hash = hash_of(member);
        if (!is_now(hash)) return;
        paths_.push_back(hash);
        if (trees_ && member.kind != zip::Kind::folder) files_.push_back(hash);
    }

    void keep_those_met_twice() {
        std::size_t kept = 0;
        for (std::size_t at = 1; at < paths_.size(); ++at) {
            if (paths_[at] == paths_[at - 1]) paths_[kept++] = paths_[at];
        }
        paths_.resize(kept);
    }

    void tell_of(const format::PartRecord& part, const format::Member& member) {
        if (const Hash128 hash = hash_of(member); is_now(hash) && std::ranges::binary_search(paths_, hash))
            tell_({part.manifest, std::nullopt, member.path, "another member of the set has this path too"});
        const std::string_view path = member.path;
        for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
             slash = path.rfind('/', slash - 1)) {
            const std::string_view above = path.substr(0, slash);
            const Hash128 hash = digest::hash_of(above);
            if (!is_now(hash) || !std::ranges::binary_search(files_, hash)) continue;
            tell_({part.manifest, std::nullopt, member.path,
                   fmt::format("it lies beneath {}, which is no folder", text::printable(above))});
        }
    }

    store::Store& set_;
    const format::SetRecord& record_;
    const std::function<void(Finding)>& tell_;
    std::stop_token stop_;
    bool trees_;
    std::uint64_t passes_ = 1, pass_ = 0;
    std::vector<Hash128> paths_, files_;
};

}  // namespace

void MemberCounts::add(const format::Member& member) {
    bytes += member.kind == zip::Kind::file ? member.size : 0;
    if (member.zip_name.empty()) {
        ++folder_lines;
    } else if (member.kind == zip::Kind::folder) {
        ++folders;
    } else {
        ++(member.kind == zip::Kind::symlink ? symlinks : files);
    }
}

void MemberCounts::add(const MemberCounts& other) {
    files += other.files;
    folders += other.folders;
    symlinks += other.symlinks;
    folder_lines += other.folder_lines;
    bytes += other.bytes;
}

std::string other_totals(const format::SetRecord& record, const MemberCounts& counts) {
    const MemberCounts said{record.files, record.folders, record.symlinks, record.folder_lines, record.bytes};
    if (said == counts) return {};
    const auto words = [](const MemberCounts& of) {
        return fmt::format("{} files, {} folders, {} symlinks, {} lines of folders and {} bytes", of.files,
                           of.folders, of.symlinks, of.folder_lines, of.bytes);
    };
    return fmt::format("its totals say {}; its manifests hold {}", words(said), words(counts));
}

void PathOrder::add(const format::Member& member) {
    counts_.add(member);
    if (from_folder_ && !is_good_path(member) && bad_.size() < kMostFindingsListed)
        bad_.push_back(member.path);
    std::string key = key_of(member);
    if (any_ && key <= last_) good_ = false;
    if (!any_) first_ = key;
    any_ = true;
    if (from_folder_ && good_) {
        while (!files_.empty() && !key.starts_with(files_.back())) files_.pop_back();
        for (const std::string& file : files_) good_ = good_ && key[file.size()] != '/';
        if (member.kind != zip::Kind::folder) files_.push_back(key);
    }
    last_ = std::move(key);
}

bool PathOrder::follows(const PathOrder& before) const {
    if (!any_ || !before.any_) return true;
    const bool beneath =
        std::ranges::any_of(before.files_, [&](const std::string& file) { return first_.starts_with(file); });
    return before.last_ < first_ && !beneath;
}

Result<MemberCounts> find_meeting_paths(store::Store& set, const format::SetRecord& record,
                                        std::uint64_t at_once, const std::function<void(Finding)>& tell,
                                        const std::stop_token& stop) {
    return MeetingPaths(set, record, tell, stop).find(at_once);
}

}  // namespace haul::set

// The names in one folder, in the order of a listing: byte order with `/` appended to folders.
//
// At most `limit` names are held in memory; more are sorted in runs in a nameless file and merged while they
// are read, so that a folder of any size fits. One object per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/local/name_runs.h"

namespace haul::store::local {

struct NamesRequest {
    int folder = -1;               // read to its end; O_RDONLY
    std::string subject;           // for messages
    bool follow_symlinks = false;  // a symlink to a folder counts as a folder
    std::size_t limit = 0;         // names held in memory, at least 1
    std::string sort_folder;       // where runs go
};

class FolderNames {
  public:
    [[nodiscard]] static Result<FolderNames> read(const NamesRequest& request);
    // The next key ("name", "folder/"), valid until the next call; empty at the end.
    [[nodiscard]] Result<std::string_view> next();
    // Names that it holds in memory.
    [[nodiscard]] std::size_t held() const { return order_.size(); }

  private:
    FolderNames() = default;
    struct Entry {
        std::uint32_t offset;
        std::uint16_t length;
    };

    [[nodiscard]] Status read_all(const NamesRequest& request);
    [[nodiscard]] Status add(std::string_view name, bool is_folder, const NamesRequest& request);
    [[nodiscard]] Status spill(const NamesRequest& request);
    void sort();
    [[nodiscard]] std::string_view key(const Entry& entry) const {
        return std::string_view(keys_).substr(entry.offset, entry.length);
    }

    std::string keys_;  // one after another
    std::vector<Entry> order_;
    std::size_t at_ = 0;
    std::unique_ptr<NameRuns> runs_;
};

}  // namespace haul::store::local

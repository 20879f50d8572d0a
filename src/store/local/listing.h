// Lists what lies beneath a folder, recursively, in byte order of the whole path with `/` appended to
// folders.
//
// An explicit stack holds one level of the tree a frame; only the deepest kOpenLevels keep a descriptor, the
// others are opened again when the walk comes back to them, so that no tree is too deep.
//
// Cursor: the key of the last entry handed out: its path, with `/` for a folder ("./" is the root), and with
// `//` once the problem of a folder that cannot be opened was told. A later listing goes down to that place
// without handing out again what lies before it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "store/local/folder_names.h"
#include "store/local/root.h"
#include "store/store.h"

namespace haul::store::local {

class LocalListing final : public Listing {
  public:
    // Code::not_found where the prefix is no folder; Code::usage where the cursor is of another prefix.
    [[nodiscard]] static Result<std::unique_ptr<Listing>> start(std::shared_ptr<const Root> root,
                                                                const ListRequest& request,
                                                                std::string sort_folder);
    [[nodiscard]] Result<Page> next(const std::stop_token& stop) override;

  private:
    using Identity = std::pair<std::uint64_t, std::uint64_t>;  // device and inode
    struct Frame {
        file::Fd fd;
        std::size_t path_length = 0;  // of path_ as this folder's own: "" or "a/b/"
        Identity identity;
        FolderNames names;
        std::string seek;  // keys up to this one were handed out by an earlier listing
    };
    LocalListing(std::shared_ptr<const Root> root, std::string sort_folder)
        : root_(std::move(root)), sort_folder_(std::move(sort_folder)) {}

    [[nodiscard]] Status step(Page& page);
    [[nodiscard]] Status begin(Page& page);
    [[nodiscard]] Status visit(std::string_view key, std::string seek, bool handed_out, Page& page);
    [[nodiscard]] Status descend(int parent, const std::string& leaf, const struct ::stat& status,
                                 std::string seek, Page& page);
    [[nodiscard]] Status reopen(Frame& frame);
    [[nodiscard]] std::optional<Object> look(int folder, const std::string& leaf, bool as_folder,
                                             struct ::stat& status);
    [[nodiscard]] std::optional<Error> refused(const struct ::stat& status) const;
    void note_ancestors();
    [[nodiscard]] std::size_t names_held() const;
    void tell_problem(Error problem, Page& page);
    [[nodiscard]] std::string name() const;  // of path_, as objects carry it

    std::shared_ptr<const Root> root_;
    std::string sort_folder_;
    std::string start_;  // the prefix; "" for the root
    std::string seek_;
    bool begun_ = false;
    std::vector<Frame> stack_;
    std::vector<Identity> above_;  // folders that the prefix lies in
    std::string path_;             // key of the entry at hand, "a/b/c.txt" or "a/b/"
    std::string cursor_;           // of the last object handed out
};

}  // namespace haul::store::local

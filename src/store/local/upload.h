// One object written in pieces into a named temporary, preallocated, and renamed at the end.
//
// The id is the temporary's name beneath the root; whoever knows it can go on. Belongs to one thread at a
// time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "store/local/root.h"
#include "store/store.h"

namespace haul::store::local {

class LocalUpload final : public Upload {
  public:
    [[nodiscard]] static Result<std::unique_ptr<Upload>> open(std::shared_ptr<const Root> root,
                                                              const UploadRequest& request);

    [[nodiscard]] const std::string& id() const override { return id_; }
    void put_many(std::span<Piece> pieces, const std::stop_token& stop) override;
    [[nodiscard]] Status copy(std::uint32_t number, std::string_view source_address, std::uint64_t offset,
                              std::uint64_t size, const Version& version) override;
    [[nodiscard]] Status flush() override;
    [[nodiscard]] Result<std::vector<Received>> received() override;
    [[nodiscard]] Result<Object> finish(const Finish& finish) override;
    [[nodiscard]] Status abort() override;

  private:
    LocalUpload(std::shared_ptr<const Root> root, const UploadRequest& request)
        : root_(std::move(root)), request_(request), folders_(*root_, "upload") {}

    [[nodiscard]] Status begin();
    [[nodiscard]] Status choose_temporary();
    [[nodiscard]] Status make_folder(std::string_view path, Place& place);
    [[nodiscard]] Status create();
    [[nodiscard]] Status resume();
    [[nodiscard]] Status put(const Piece& piece);
    [[nodiscard]] Status put_sparse(const Piece& piece);
    [[nodiscard]] Status make_hole(std::uint64_t offset, std::uint64_t size);
    [[nodiscard]] Status complete(const Finish& finish);
    [[nodiscard]] Status rename();
    [[nodiscard]] Status usable() const;
    [[nodiscard]] std::string subject() const { return root_->subject(request_.name); }

    std::shared_ptr<const Root> root_;
    UploadRequest request_;
    Folders folders_;
    std::string id_;
    file::Fd file_;
    std::optional<Error> broken_;  // a sync failed: what the file holds is unknown from then on
    bool over_ = false;
};

}  // namespace haul::store::local

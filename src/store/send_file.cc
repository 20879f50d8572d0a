#include "store/send_file.h"

#include <fcntl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/fault_point.h"
#include "base/file.h"

namespace haul::store {
namespace {

constexpr std::uint64_t kPiece = 8ULL << 20U;  // a longer file goes in pieces of at least this

// An upload that is given up where its scope is left before it is done: what failed is begun anew, and a
// service must not keep pieces for it.
class Sending {
  public:
    explicit Sending(std::unique_ptr<Upload> upload) : upload_(std::move(upload)) {}
    ~Sending() {
        if (upload_) static_cast<void>(upload_->abort());
    }
    Sending(const Sending&) = delete;
    Sending& operator=(const Sending&) = delete;
    Upload& operator*() { return *upload_; }
    void done() { upload_.reset(); }

  private:
    std::unique_ptr<Upload> upload_;
};

class Passage {
  public:
    Passage(Store& store, const std::string& path, const std::string& name, const SendOptions& options,
            const std::stop_token& stop)
        : store_(store),
          can_(store.capabilities()),
          path_(path),
          name_(name),
          scratch_(options.scratch),
          stop_(stop) {
        if (!options.replaces && can_create(can_)) condition_.kind = Condition::Kind::create_only;
    }

    [[nodiscard]] Status run() {
        file_ = TRY(file::open_at(AT_FDCWD, path_, O_RDONLY | O_NOFOLLOW));
        size_ = static_cast<std::uint64_t>(TRY(file::stat_of(file_, path_)).st_size);
        return size_ <= kPiece ? send_whole() : send_in_pieces();
    }

  private:
    [[nodiscard]] Status send_whole() {
        std::vector<std::byte> bytes(static_cast<std::size_t>(size_));
        TRY(file::read_exact(file_.get(), bytes, 0, path_));
        Write write;
        write.name = name_;
        write.bytes = bytes;
        write.condition = condition_;
        store_.write_many(std::span(&write, 1), {.scratch = scratch_}, stop_);
        return std::move(write.result);
    }

    [[nodiscard]] Status send_in_pieces() {
        UploadRequest request;
        request.name = name_;
        request.size = size_;
        request.condition = condition_;
        request.scratch = scratch_;
        Sending sending(TRY(store_.open_upload(request)));
        FAULT_POINT("store.send_file.opened");
        const Upload::Finish whole = TRY(put_pieces(*sending));
        TRY((*sending).flush());
        TRY((*sending).finish(whole));
        sending.done();
        return {};
    }

    [[nodiscard]] Result<Upload::Finish> put_pieces(Upload& upload) {
        const std::uint64_t length = piece_length();
        std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(length, size_)));
        std::uint32_t pieces = 0, crc = 0;
        for (std::uint64_t at = 0; at < size_; at += length) {
            const auto bytes =
                std::span(buffer).first(static_cast<std::size_t>(std::min(length, size_ - at)));
            TRY(file::read_exact(file_.get(), bytes, at, path_));
            Piece piece;
            piece.number = ++pieces;
            piece.offset = at;
            piece.bytes = bytes;
            piece.crc32 = digest::crc32(0, bytes);
            crc = digest::crc32_combine(crc, piece.crc32, bytes.size());
            upload.put_many(std::span(&piece, 1), stop_);
            TRY(std::move(piece.result));
            FAULT_POINT("store.send_file.between_pieces");
        }
        return Upload::Finish{.size = size_, .crc32 = crc, .pieces = pieces};
    }

    // Services that take few pieces get longer ones.
    [[nodiscard]] std::uint64_t piece_length() const {
        const std::uint64_t least = can_.max_pieces == 0 ? 0 : size_ / can_.max_pieces + 1;
        const std::uint64_t length = std::max({kPiece, can_.min_piece, least});
        return can_.max_piece == 0 ? length : std::min(length, can_.max_piece);
    }

    Store& store_;
    const Capabilities can_;
    const std::string &path_, &name_, &scratch_;
    const std::stop_token& stop_;
    Condition condition_{};
    file::Fd file_{};
    std::uint64_t size_ = 0;
};

}  // namespace

Status send_file(Store& store, const std::string& path, const std::string& name, const SendOptions& options,
                 const std::stop_token& stop) {
    return Passage(store, path, name, options, stop).run();
}

Status receive_file(Store& store, const std::string& name, const std::string& path,
                    const std::stop_token& stop) {
    const auto object = TRY(find_file(store, name));
    if (!object) return failure(Code::not_found, "read", name, "it is not there any more");
    const file::Fd fd = TRY(file::open_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC));
    std::uint64_t at = 0;
    const auto keep = [&](std::span<const std::byte> bytes) -> Status {
        TRY(file::write_all(fd.get(), bytes, at, path));
        at += bytes.size();
        return {};
    };
    return read_through(store, name, object->size, kPiece, keep, stop);
}

}  // namespace haul::store

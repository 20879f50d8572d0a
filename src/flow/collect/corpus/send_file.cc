#include "flow/collect/corpus/send_file.h"

#include <fcntl.h>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/file.h"

namespace haul::collect {
namespace {

constexpr std::uint64_t kPiece = 16ULL << 20U;

Result<std::vector<std::byte>> read_block(const file::Fd& fd, const std::string& path, std::uint64_t at,
                                          std::uint64_t size) {
    std::vector<std::byte> block(size);
    TRY(file::read_exact(fd.get(), block, at, path));
    return block;
}

Status send_whole(store::Store& store, const file::Fd& fd, const std::string& path, const std::string& name,
                  std::uint64_t size, const std::stop_token& stop) {
    const auto bytes = TRY(read_block(fd, path, 0, size));
    store::Write write;
    write.name = name;
    write.bytes = bytes;
    write.condition.kind = store::Condition::Kind::create_only;
    store.write_many(std::span(&write, 1), {}, stop);
    return std::move(write.result);
}

// An upload that is given up where its scope is left before it is done.
class Sending {
  public:
    explicit Sending(std::unique_ptr<store::Upload> upload) : upload_(std::move(upload)) {}
    ~Sending() {
        if (upload_) static_cast<void>(upload_->abort());
    }
    Sending(const Sending&) = delete;
    Sending& operator=(const Sending&) = delete;
    store::Upload& operator*() { return *upload_; }
    void done() { upload_.reset(); }

  private:
    std::unique_ptr<store::Upload> upload_;
};

Status send_in_pieces(store::Store& store, const file::Fd& fd, const std::string& path,
                      const std::string& name, std::uint64_t size, const std::stop_token& stop) {
    const store::Capabilities can = store.capabilities();
    // Services that take few pieces take larger ones.
    const std::uint64_t least = can.max_pieces == 0 ? 0 : (size + can.max_pieces - 1) / can.max_pieces;
    const std::uint64_t length = std::max({kPiece, can.min_piece, least});
    store::UploadRequest request;
    request.name = name;
    request.size = size;
    request.condition.kind = store::Condition::Kind::create_only;
    Sending sending(TRY(store.open_upload(request)));
    std::uint32_t pieces = 0;
    std::uint32_t crc = 0;
    for (std::uint64_t at = 0; at < size; at += length) {
        const auto bytes = TRY(read_block(fd, path, at, std::min(length, size - at)));
        store::Piece piece{
            .number = ++pieces, .offset = at, .bytes = bytes, .crc32 = digest::crc32(0, bytes)};
        crc = digest::crc32_combine(crc, piece.crc32, bytes.size());
        (*sending).put_many(std::span(&piece, 1), stop);
        TRY(std::move(piece.result));
    }
    TRY((*sending).flush());
    TRY((*sending).finish({.size = size, .crc32 = crc, .pieces = pieces}));
    sending.done();
    return {};
}

}  // namespace

Status send_file(store::Store& store, const std::string& path, const std::string& name,
                 const std::stop_token& stop) {
    const file::Fd fd = TRY(file::open_at(AT_FDCWD, path, O_RDONLY));
    const auto size = static_cast<std::uint64_t>(TRY(file::stat_of(fd, path)).st_size);
    if (size <= kPiece) return send_whole(store, fd, path, name, size, stop);
    return send_in_pieces(store, fd, path, name, size, stop);
}

Status receive_file(store::Store& store, const std::string& name, const std::string& path,
                    const std::stop_token& stop) {
    const auto object = TRY(store::find_file(store, name));
    if (!object) return failure(Code::not_found, "read", name, "it is not in the corpus any more");
    const file::Fd fd = TRY(file::open_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC));
    std::uint64_t at = 0;
    const auto keep = [&](std::span<const std::byte> bytes) -> Status {
        TRY(file::write_all(fd.get(), bytes, at, path));
        at += bytes.size();
        return {};
    };
    return store::read_through(store, name, object->size, kPiece, keep, stop);
}

}  // namespace haul::collect

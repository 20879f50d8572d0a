#include "store/local/upload.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/fault_point.h"
#include "base/random.h"
#include "base/units.h"
#include "store/local/attributes.h"
#include "store/local/publish.h"
#include "store/local/status.h"

namespace haul::store::local {
namespace {

constexpr const char* kUpload = "upload";
constexpr std::uint64_t kBlock = 64 * units::KiB;  // the least run of zeros that becomes a hole

bool all_zero(std::span<const std::byte> bytes) {
    // Overlapping compare with itself: as fast as memcmp, without a block of zeros to compare with.
    return bytes.empty() ||
           (bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

std::string joined(std::string_view folder, std::string_view leaf) {
    return folder.empty() ? std::string(leaf) : fmt::format("{}/{}", folder, leaf);
}

}  // namespace

Result<std::unique_ptr<Upload>> LocalUpload::open(std::shared_ptr<const Root> root,
                                                  const UploadRequest& request) {
    TRY(check_name(request.name, kUpload));
    std::unique_ptr<LocalUpload> upload(new LocalUpload(std::move(root), request));
    TRY(upload->begin());
    return std::unique_ptr<Upload>(std::move(upload));
}

Status LocalUpload::begin() {
    if (request_.id) return resume();
    TRY(choose_temporary());
    return create();
}

Status LocalUpload::choose_temporary() {
    const Split target = split_name(request_.name);
    Place target_place;
    TRY(make_folder(target.folder, target_place));
    if (request_.scratch.empty()) {
        id_ = joined(target.folder, fmt::format(".haul-tmp-{}", random::token_hex(8)));
        return {};
    }
    TRY(check_name(request_.scratch, kUpload));
    const Split scratch = split_name(request_.scratch);
    Place scratch_place;
    TRY(make_folder(scratch.folder, scratch_place));
    // A rename does not cross file systems: there the temporary has to lie beside its target.
    id_ = scratch_place == target_place ? request_.scratch
                                        : joined(target.folder, fmt::format(".haul-{}", scratch.leaf));
    return {};
}

Status LocalUpload::make_folder(std::string_view path, Place& place) {
    std::vector<std::string> parents;
    const auto folder =
        TRY(folders_.make(path, [&](std::string parent) { parents.push_back(std::move(parent)); }));
    for (const std::string& parent : parents) {
        const auto touched = TRY(folders_.get(parent));
        TRY(sync_folder(*root_, *touched));
    }
    place = folder->place;
    return {};
}

Status LocalUpload::create() {
    const Split split = split_name(id_);
    const auto folder = TRY(folders_.get(split.folder));
    const std::string leaf(split.leaf);
    // Left by a process that died: the caller says by `id` when it wants to go on with one.
    ::unlinkat(folder->fd.get(), leaf.c_str(), 0);
    // With the object's own mode from the first moment: nobody reads it who may not.
    const ::mode_t mode = request_.attributes.mode.value_or(0666) & 0777U;
    const int fd =
        ::openat(folder->fd.get(), leaf.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0) return failure(path_error(errno, kUpload, subject()));
    file_ = file::Fd(fd);
    Status reserved = request_.sparse ? file::set_length(fd, request_.size, subject())
                                      : file::preallocate(fd, request_.size, subject());
    if (!reserved.has_value()) ::unlinkat(folder->fd.get(), leaf.c_str(), 0);
    return reserved;
}

Status LocalUpload::resume() {
    id_ = *request_.id;
    TRY(check_name(id_, kUpload));
    const Split split = split_name(id_);
    const auto folder = TRY(folders_.get(split.folder));
    const int fd = ::openat(folder->fd.get(), std::string(split.leaf).c_str(),
                            O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return failure(path_error(errno, "resume upload", root_->subject(id_)));
    file_ = file::Fd(fd);
    return {};
}

Status LocalUpload::usable() const {
    if (broken_) return failure(*broken_);
    if (over_) return failure(Code::usage, kUpload, subject(), "the upload is over");
    return {};
}

void LocalUpload::put_many(std::span<Piece> pieces, const std::stop_token& stop) {
    for (Piece& piece : pieces) {
        if (stop.stop_requested()) {
            piece.result = failure(Code::interrupted, kUpload, subject(), "stopped on request");
            continue;
        }
        piece.result = put(piece);
    }
}

Status LocalUpload::put(const Piece& piece) {
    TRY(usable());
    if (piece.number == 0) return failure(Code::usage, kUpload, subject(), "pieces are numbered from 1");
    if (request_.sparse) {
        TRY(put_sparse(piece));
    } else {
        TRY(file::write_all(file_.get(), piece.bytes, piece.offset, subject()));
    }
    // Writeback begins now, so that the sync at the end finds little left to do; an error of it shows up
    // there.
    ::sync_file_range(file_.get(), static_cast<::off64_t>(piece.offset),
                      static_cast<::off64_t>(piece.bytes.size()), SYNC_FILE_RANGE_WRITE);
    return {};
}

Status LocalUpload::put_sparse(const Piece& piece) {
    std::span<const std::byte> rest = piece.bytes;
    std::uint64_t offset = piece.offset;
    while (!rest.empty()) {
        // Blocks are aligned in the file; the first and the last of a piece may be shorter.
        const auto length_at = [](std::uint64_t at, std::size_t left) {
            return static_cast<std::size_t>(std::min<std::uint64_t>(kBlock - at % kBlock, left));
        };
        std::size_t run = length_at(offset, rest.size());
        const bool hole = run == kBlock && all_zero(rest.first(run));
        while (run < rest.size()) {
            const std::size_t next = length_at(offset + run, rest.size() - run);
            if ((next == kBlock && all_zero(rest.subspan(run, next))) != hole) break;
            run += next;
        }
        TRY(hole ? make_hole(offset, run) : file::write_all(file_.get(), rest.first(run), offset, subject()));
        offset += run;
        rest = rest.subspan(run);
    }
    return {};
}

Status LocalUpload::make_hole(std::uint64_t offset, std::uint64_t size) {
    // Punched, not skipped: the same piece may have been sent before with other bytes.
    const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    if (::fallocate(file_.get(), mode, static_cast<::off_t>(offset), static_cast<::off_t>(size)) == 0)
        return {};
    if (errno != EOPNOTSUPP && errno != ENOSYS) return failure(os_error(errno, kUpload, subject()));
    const std::vector<std::byte> zeros(kBlock);
    for (std::uint64_t at = 0; at < size; at += kBlock) {
        TRY(file::write_all(file_.get(), zeros, offset + at, subject()));
    }
    return {};
}

Status LocalUpload::copy(std::uint32_t, std::string_view, std::uint64_t, std::uint64_t, const Version&) {
    return failure(Code::unsupported, kUpload, subject(), "a folder cannot copy ranges by itself");
}

Status LocalUpload::flush() {
    TRY(usable());
    auto synced = file::sync_data(file_.get(), subject());
    if (!synced.has_value()) broken_ = synced.error();
    return synced;
}

Result<std::vector<Received>> LocalUpload::received() { return std::vector<Received>(); }

Result<Object> LocalUpload::finish(const Finish& finish) {
    TRY(usable());
    TRY(complete(finish));
    FAULT_POINT("store.local.upload.before_rename");
    TRY(rename());
    struct ::stat status{};
    if (::fstat(file_.get(), &status) != 0) return failure(os_error(errno, kUpload, subject()));
    file_ = file::Fd();
    return object_of(request_.name, status);
}

Status LocalUpload::complete(const Finish& finish) {
    struct ::stat status{};
    if (::fstat(file_.get(), &status) != 0) return failure(os_error(errno, kUpload, subject()));
    if (static_cast<std::uint64_t>(status.st_size) != finish.size) {
        TRY(file::set_length(file_.get(), finish.size, subject()));
    }
    TRY(set_attributes(file_.get(), request_.attributes, subject()));
    FAULT_POINT("store.local.upload.before_sync");
    auto synced = file::sync_file(file_.get(), subject());
    if (!synced.has_value()) broken_ = synced.error();
    return synced;
}

Status LocalUpload::rename() {
    const Split from = split_name(id_);
    const Split to = split_name(request_.name);
    const auto source = TRY(folders_.get(from.folder));
    Place target_place;
    TRY(make_folder(to.folder, target_place));
    const auto target = TRY(folders_.get(to.folder));
    TRY(publish({.folder = source->fd.get(), .leaf = std::string(from.leaf)},
                {.folder = target->fd.get(), .leaf = std::string(to.leaf)}, request_.condition, subject()));
    FAULT_POINT("store.local.upload.after_rename");
    over_ = true;
    TRY(sync_folder(*root_, *target));
    if (source->path != target->path) TRY(sync_folder(*root_, *source));
    return {};
}

Status LocalUpload::abort() {
    file_ = file::Fd();
    if (std::exchange(over_, true)) return {};
    const Split split = split_name(id_);
    auto folder = folders_.get(split.folder);
    if (!folder.has_value())
        return folder.error().code == Code::not_found ? Status() : failure(folder.error());
    if (::unlinkat((*folder)->fd.get(), std::string(split.leaf).c_str(), 0) == 0 || errno == ENOENT)
        return {};
    return failure(path_error(errno, "abort upload", root_->subject(id_)));
}

}  // namespace haul::store::local

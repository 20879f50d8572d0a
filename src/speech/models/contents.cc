#include "speech/models/contents.h"

#include <fcntl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "base/units.h"

namespace haul::speech {
namespace {

// Hands every byte of `from` to `take(bytes, offset)`, in blocks.
template <class Take>
Status read_all(const std::string& from, const Take& take) {
    const file::Fd fd = TRY(file::open_at(AT_FDCWD, from, O_RDONLY | O_NONBLOCK));
    const struct ::stat status = TRY(file::stat_of(fd, from));
    if (!S_ISREG(status.st_mode)) return failure(Code::usage, "read", from, "it is no file");
    const auto size = static_cast<std::uint64_t>(status.st_size);
    std::vector<std::byte> block(units::MiB);
    for (std::uint64_t offset = 0; offset < size; offset += block.size()) {
        const std::span bytes = std::span(block).first(std::min<std::uint64_t>(block.size(), size - offset));
        TRY(file::read_exact(fd.get(), bytes, offset, from));
        TRY(take(bytes, offset));
    }
    return {};
}

std::string hex_of(digest::Hasher& hasher) {
    const std::string raw = hasher.finish();
    return text::hex(std::as_bytes(std::span(raw)));
}

}  // namespace

Result<std::string> sha256_of(const std::string& path) {
    digest::Hasher hasher(digest::Algorithm::sha256);
    TRY(read_all(path, [&](std::span<const std::byte> bytes, std::uint64_t) -> Status {
        hasher.update(bytes);
        return {};
    }));
    return hex_of(hasher);
}

Result<std::string> copy_hashed(const std::string& from, const std::string& to) {
    digest::Hasher hasher(digest::Algorithm::sha256);
    file::Fd out = TRY(file::open_at(AT_FDCWD, to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW));
    TRY(read_all(from, [&](std::span<const std::byte> bytes, std::uint64_t offset) {
        hasher.update(bytes);
        return file::write_all(out.get(), bytes, offset, to);
    }));
    TRY(file::sync_file(out.get(), to));
    TRY(out.close(to));
    return hex_of(hasher);
}

}  // namespace haul::speech

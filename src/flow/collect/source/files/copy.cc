#include "flow/collect/source/files/copy.h"

#include <fcntl.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <vector>

#include "base/file.h"
#include "base/text.h"

namespace haul::collect {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20U;

std::string version_of(const struct ::stat& status) {
    return fmt::format("{}-{}.{:09}", status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

// Bytes of that version that are there already.
Result<std::uint64_t> begin(const file::Fd& fd, const FetchTo& to, const std::string& version,
                            std::uint64_t size) {
    if (to.validator == version) {
        const auto there = static_cast<std::uint64_t>(TRY(file::stat_of(fd, to.path)).st_size);
        if (there <= size) return there;
    }
    TRY(file::set_length(fd.get(), 0, to.path));
    TRY(file::sync_data(fd.get(), to.path));  // before the ledger names another version
    if (to.begun) TRY(to.begun(version));
    return std::uint64_t{0};
}

}  // namespace

Result<Fetched> copy_file(const std::string& from, const FetchTo& to, const std::stop_token& stop) {
    const file::Fd source = TRY(file::open_at(AT_FDCWD, from, O_RDONLY));
    const struct ::stat status = TRY(file::stat_of(source, from));
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > to.most_bytes)
        return failure(Code::unsupported, "copy", from,
                       fmt::format("it is larger than {} bytes", to.most_bytes));
    const file::Fd target = TRY(file::open_at(AT_FDCWD, to.path, O_RDWR | O_CREAT));
    Fetched fetched;
    fetched.validator = version_of(status);
    fetched.bytes = TRY(begin(target, to, fetched.validator, size));
    std::vector<std::byte> buffer(kBlock);
    while (fetched.bytes < size) {
        if (stop.stop_requested()) return failure(Code::interrupted, "copy", from, "stopped on request");
        const auto block = std::span(buffer).first(std::min<std::uint64_t>(kBlock, size - fetched.bytes));
        TRY(file::read_exact(source.get(), block, fetched.bytes, from));
        TRY(file::write_all(target.get(), block, fetched.bytes, to.path));
        fetched.bytes += block.size();
        fetched.received += block.size();
        if (to.progress) to.progress(fetched.received);
    }
    if (version_of(TRY(file::stat_of(source, from))) != fetched.validator)
        return failure(Code::changed, "copy", from, "it was written to meanwhile");
    TRY(file::sync_data(target.get(), to.path));
    fetched.extension = text::lower(std::filesystem::path(from).extension().string());
    if (!fetched.extension.empty()) fetched.extension.erase(0, 1);
    fetched.url = from;
    return fetched;
}

}  // namespace haul::collect

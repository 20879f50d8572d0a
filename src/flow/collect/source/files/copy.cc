#include "flow/collect/source/files/copy.h"

#include <fcntl.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <utility>
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

template <class T>
Result<T> checked(Result<T> result, const std::string& path) {
    if (!result) return failure(of_file(std::move(result).error(), path));
    return result;
}

}  // namespace

Error of_file(Error error, const std::string& path) {
    if (error.os_error == 0 || error.code == Code::timed_out) return error;
    // Neither `denied` nor an error of the system: these are of the corpus, and everybody would wait for it.
    return make_error(Code::io, error.operation, path, error.detail)
        .with_remedy("see that it is there and that you may read it; the same command tries it again");
}

Result<Fetched> copy_file(const std::string& from, const FetchTo& to, const std::stop_token& stop) {
    // A pipe that has come in its place would be waited for.
    const file::Fd source = TRY(checked(file::open_at(AT_FDCWD, from, O_RDONLY | O_NONBLOCK), from));
    const struct ::stat status = TRY(checked(file::stat_of(source, from), from));
    if (!S_ISREG(status.st_mode))
        return failure(make_error(Code::io, "copy", from, "it is no file any more")
                           .with_remedy("put the file back; the same command tries it again"));
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > to.most_bytes)
        return failure(Code::unsupported, "copy", from,
                       fmt::format("it is larger than {} bytes", to.most_bytes));
    const file::Fd target = TRY(file::open_at(AT_FDCWD, to.path, O_RDWR | O_CREAT));
    Fetched fetched;
    fetched.validator = version_of(status);
    fetched.bytes = TRY(begin(target, to, fetched.validator, size));
    if (to.room) TRY(to.room(fetched.bytes, size - fetched.bytes));
    std::vector<std::byte> buffer(kBlock);
    while (fetched.bytes < size) {
        if (stop.stop_requested()) return failure(Code::interrupted, "copy", from, "stopped on request");
        const auto block = std::span(buffer).first(std::min<std::uint64_t>(kBlock, size - fetched.bytes));
        TRY(checked(file::read_exact(source.get(), block, fetched.bytes, from), from));
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

#include "flow/collect/corpus/corpus.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/fault_point.h"
#include "base/text.h"
#include "store/send_file.h"

namespace haul::collect {
namespace {

constexpr const char* kIncomingHere = ".haul/incoming";
constexpr const char* kIncomingOfJob = "incoming";
constexpr std::size_t kBlock = std::size_t{1} << 20U;

// nullopt: the file system does not keep it.
std::optional<std::chrono::seconds> born_at(int root, const std::string& path) {
    struct ::statx status{};
    if (::statx(root, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BTIME, &status) != 0 ||
        (status.stx_mask & STATX_BTIME) == 0)
        return std::nullopt;
    return std::chrono::seconds(status.stx_btime.tv_sec);
}

}  // namespace

bool is_extension(std::string_view text) {
    constexpr std::size_t kMost = 8;
    return !text.empty() && text.size() <= kMost &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

Result<Contents> contents_of(const std::string& path, const std::stop_token& stop) {
    const file::Fd fd = TRY(file::open_at(AT_FDCWD, path, O_RDONLY));
    Contents contents;
    contents.bytes = static_cast<std::uint64_t>(TRY(file::stat_of(fd, path)).st_size);
    digest::Hasher hasher(digest::Algorithm::sha256);
    std::vector<std::byte> buffer(kBlock);
    for (std::uint64_t at = 0; at < contents.bytes;) {
        if (stop.stop_requested()) return failure(Code::interrupted, "read", path, "stopped on request");
        const auto block = std::span(buffer).first(std::min<std::uint64_t>(kBlock, contents.bytes - at));
        TRY(file::read_exact(fd.get(), block, at, path));
        hasher.update(block);
        at += block.size();
    }
    const std::string raw = hasher.finish();
    contents.sha256 = text::hex(std::as_bytes(std::span(raw)));
    return contents;
}

Result<std::unique_ptr<Corpus>> Corpus::open(const store::Address& address, store::Store& out,
                                             const std::string& job_folder) {
    const bool is_local = address.scheme == store::Scheme::local;
    std::string folder = is_local ? address.path : job_folder;
    file::Fd root = TRY(file::open_folder(folder));
    std::string beneath = is_local ? kIncomingHere : kIncomingOfJob;
    TRY(file::make_folders(root.get(), beneath, 0777, folder));
    return std::unique_ptr<Corpus>(
        new Corpus(out, is_local, std::move(folder), std::move(root), std::move(beneath)));
}

std::string Corpus::incoming(const std::string& key) const { return folder_ + "/" + beneath(key); }

Status Corpus::drop(const std::string& key) {
    Status gone = file::unlink_at(root_.get(), beneath(key));
    if (!gone && gone.error().code == Code::not_found) return {};
    return gone;
}

Result<std::vector<Corpus::Temporary>> Corpus::list_temporaries() const {
    const std::string folder = folder_ + "/" + incoming_;
    std::vector<Temporary> found;
    std::error_code problem;
    for (std::filesystem::directory_iterator at(folder, problem), end; !problem && at != end;
         at.increment(problem)) {
        Temporary one;
        one.key = at->path().filename().string();
        // What is gone again meanwhile has nothing to tell.
        if (const auto status = file::stat_at(root_.get(), beneath(one.key), false)) {
            one.bytes = static_cast<std::uint64_t>(status->st_size);
            const std::chrono::seconds written(status->st_mtim.tv_sec);
            const auto now = std::chrono::floor<std::chrono::seconds>(clock::wall());
            one.untouched = now - written;
            one.age = now - std::min(written, born_at(root_.get(), beneath(one.key)).value_or(written));
        }
        found.push_back(std::move(one));
    }
    if (problem) return failure(os_error(problem.value(), "list temporaries in", folder));
    return found;
}

Result<Corpus::Swept> Corpus::sweep(const std::function<Result<bool>(const std::string& key)>& wanted) {
    Swept swept;
    for (const auto& [key, bytes, age, untouched] : TRY(list_temporaries())) {
        if (TRY(wanted(key))) continue;
        TRY(file::remove_tree(root_.get(), beneath(key)));
        ++swept.files;
        swept.bytes += bytes;
    }
    return swept;
}

Result<Corpus::Temporaries> Corpus::temporaries() const {
    Temporaries all;
    for (const auto& [key, bytes, age, untouched] : TRY(list_temporaries())) {
        ++all.files;
        all.bytes += bytes;
        all.oldest = std::max(all.oldest, age);
        all.untouched = std::max(all.untouched, untouched);
    }
    return all;
}

Status Corpus::place(const std::string& key, const std::string& name, const std::stop_token& stop) {
    if (is_local_) return place_here(key, name);
    TRY(store::send_file(out_, incoming(key), name, {}, stop));
    FAULT_POINT("collect.corpus.sent");
    return drop(key);
}

Status Corpus::place_here(const std::string& key, const std::string& name) {
    {
        const file::Fd fd = TRY(file::open_beneath(root_.get(), beneath(key), O_RDONLY));
        TRY(file::sync_file(fd.get(), incoming(key)));
    }
    const std::string parent = name.substr(0, name.rfind('/'));
    TRY(file::make_folders(root_.get(), parent, 0777, folder_));
    FAULT_POINT("collect.corpus.before_rename");
    TRY(file::rename_at(root_.get(), beneath(key), root_.get(), name, true));
    FAULT_POINT("collect.corpus.renamed");
    return file::sync_folder(root_.get(), parent);
}

Result<bool> Corpus::has(const std::string& name) { return TRY(store::find_file(out_, name)).has_value(); }

Result<std::optional<std::string>> Corpus::extension_of(const std::string& id, const std::stop_token& stop) {
    return audio_.extension_of(id, stop);
}

Result<std::string> Corpus::at_hand(const std::string& name, const std::string& key,
                                    const std::stop_token& stop) {
    if (is_local_) return folder_ + "/" + name;
    TRY(store::receive_file(out_, name, incoming(key), stop));
    return incoming(key);
}

Status Corpus::remove(const std::string& name) { return store::remove_object(out_, name); }

std::optional<std::uint64_t> Corpus::free_bytes() const {
    const auto free = file::free_bytes(root_.get());
    if (!free) return std::nullopt;
    return *free;
}

}  // namespace haul::collect

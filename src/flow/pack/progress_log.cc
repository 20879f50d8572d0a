#include "flow/pack/progress_log.h"

#include <cstring>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "flow/pack/part_log.h"

namespace haul::pack {
namespace {

constexpr std::size_t kHead = 8 + 8 + 4;
constexpr std::string_view kEnding = ".done";

template <class T>
void put(std::string& out, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);  // x86 and arm64: little-endian
    out.append(bytes, sizeof value);
}

template <class T>
T take(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

}  // namespace

ProgressLog::ProgressLog(std::string folder, std::uint32_t part, std::size_t width)
    : folder_(std::move(folder)), part_(part), width_(width) {}

std::string ProgressLog::path(std::uint32_t revision) const {
    return part_log_path(part_, revision, kEnding);
}

Status ProgressLog::open(std::uint32_t revision, bool fresh) {
    fd_ = TRY(open_part_log(folder_, path(revision), fresh));
    revision_ = revision;
    return {};
}

Result<std::uint64_t> ProgressLog::append(std::uint32_t revision, const FinishedMembers& all,
                                          std::size_t to) {
    if (revision != revision_) {
        TRY(open(revision, true));
        length_ = 0;
        written_ = 0;
    }
    if (to <= written_) return length_;
    std::string body;
    body.reserve((to - written_) * (4 + width_));
    for (std::size_t entry = written_; entry < to; ++entry) {
        put(body, all.crcs[entry]);
        body.append(all.digests, entry * width_, width_);
    }
    std::string frame;
    put<std::uint64_t>(frame, written_);
    put<std::uint64_t>(frame, to - written_);
    put(frame, digest::crc32(0, std::as_bytes(std::span(body))));
    frame += body;
    TRY(file::write_all(fd_.get(), std::as_bytes(std::span(frame)), length_, path(revision)));
    TRY(file::sync_data(fd_.get(), path(revision)));
    length_ += frame.size();
    written_ = to;
    return length_;
}

Result<FinishedMembers> ProgressLog::load(std::uint32_t revision, std::uint64_t length) {
    const auto damaged = [&] {
        return failure(Code::corrupt, "read the progress of", path(revision),
                       "it does not fit its checkpoint");
    };
    FinishedMembers all;
    if (length == 0) return all;
    TRY(open(revision, false));
    std::string bytes(length, '\0');
    TRY(file::read_exact(fd_.get(), std::as_writable_bytes(std::span(bytes)), 0, path(revision)));
    for (std::size_t at = 0; at < bytes.size();) {
        if (bytes.size() - at < kHead) return damaged();
        const auto first = take<std::uint64_t>(bytes.data() + at);
        const auto count = take<std::uint64_t>(bytes.data() + at + 8);
        const auto crc = take<std::uint32_t>(bytes.data() + at + 16);
        at += kHead;
        const std::size_t record = 4 + width_;
        if (first != all.crcs.size() || count > (bytes.size() - at) / record) return damaged();
        const std::string_view body = std::string_view(bytes).substr(at, count * record);
        if (digest::crc32(0, std::as_bytes(std::span(body))) != crc) return damaged();
        for (std::size_t i = 0; i < count; ++i) {
            all.crcs.push_back(take<std::uint32_t>(body.data() + i * record));
            all.digests.append(body, i * record + 4, width_);
        }
        at += body.size();
    }
    length_ = length;
    written_ = all.crcs.size();
    return all;
}

void ProgressLog::remove() {
    fd_ = {};
    remove_part_logs(folder_, part_, revision_, kEnding);
    revision_ = 0;
}

}  // namespace haul::pack

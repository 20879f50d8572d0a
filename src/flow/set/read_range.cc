#include "flow/set/read_range.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace haul::set {
namespace {

constexpr std::uint64_t kStretch = 4ULL << 20U;  // of one request

}  // namespace

Status read_range(store::Store& store, const std::string& name, std::uint64_t offset,
                  std::span<std::byte> into, const std::stop_token& stop, const store::Version& version) {
    std::vector<store::Read> reads;
    for (std::uint64_t at = 0; at < into.size(); at += kStretch) {
        store::Read read;
        read.name = name;
        read.version = version;
        read.offset = offset + at;
        read.into = into.subspan(static_cast<std::size_t>(at),
                                 static_cast<std::size_t>(std::min(kStretch, into.size() - at)));
        reads.push_back(std::move(read));
    }
    store.read_many(reads, stop);
    for (store::Read& read : reads) {
        TRY(std::move(read.result));
        if (read.seen == reads.front().seen) continue;
        return failure(Code::changed, "read", name, "it was replaced while it was read");
    }
    return {};
}

}  // namespace haul::set

#include "flow/set/read_ahead.h"

#include <algorithm>
#include <utility>

#include "store/side_by_side.h"

namespace haul::set {
namespace {

constexpr std::uint64_t kStretch = 4ULL << 20U;  // of one request

std::vector<store::Read> stretches_of(const std::string& name, const store::Version& version,
                                      std::uint64_t offset, std::span<std::byte> into) {
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
    return reads;
}

Error replaced(const std::string& name) {
    return make_error(Code::changed, "read", name, "it was replaced while it was read");
}

// All of one version: that of the first stretch where none is asked for.
Status read_stretches(store::Store& store, const std::string& name, std::uint64_t offset,
                      std::span<std::byte> into, store::Version& version, const std::stop_token& stop) {
    std::vector<store::Read> reads = stretches_of(name, version, offset, into);
    store.read_many(reads, stop);
    for (store::Read& read : reads) {
        TRY(std::move(read.result));
        if (version.tag.empty()) version = read.seen;
        if (read.seen != reads.front().seen) return failure(replaced(name));
    }
    return {};
}

}  // namespace

ReadAhead::ReadAhead(store::Store& store, std::string name, std::uint64_t begin, std::uint64_t end,
                     Options options, std::stop_token stop)
    : store_(store),
      name_(std::move(name)),
      at_(begin),
      end_(end),
      group_size_(std::max<std::uint64_t>(options.group, 1)),
      version_(std::move(options.version)),
      stop_(std::move(stop)),
      ahead_(store::is_service(store.capabilities())) {}

ReadAhead::~ReadAhead() {
    if (reader_.joinable()) reader_.join();
}

std::uint64_t ReadAhead::memory_for(const store::Capabilities& source, std::uint64_t group) {
    return store::is_service(source) ? 2 * group : group;
}

void ReadAhead::read(Group& group, std::uint64_t at) {
    group.bytes.resize(std::max(group.bytes.size(), group.size));
    group.result =
        read_stretches(store_, name_, at, std::span(group.bytes).first(group.size), version_, stop_);
}

void ReadAhead::begin_next() {
    if (at_ >= end_) return;
    Group& group = groups_[reading_];
    group.size = static_cast<std::size_t>(std::min(group_size_, end_ - at_));
    on_its_way_ = true;
    const std::uint64_t at = std::exchange(at_, at_ + group.size);
    if (ahead_) {
        reader_ = std::jthread([this, &group, at] { read(group, at); });
    } else {
        read(group, at);
    }
}

Result<std::span<const std::byte>> ReadAhead::next() {
    if (!on_its_way_) begin_next();
    if (!on_its_way_) return std::span<const std::byte>();
    if (reader_.joinable()) reader_.join();
    on_its_way_ = false;
    Group& group = groups_[reading_];
    TRY(std::move(group.result));
    if (ahead_) {
        reading_ = 1 - reading_;
        begin_next();
    }
    return std::span<const std::byte>(group.bytes).first(group.size);
}

Status read_range(store::Store& store, const std::string& name, std::uint64_t offset,
                  std::span<std::byte> into, const std::stop_token& stop, const store::Version& version) {
    store::Version seen = version;
    return read_stretches(store, name, offset, into, seen, stop);
}

}  // namespace haul::set

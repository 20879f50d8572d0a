// Reads a range of one object front to back. From a service the next group of stretches is on its way while
// the last one is used, so that neither waits for the other; from a folder it is one read after the other.
// One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace haul::set {

class ReadAhead {
  public:
    struct Options {
        std::uint64_t group = 8ULL << 20U;  // bytes that next() gives at once; from a service two such groups
                                            // are held
        store::Version version = {};        // condition; empty: that of the first read
    };
    // Bytes [begin, end) of `name`. `store` outlives it.
    ReadAhead(store::Store& store, std::string name, std::uint64_t begin, std::uint64_t end, Options options,
              std::stop_token stop);
    ~ReadAhead();
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    // The next bytes, valid until the next call; empty at the end. Code::changed where the object is another
    // by now.
    [[nodiscard]] Result<std::span<const std::byte>> next();

    // Bytes that are held for groups of this size.
    [[nodiscard]] static std::uint64_t memory_for(const store::Capabilities& source, std::uint64_t group);

  private:
    struct Group {
        std::vector<std::byte> bytes;
        std::size_t size = 0;
        Status result;
    };
    void begin_next();
    void read(Group& group, std::uint64_t at);

    store::Store& store_;
    std::string name_;
    std::uint64_t at_, end_, group_size_;  // at_: where the next group to be read begins
    store::Version version_;
    std::stop_token stop_;
    bool ahead_;
    Group groups_[2];
    unsigned reading_ = 0;  // the group that is on its way, or the next to be read
    bool on_its_way_ = false;
    std::jthread reader_;
};

// One range into memory, in stretches that a service reads side by side.
[[nodiscard]] Status read_range(store::Store& store, const std::string& name, std::uint64_t offset,
                                std::span<std::byte> into, const std::stop_token& stop,
                                const store::Version& version = {});

}  // namespace haul::set

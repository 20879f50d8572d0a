// Counts of recordings by something: language, licence, channel. Bounded in memory however many there are.
//
// The first `most` different keys are counted by themselves, all behind them together. Recordings come in the
// order of their ids, so the same recordings make the same table. Values only; one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace haul::collect {

struct Amount {
    std::uint64_t recordings = 0;
    std::uint64_t milliseconds = 0;         // of audio
    std::uint64_t speech_milliseconds = 0;  // of it

    Amount& operator+=(const Amount& other);
    bool operator==(const Amount&) const = default;
};

class Tally {
  public:
    explicit Tally(std::size_t most = 20'000) : most_(most) {}
    void add(const std::string& key, const Amount& amount);

    using Row = std::pair<std::string, Amount>;
    // Those with the most speech first, at most `rows`; equal ones by key.
    [[nodiscard]] std::vector<Row> largest(std::size_t rows) const;
    [[nodiscard]] std::size_t keys() const { return by_key_.size(); }
    // Of all keys that `rows` of largest() do not show.
    [[nodiscard]] Amount rest(std::size_t rows) const;
    // There were keys that were only counted together.
    [[nodiscard]] bool overflowed() const { return beyond_.recordings > 0; }

  private:
    std::size_t most_;
    std::map<std::string, Amount> by_key_;
    Amount all_, beyond_;
};

}  // namespace haul::collect

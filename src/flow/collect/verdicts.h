// What this run decided, counted by reason: for whoever looks (docs/metrics.md). Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace haul::collect {

class Verdicts {
  public:
    struct Counts {
        std::uint64_t accepted = 0, rejected = 0;         // recordings
        std::map<std::string, std::uint64_t> against{};   // reasons of rejected ones: each may have several
        std::map<std::string, std::uint64_t> left_out{};  // candidates, by why
        std::map<std::string, std::uint64_t> channels{};  // by the state that a probe gave them
    };
    void judged(bool accepted, const std::vector<std::string>& reasons);
    void left_out(const std::string& why);
    void probed(const std::string& state);
    [[nodiscard]] Counts counts() const;

  private:
    mutable std::mutex mutex_{};
    Counts counts_{};
};

}  // namespace haul::collect

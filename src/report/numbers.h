// Numbers that are not sums of events: whoever knows some shows them while it lives, and is asked when
// somebody looks (docs/metrics.md). Nothing is counted here, so nothing can disagree with its owner.
// Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace haul::report {

// One number of a family; all numbers of a family have the same help and type.
struct Number {
    enum class Type : std::uint8_t { counter, gauge, histogram };
    // Those of a histogram: how many were at most `upper`, the smaller ones included.
    struct Bucket {
        double upper = 0;
        std::uint64_t count = 0;
    };
    std::string name{}, help{};
    Type type = Type::gauge;
    std::vector<std::pair<std::string, std::string>> labels{};
    double value = 0;  // histogram: the sum of what was counted
    std::uint64_t count = 0;
    std::vector<Bucket> buckets{};
};

class Numbers {
  public:
    using Source = std::function<void(std::vector<Number>&)>;

    Numbers();
    ~Numbers();
    Numbers(const Numbers&) = delete;
    Numbers& operator=(const Numbers&) = delete;

    // Shown until it is destroyed; once it is, the source is not asked any more.
    class [[nodiscard]] Shown {
      public:
        Shown() = default;
        ~Shown();
        Shown(Shown&&) noexcept = default;
        Shown& operator=(Shown&&) = delete;

      private:
        friend class Numbers;
        struct Place;
        std::shared_ptr<Place> place_{};
    };
    // `source` may be asked from any thread, by one at a time, and asks nobody for numbers itself.
    Shown show(Source source);

    // In the order in which they were shown.
    [[nodiscard]] std::vector<Number> now() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace haul::report

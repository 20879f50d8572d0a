// Holds a store to a rate of bytes a second, both ways together.
//
// A call waits until what went before it is paid for, then goes at full speed and leaves its own bytes as a
// debt: long rates are exact, and no batch is cut. A requested stop ends the wait.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "store/wrap/forward.h"

namespace haul::store::wrap {

// Shared by all stores that stand under one limit; the rate may be changed at any time. Thread-safe.
class Bandwidth {
  public:
    // Bytes a second; 0: unlimited.
    explicit Bandwidth(std::uint64_t rate) : rate_(rate) {}
    void set_rate(std::uint64_t rate);
    // Waits its turn, then owes `bytes`. False when `stop` ended the wait.
    [[nodiscard]] bool take(std::uint64_t bytes, const std::stop_token& stop);

  private:
    std::mutex mutex_;
    std::uint64_t rate_;
    clock::Nanoseconds paid_until_{0};  // boot time at which all debts are paid
};

class LimitStore final : public ForwardingStore {
  public:
    LimitStore(std::unique_ptr<Store> target, std::shared_ptr<Bandwidth> bandwidth)
        : ForwardingStore(std::move(target)), bandwidth_(std::move(bandwidth)) {}
    void read_many(std::span<Read> reads, const std::stop_token& stop) override;
    void write_many(std::span<Write> writes, const WriteOptions& options,
                    const std::stop_token& stop) override;
    [[nodiscard]] Result<std::unique_ptr<Upload>> open_upload(const UploadRequest& request) override;

  private:
    std::shared_ptr<Bandwidth> bandwidth_;
};

}  // namespace haul::store::wrap

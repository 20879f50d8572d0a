// Faults on order: tests say which item of which operation goes wrong, and how; each fault tells whether it
// fired.
//
// Operations: list page stat read write open_upload put copy flush received finish abort remove, and any of
// them. Items of batches are counted one by one. As text (HAUL_STORE_FAULTS), separated by commas:
//
//     OPERATION[~NAMES]:NTH[xTIMES]:KIND[@ADDRESS]      read:3:short  write~haul-*.json:1:lost
//     put:2x5:error=unavailable  any:9x*:error=denied@/out  stat:1:delay=50ms
//
// TIMES `*`: from then on always. KIND: error=CODE (nothing was done), lost (all was done, the reply is
// Code::unavailable), short (half was moved, then Code::unavailable), flip (one bit of the bytes is turned,
// and nothing is said), delay=DURATION. ADDRESS limits it to stores whose address ends so, NAMES (a pattern
// of base/glob.h without `:` and `,`) to objects: that of an upload is the one it makes, that of a page the
// folder that is listed.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/glob.h"
#include "store/wrap/forward.h"

namespace haul::store::wrap {

struct Fault {
    enum class Kind : std::uint8_t { error, lost, short_transfer, flip, delay };
    static constexpr std::uint64_t kAlways = 0;
    std::string operation;
    std::uint64_t nth = 1;    // from 1
    std::uint64_t times = 1;  // kAlways: every one from the nth on
    Kind kind = Kind::error;
    Code code = Code::unavailable;
    std::chrono::nanoseconds delay{0};
    std::string address;        // suffix; empty: any store
    std::optional<Glob> names;  // none: any object
    std::string text;           // as it was given, for reports
};

// Shared by the stores under test. Thread-safe.
class FaultPlan {
  public:
    // Code::usage where a fault cannot be read.
    [[nodiscard]] static Result<std::shared_ptr<FaultPlan>> parse(std::string_view text);
    void add(Fault fault);

    // The fault for the next item of `operation`, on the object `name`, if one is due; it has fired then.
    [[nodiscard]] std::optional<Fault> next(std::string_view operation, std::string_view address,
                                            std::string_view name);
    // The faults that never fired, as text: a test that planned them proves nothing.
    [[nodiscard]] std::vector<std::string> unfired() const;
    [[nodiscard]] std::vector<std::string> fired() const;
    struct Count {
        std::string text;
        std::uint64_t met = 0;    // items that it could have befallen
        std::uint64_t fired = 0;  // those that it befell
        std::uint64_t left = 0;   // how often it should have fired beyond that; 0 for kAlways once it fired
    };
    [[nodiscard]] std::vector<Count> counts() const;

  private:
    struct Planned {
        Fault fault;
        std::uint64_t seen = 0, fired = 0;
    };
    [[nodiscard]] std::vector<std::string> with(bool fired) const;

    mutable std::mutex mutex_;
    std::vector<Planned> planned_;
};

class FaultStore final : public ForwardingStore {
  public:
    FaultStore(std::unique_ptr<Store> target, std::shared_ptr<FaultPlan> plan);

    [[nodiscard]] Result<std::unique_ptr<Listing>> list(const ListRequest& request) override;
    [[nodiscard]] Result<Stat> stat(const StatRequest& request) override;
    void read_many(std::span<Read> reads, const std::stop_token& stop) override;
    void write_many(std::span<Write> writes, const WriteOptions& options,
                    const std::stop_token& stop) override;
    [[nodiscard]] Result<std::unique_ptr<Upload>> open_upload(const UploadRequest& request) override;
    void remove_many(std::span<Remove> removes, const std::stop_token& stop) override;

  private:
    std::shared_ptr<FaultPlan> plan_;
    std::string address_;
};

}  // namespace haul::store::wrap

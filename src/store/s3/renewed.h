// Credentials kept until they are about to end, and then fetched again from the same source (credentials.h
// has the promises).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

#include "store/s3/credentials.h"
#include "store/s3/source.h"

namespace haul::store::s3 {

class Renewed final : public CredentialSource {
  public:
    explicit Renewed(Source source) : source_(std::move(source)) {}
    Result<Credentials> get() override;
    void refuse(const Credentials& refused) override;

  private:
    using Time = std::chrono::system_clock::time_point;

    [[nodiscard]] bool usable(Time now) const;  // not refused, not over
    [[nodiscard]] Error ended(const Error& why) const;
    Result<Credentials> renew(std::unique_lock<std::mutex>& lock);
    Result<Credentials> take(Credentials fetched, Time now);
    Result<Credentials> keep(const Error& why, Time now);

    const Source source_;
    std::mutex mutex_;
    std::condition_variable renewed_;
    std::optional<Credentials> held_;
    std::optional<Error> problem_;  // of the last renewal, where it left us without usable credentials
    Time renew_at_ = Time::min();   // not before, as long as those that are held can be used
    Time again_at_ = Time::min();   // not before, where they cannot
    bool refused_ = false;          // those that are held
    bool renewing_ = false;
    std::uint64_t renewals_ = 0;
};

}  // namespace haul::store::s3

#include "store/s3/renewed.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/clock.h"

namespace haul::store::s3 {
namespace {

using namespace std::chrono_literals;
using Time = std::chrono::system_clock::time_point;

constexpr auto kMargin = 5min;    // before the end
constexpr auto kTryAgain = 1min;  // where renewing failed and the old ones are still good
constexpr auto kPause = 10s;      // where there are none: a crowd of callers asks the service once
constexpr auto kDisbelief = 30s;  // how long credentials that the service refused are not offered again

Time wall_now() { return Time(std::chrono::duration_cast<Time::duration>(clock::wall())); }

bool same(const Credentials& left, const Credentials& right) {
    return left.access_key == right.access_key && left.secret_key == right.secret_key &&
           left.session_token == right.session_token;
}

}  // namespace

bool Renewed::usable(Time now) const {
    return held_ && !refused_ && (!held_->expires || now < *held_->expires);
}

Error Renewed::ended(const Error& why) const {
    Error error = make_error(Code::denied, "get credentials from", source_.name, "");
    error.retry = Retry::after_credentials;
    error.detail = "there are none that can be used";
    error.remedy = why.remedy.empty() ? "renew them there, then resume" : why.remedy;
    error.cause = std::make_shared<const Error>(why);
    return error;
}

Result<Credentials> Renewed::take(Credentials fetched, Time now) {
    if (fetched.expires && *fetched.expires <= now)
        return keep(
            make_error(Code::denied, "get credentials from", source_.name, "those it gave have expired"),
            now);
    if (refused_ && held_ && same(*held_, fetched)) {
        refused_ = false;
        Error error = ended(make_error(Code::denied, "use credentials of", source_.name,
                                       "the service refused them, and there are no newer ones"));
        // Afterwards the service may judge them once more: its refusal may have been a mistake.
        again_at_ = now + kDisbelief;
        problem_ = error;
        return failure(std::move(error));
    }
    if (fetched.expires)
        renew_at_ = *fetched.expires - std::min<Time::duration>(kMargin, (*fetched.expires - now) / 4);
    if (!fetched.expires) renew_at_ = Time::max();
    refused_ = false;
    problem_.reset();
    held_ = std::move(fetched);
    return *held_;
}

Result<Credentials> Renewed::keep(const Error& why, Time now) {
    if (usable(now)) {
        renew_at_ = now + kTryAgain;
        return *held_;
    }
    problem_ = ended(why);
    again_at_ = now + kPause;
    return failure(*problem_);
}

Result<Credentials> Renewed::renew(std::unique_lock<std::mutex>& lock) {
    renewing_ = true;
    lock.unlock();
    auto fetched = source_.fetch();
    lock.lock();
    renewing_ = false;
    ++renewals_;
    renewed_.notify_all();
    const Time now = wall_now();
    return fetched ? take(*std::move(fetched), now) : keep(fetched.error(), now);
}

Result<Credentials> Renewed::get() {
    std::unique_lock lock(mutex_);
    const Time now = wall_now();
    if (problem_ && now < again_at_) return failure(*problem_);
    problem_.reset();
    if (usable(now) && (now < renew_at_ || renewing_)) return *held_;
    if (!renewing_) return renew(lock);
    const std::uint64_t before = renewals_;
    renewed_.wait(lock, [this, before] { return renewals_ != before; });
    if (problem_) return failure(*problem_);
    return *held_;
}

void Renewed::refuse(const Credentials& refused) {
    const std::scoped_lock lock(mutex_);
    if (held_ && same(*held_, refused)) refused_ = true;
}

}  // namespace haul::store::s3

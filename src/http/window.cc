#include "http/window.h"

#include <algorithm>
#include <chrono>

namespace haul::http {
namespace {

constexpr std::chrono::milliseconds kLeastInterval{250};
constexpr double kUnit = 64.0 * 1024;  // bytes that count as much as a request
constexpr double kGain = 1.05;
constexpr unsigned kHoldAfterThrottle = 8, kMostPatience = 64;

clock::Nanoseconds interval(clock::Nanoseconds typical) {
    return std::max<clock::Nanoseconds>(kLeastInterval, 2 * typical);
}

}  // namespace

void Window::begin(clock::Nanoseconds now) {
    measuring_ = true;
    wanted_ = false;
    work_ = 0;
    began_ = now;
}

void Window::finished(const Outcome& outcome, clock::Nanoseconds now) {
    typical_ = typical_ == clock::Nanoseconds::zero() ? outcome.took : (7 * typical_ + outcome.took) / 8;
    if (outcome.throttled) return halve(now);
    // The first interval begins with the first answer: connections are made before it.
    if (!measuring_) return begin(now);
    if (outcome.answered) work_ += 1 + static_cast<double>(outcome.bytes) / kUnit;
    const auto lasted = now - began_;
    if (lasted < interval(typical_)) return;
    if (wanted_) judge(work_ / std::chrono::duration<double>(lasted).count());
    begin(now);
}

void Window::judge(double rate) {
    if (hold_ > 0) {
        --hold_;
        return;
    }
    if (trying_ && rate < best_rate_ * kGain) {
        limit_ = best_limit_;
        trying_ = false;
        hold_ = patience_;
        patience_ = std::min(2 * patience_, kMostPatience);
        return;
    }
    if (trying_) patience_ = 4;
    best_limit_ = limit_;
    best_rate_ = rate;
    trying_ = false;
    grow();
}

void Window::grow() {
    if (limit_ >= most_) return;
    limit_ = std::min(most_, limit_ + std::max(1U, limit_ / 2));
    trying_ = true;
}

void Window::halve(clock::Nanoseconds now) {
    // Those in flight when it halved will be refused as well: that says nothing new.
    const bool at_once = halved_ != clock::Nanoseconds::min() && now - halved_ < interval(typical_);
    if (at_once) return;
    halved_ = now;
    limit_ = std::max(1U, limit_ / 2);
    trying_ = false;
    hold_ = kHoldAfterThrottle;
    begin(now);
}

}  // namespace haul::http

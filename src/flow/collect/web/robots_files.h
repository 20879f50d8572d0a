// The robots.txt of origins that were asked, each read once an hour. Thread-safe.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "flow/collect/web/reach.h"
#include "flow/collect/web/robots.h"

namespace haul::collect {

class RobotsFiles {
  public:
    explicit RobotsFiles(Guest& guest) : guest_(guest) {}
    // Code::denied: its robots.txt forbids it. Code::unavailable: that cannot be had, and so nothing can (RFC
    // 9309, 2.3.1.4). One that is not there (4xx) forbids nothing.
    [[nodiscard]] Status check(const http::Url& url, clock::Nanoseconds deadline,
                               const std::stop_token& stop);

  private:
    struct File {
        bool reading = false;
        Result<Robots> robots{};
        std::optional<clock::Nanoseconds> until{};  // boot time; not yet read
    };
    [[nodiscard]] Result<Robots> read(const http::Url& url, clock::Nanoseconds deadline,
                                      const std::stop_token& stop);

    Guest& guest_;
    std::mutex lock_;
    std::condition_variable_any changed_;
    std::map<std::string, File> files_;  // by origin; never removed
};

}  // namespace haul::collect

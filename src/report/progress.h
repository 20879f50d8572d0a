// What a job has done and is doing, gathered from its events: what displays and `haul status` show.
//
// Values only; one owner. Rates are taken over about the last ten seconds from samples that the owner takes.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "report/event.h"

namespace haul::report {

class Progress {
  public:
    struct Worker {
        std::string subject;
        std::uint64_t files = 0, bytes = 0, total_bytes = 0;
    };

    void on(const Event& event);
    // Call about ten times a second; `now` is boot time.
    void sample(std::chrono::nanoseconds now);

    [[nodiscard]] const std::string& phase() const { return phase_; }
    [[nodiscard]] std::uint64_t files() const { return files_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] std::uint64_t total_files() const { return total_files_; }
    [[nodiscard]] std::uint64_t total_bytes() const { return total_bytes_; }
    [[nodiscard]] bool final_total() const { return final_total_; }
    [[nodiscard]] bool draining() const { return draining_; }
    // Endpoint that does not answer now; empty: none.
    [[nodiscard]] const std::string& down() const { return down_; }
    // Those at work, by their number.
    [[nodiscard]] const std::map<unsigned, Worker>& workers() const { return workers_; }
    // Bytes a second; nullopt until it can be told.
    [[nodiscard]] std::optional<double> rate() const;
    // Only when the total is final, something moves and something is left.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> remaining() const;

  private:
    struct Sample {
        std::chrono::nanoseconds at;
        std::uint64_t bytes;
    };
    std::string phase_, down_;
    std::uint64_t files_ = 0, bytes_ = 0, total_files_ = 0, total_bytes_ = 0;
    bool final_total_ = false, draining_ = false, moved_ = false;
    std::map<unsigned, Worker> workers_;
    std::deque<Sample> samples_;
};

// "1,234 of 10,409 files  50.0 MB of 230.0 MB  21%  217.4 MB/s  ETA 0:07"; what is not known is left out.
[[nodiscard]] std::string total_text(const Progress& progress);
// "part 00003  64%  12.8 GB of 20.0 GB"
[[nodiscard]] std::string amount_text(const Progress::Worker& worker);

}  // namespace haul::report

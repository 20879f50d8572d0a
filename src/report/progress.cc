#include "report/progress.h"

#include <fmt/format.h>

#include "base/units.h"

namespace haul::report {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kWindow = std::chrono::seconds(10);
// A rate over less than this says nothing.
constexpr nanoseconds kShortest = std::chrono::milliseconds(500);

std::uint64_t percent(std::uint64_t done, std::uint64_t total) {
    if (total == 0) return 100;
    if (done >= total) return 100;
    return static_cast<std::uint64_t>(100.0 * static_cast<double>(done) / static_cast<double>(total));
}

}  // namespace

void Progress::on(const Event& event) {
    switch (event.type) {
        case Type::phase:
            phase_ = event.subject;
            break;
        case Type::total:
            total_files_ = event.files;
            total_bytes_ = event.bytes;
            final_total_ = event.final_total;
            break;
        case Type::progress:
            files_ = event.files;
            bytes_ = event.bytes;
            moved_ = true;
            break;
        case Type::worker:
            if (event.subject.empty()) {
                workers_.erase(event.worker);
            } else {
                workers_[event.worker] = {event.subject, event.files, event.bytes, event.total_bytes};
            }
            break;
        case Type::store_down:
            down_ = event.subject;
            break;
        case Type::store_up:
            down_.clear();
            break;
        case Type::draining:
            draining_ = true;
            break;
        default:
            break;
    }
}

void Progress::sample(nanoseconds now) {
    // What an earlier run had done is no rate of this one: sampling begins with the first progress.
    if (!moved_) return;
    samples_.push_back({now, bytes_});
    while (samples_.size() > 2 && now - samples_.front().at > kWindow) samples_.pop_front();
}

std::optional<double> Progress::rate() const {
    if (samples_.size() < 2) return std::nullopt;
    const nanoseconds span = samples_.back().at - samples_.front().at;
    if (span < kShortest || samples_.back().bytes < samples_.front().bytes) return std::nullopt;
    const double moved = static_cast<double>(samples_.back().bytes - samples_.front().bytes);
    return moved / std::chrono::duration<double>(span).count();
}

std::optional<nanoseconds> Progress::remaining() const {
    const auto speed = rate();
    if (!final_total_ || !speed || *speed < 1 || bytes_ >= total_bytes_) return std::nullopt;
    const double seconds = static_cast<double>(total_bytes_ - bytes_) / *speed;
    constexpr double kLongest = 1000.0 * 24 * 3600;
    if (seconds > kLongest) return std::nullopt;
    return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds));
}

std::string total_text(const Progress& progress) {
    std::string text;
    const auto add = [&text](const std::string& piece) { text += (text.empty() ? "" : "  ") + piece; };
    const std::string files = units::count_text(progress.files()), bytes = units::size_text(progress.bytes());
    if (progress.total_files() == 0 && progress.total_bytes() == 0) {
        add(files + " files");
        add(bytes);
    } else {
        const char* so_far = progress.final_total() ? "" : " found so far";
        add(fmt::format("{} of {} files{}", files, units::count_text(progress.total_files()), so_far));
        add(fmt::format("{} of {}", bytes, units::size_text(progress.total_bytes())));
        if (progress.final_total())
            add(fmt::format("{}%", percent(progress.bytes(), progress.total_bytes())));
    }
    if (const auto rate = progress.rate()) add(units::size_text(static_cast<std::uint64_t>(*rate)) + "/s");
    if (const auto left = progress.remaining()) add("ETA " + units::duration_text(*left));
    return text;
}

std::string amount_text(const Progress::Worker& worker) {
    if (worker.total_bytes == 0) return worker.bytes == 0 ? "" : units::size_text(worker.bytes);
    return fmt::format("{:>3}%  {} of {}", percent(worker.bytes, worker.total_bytes),
                       units::size_text(worker.bytes), units::size_text(worker.total_bytes));
}

}  // namespace haul::report

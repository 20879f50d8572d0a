// Plain lines, for pipes and logs of others; and warnings and errors alone.
#include <chrono>
#include <string>

#include "base/clock.h"
#include "report/event_text.h"
#include "report/output.h"
#include "report/progress.h"
#include "report/sinks.h"

namespace haul::report {
namespace {

class PlainSink : public Sink {
  public:
    PlainSink(int fd, double seconds)
        : fd_(fd),
          every_(
              std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds))),
          last_total_(clock::boot()) {}

    void on(const Event& event) override {
        progress_.on(event);
        if (event.type == Type::progress) moved_ = true;
        if (event.is_detail || level_of(event) == Level::debug) return;
        const std::string line = line_of(event);
        if (!line.empty()) lines_ += line + "\n";
    }

    void tick() override {
        const auto now = clock::boot();
        progress_.sample(now);
        if (moved_ && now - last_total_ >= every_) {
            lines_ += total_text(progress_) + "\n";
            last_total_ = now;
            moved_ = false;
        }
        flush();
    }

    void close() override { flush(); }

  private:
    void flush() {
        write_out(fd_, lines_);
        lines_.clear();
    }

    int fd_;
    std::chrono::nanoseconds every_, last_total_;
    bool moved_ = false;
    Progress progress_;
    std::string lines_;
};

class QuietSink : public Sink {
  public:
    explicit QuietSink(int fd) : fd_(fd) {}

    void on(const Event& event) override {
        if (level_of(event) < Level::warning) return;
        const std::string line = line_of(event);
        if (!line.empty()) write_out(fd_, line + "\n");
    }

  private:
    int fd_;
};

}  // namespace

std::unique_ptr<Sink> make_plain_sink(int fd, double seconds) {
    return std::make_unique<PlainSink>(fd, seconds);
}

std::unique_ptr<Sink> make_quiet_sink(int fd) { return std::make_unique<QuietSink>(fd); }

}  // namespace haul::report

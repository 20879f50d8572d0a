#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "base/file.h"
#include "base/json.h"
#include "report/event_text.h"
#include "report/output.h"
#include "report/sinks.h"

namespace haul::report {
namespace {

// A kill or a full disk may have cut the last line of an earlier run short.
bool ends_within_a_line(int fd) {
    const ::off_t size = ::lseek(fd, 0, SEEK_END);
    char last = '\n';
    return size > 0 && ::pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

class LogSink : public Sink {
  public:
    LogSink(file::Fd fd, Level minimum) : fd_(std::move(fd)), minimum_(minimum) {
        if (ends_within_a_line(fd_.get())) lines_ = "\n";
    }

    void on(const Event& event) override {
        if (event.type == Type::worker || event.type == Type::progress) return;
        if (level_of(event) >= minimum_) lines_ += json::dump(to_json(event)) + "\n";
    }
    void tick() override {
        write_out(fd_.get(), lines_);
        lines_.clear();
    }
    void close() override { tick(); }

  private:
    file::Fd fd_;
    Level minimum_;
    std::string lines_;
};

}  // namespace

Result<std::unique_ptr<Sink>> make_log_sink(const std::string& path, Level minimum) {
    file::Fd fd = TRY(file::open_at(AT_FDCWD, path, O_RDWR | O_CREAT | O_APPEND, 0600));
    return std::make_unique<LogSink>(std::move(fd), minimum);
}

}  // namespace haul::report

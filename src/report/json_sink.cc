#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "report/event_text.h"
#include "report/output.h"
#include "report/sinks.h"

namespace haul::report {
namespace {

constexpr auto kEvery = std::chrono::seconds(1);

// Worker and progress events come hundreds of times a second; of each the newest is held back until its
// second is over.
class JsonSink : public Sink {
  public:
    explicit JsonSink(int fd) : fd_(fd) {}

    void on(const Event& event) override {
        if (event.type == Type::worker) {
            workers_.insert_or_assign(event.worker, event);
        } else if (event.type == Type::progress) {
            progress_ = event;
        } else {
            if (event.type == Type::job_finished) write_held();
            write(event);
        }
    }

    void tick() override {
        const auto now = clock::boot();
        if (last_ && now - *last_ < kEvery) return;
        if (workers_.empty() && !progress_) return;
        last_ = now;
        write_held();
    }

    void close() override { write_held(); }

  private:
    void write(const Event& event) { write_out(fd_, json::dump(to_json(event)) + "\n"); }

    void write_held() {
        for (const auto& [number, event] : workers_) write(event);
        workers_.clear();
        if (progress_) write(*progress_);
        progress_.reset();
    }

    int fd_;
    std::optional<std::chrono::nanoseconds> last_;
    std::map<unsigned, Event> workers_;
    std::optional<Event> progress_;
};

}  // namespace

std::unique_ptr<Sink> make_json_sink(int fd) { return std::make_unique<JsonSink>(fd); }

}  // namespace haul::report

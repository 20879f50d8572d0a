#include "cli/live_status.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"

namespace haul::cli {
namespace {

using report::Event;
using report::Type;

// An answer of another version may lack a field: it shows as nothing.
std::uint64_t uint_in(const json::Value& object, const char* field) {
    return json::find_uint(object, field, "status").value_or(std::nullopt).value_or(0);
}
std::string text_in(const json::Value& object, const char* field) {
    return json::find_string(object, field, "status").value_or(std::nullopt).value_or("");
}

Event event_of(Type type, std::string subject, std::uint64_t files, std::uint64_t bytes) {
    Event event;
    event.type = type;
    event.subject = std::move(subject);
    event.files = files;
    event.bytes = bytes;
    return event;
}

Event worker_event(const json::Value& worker) {
    Event event = event_of(Type::worker, text_in(worker, "subject"), uint_in(worker, "files"),
                           uint_in(worker, "bytes"));
    event.worker = static_cast<unsigned>(uint_in(worker, "worker"));
    event.total_bytes = uint_in(worker, "total_bytes");
    return event;
}

void add_workers(const json::Value& answer, std::vector<unsigned>& before, std::vector<Event>& events) {
    std::vector<unsigned> now;
    const auto workers = answer.find("workers");
    if (workers != answer.end() && workers->is_array()) {
        for (const json::Value& worker : *workers) {
            if (!worker.is_object()) continue;
            events.push_back(worker_event(worker));
            now.push_back(events.back().worker);
        }
    }
    for (const unsigned number : before) {
        if (std::find(now.begin(), now.end(), number) != now.end()) continue;
        events.push_back(event_of(Type::worker, "", 0, 0));
        events.back().worker = number;
    }
    before = std::move(now);
}

}  // namespace

class LiveStatus::Listener : public report::Sink {
  public:
    explicit Listener(LiveStatus& status) : status_(status) {}
    void on(const Event& event) override {
        const std::scoped_lock lock(status_.mutex_);
        status_.progress_.on(event);
    }
    void tick() override {
        const std::scoped_lock lock(status_.mutex_);
        status_.progress_.sample(clock::boot());
    }

  private:
    LiveStatus& status_;
};

std::unique_ptr<report::Sink> LiveStatus::make_sink() { return std::make_unique<Listener>(*this); }

json::Value LiveStatus::answer() const {
    const std::scoped_lock lock(mutex_);
    json::Value object;
    object["phase"] = progress_.phase();
    object["files"] = progress_.files();
    object["bytes"] = progress_.bytes();
    object["total_files"] = progress_.total_files();
    object["total_bytes"] = progress_.total_bytes();
    object["final"] = progress_.final_total();
    object["draining"] = progress_.draining();
    if (!progress_.down().empty()) object["down"] = progress_.down();
    if (const auto rate = progress_.rate()) object["rate"] = static_cast<std::uint64_t>(*rate);
    if (const auto left = progress_.remaining()) {
        object["eta_seconds"] = std::chrono::duration_cast<std::chrono::seconds>(*left).count();
    }
    object["workers"] = json::Value::array();
    for (const auto& [number, worker] : progress_.workers()) {
        object["workers"].push_back({{"worker", number},
                                     {"subject", worker.subject},
                                     {"files", worker.files},
                                     {"bytes", worker.bytes},
                                     {"total_bytes", worker.total_bytes}});
    }
    return object;
}

std::vector<Event> events_of(const json::Value& answer, std::vector<unsigned>& before) {
    std::vector<Event> events;
    if (!answer.is_object()) return events;
    events.push_back(event_of(Type::phase, text_in(answer, "phase"), 0, 0));
    events.push_back(
        event_of(Type::total, "", uint_in(answer, "total_files"), uint_in(answer, "total_bytes")));
    events.back().final_total = answer.value("final", json::Value(false)) == true;
    events.push_back(event_of(Type::progress, "", uint_in(answer, "files"), uint_in(answer, "bytes")));
    const std::string down = text_in(answer, "down");
    events.push_back(event_of(down.empty() ? Type::store_up : Type::store_down, down, 0, 0));
    // Shown by the total line; not a message of its own at each look.
    events.back().level = report::Level::debug;
    add_workers(answer, before, events);
    return events;
}

std::string status_line(const json::Value& answer) {
    std::vector<unsigned> none;
    report::Progress progress;
    for (const Event& event : events_of(answer, none)) progress.on(event);
    std::string line = text::printable(progress.phase());
    line += (line.empty() ? "" : "  ") + report::total_text(progress);
    if (const auto rate = uint_in(answer, "rate"); rate > 0) line += "  " + units::size_text(rate) + "/s";
    if (const auto left = uint_in(answer, "eta_seconds"); left > 0) {
        line += "  ETA " + units::duration_text(std::chrono::seconds(left));
    }
    return line;
}

}  // namespace haul::cli

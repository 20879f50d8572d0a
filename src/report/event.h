// What happens, as data. Flows and the engine emit events; terminal, plain lines, JSON and the log file only
// listen. Nothing else prints. A Sink may be called from any thread and must not block for long.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "report/numbers.h"

namespace haul::report {

enum class Level : std::uint8_t { debug, info, warning, error };

enum class Type : std::uint8_t {
    job_started,  // text: what; subject: job id
    phase,        // subject: "list", "fill", "publish", "verify", ...
    total,        // files/bytes: what there is to do as known now; final when `final_total`
    worker,  // worker N is at `subject` (part, member); files/bytes/total_bytes: of that piece of work; empty
             // subject: idle
    progress,      // done so far: files, bytes (cumulative, whole job)
    part_done,     // subject: part; files, bytes
    item_skipped,  // subject: path; text: reason
    item_failed,   // subject: path; error
    unit_failed,   // subject: unit; error; text: what happens next
    unit_set_aside,
    store_down,  // subject: endpoint; text
    store_up,
    notice,        // text, for people; level says how loud
    draining,      // first Ctrl+C
    job_finished,  // text: one-sentence outcome; files, bytes; code
};
[[nodiscard]] std::string_view name_of(Type type);
[[nodiscard]] std::string_view name_of(Level level);

struct Event {
    Type type = Type::notice;
    Level level = Level::info;
    std::string job;   // set by the Hub
    std::string unit;  // "part 00003"; may be empty
    std::string operation;
    std::string subject;
    std::string text;
    std::optional<Error> error;
    std::uint64_t files = 0, bytes = 0, total_bytes = 0;
    unsigned worker = 0;
    bool final_total = false;
    int exit_code = 0;
    // One of very many that say the same of an item each: for the log and for programs, on no display.
    bool is_detail = false;
    std::int64_t time_ns = 0;  // wall; set by the Hub
};

class Sink {
  public:
    virtual ~Sink() = default;
    virtual void on(const Event& event) = 0;
    // Draws what is pending; called about ten times a second by the Hub's own thread, and at the end.
    virtual void tick() {}
    virtual void close() {}
};

// Stamps events and hands them to every sink, one at a time (sinks need no lock of their own). Owns the
// ticking thread.
class Hub {
  public:
    Hub();
    ~Hub();  // close()
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;
    void add(std::unique_ptr<Sink> sink);
    void set_job(std::string id);
    void emit(Event event);
    void note(Level level, std::string text, std::string subject = {});
    void fail_item(std::string path, Error error);
    void close();
    // What is to be had beside events, while somebody looks.
    [[nodiscard]] Numbers& numbers();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace haul::report

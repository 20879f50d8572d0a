// The sinks that write lines: plain, quiet, JSON, log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "report/sinks.h"

namespace haul::report {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Pipe {
  public:
    Pipe() { EXPECT_EQ(::pipe(ends_.data()), 0); }
    ~Pipe() {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    [[nodiscard]] int in() const { return ends_[1]; }
    // What was written so far; at least one byte must be there.
    std::string take() {
        std::string text(1 << 16, '\0');
        const ssize_t n = ::read(ends_[0], text.data(), text.size());
        text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return text;
    }
    void close_reader() { ::close(ends_[0]); }

  private:
    std::array<int, 2> ends_{};
};

class LineSinks : public testing::Test {
  protected:
    void emit(Sink& sink, Event event) {
        event.job = "0011";
        event.time_ns = clock::wall().count();
        sink.on(event);
    }
    void note(Sink& sink, Level level, const std::string& text) {
        Event event;
        event.level = level;
        event.text = text;
        emit(sink, event);
    }
    void progress(Sink& sink, std::uint64_t bytes) {
        Event event;
        event.type = Type::progress;
        event.bytes = bytes;
        emit(sink, event);
    }
    void worker(Sink& sink, unsigned number, std::uint64_t bytes) {
        Event event;
        event.type = Type::worker;
        event.worker = number;
        event.subject = "part";
        event.bytes = bytes;
        emit(sink, event);
    }
    static std::vector<json::Value> lines(const std::string& text) {
        std::vector<json::Value> values;
        std::istringstream in(text);
        for (std::string line; std::getline(in, line);) values.push_back(json::parse(line, "line").value());
        return values;
    }
    clock::Fixed time_{seconds(1000), seconds(1'700'000'000)};
    Pipe pipe_;
};

TEST_F(LineSinks, DetailsAreForTheLogAndForPrograms) {
    Event skipped;
    skipped.type = Type::item_skipped;
    skipped.subject = "http://h/a";
    skipped.text = "gone";
    Event detail = skipped;
    detail.is_detail = true;
    const auto plain = make_plain_sink(pipe_.in(), 10);
    emit(*plain, detail);
    emit(*plain, skipped);
    plain->tick();
    EXPECT_EQ(pipe_.take(), "skipped http://h/a: gone\n");
    const auto json = make_json_sink(pipe_.in());
    emit(*json, detail);
    EXPECT_THAT(pipe_.take(), testing::HasSubstr("item_skipped"));
}

TEST_F(LineSinks, PlainSaysTotalsAtMostEverySoOften) {
    auto sink = make_plain_sink(pipe_.in(), 10);
    note(*sink, Level::info, "begin");
    note(*sink, Level::debug, "hidden");
    progress(*sink, 1'000'000);
    sink->tick();
    EXPECT_EQ(pipe_.take(), "begin\n");
    time_.advance(seconds(10));
    progress(*sink, 2'000'000);
    sink->tick();
    EXPECT_THAT(pipe_.take(), testing::StartsWith("0 files  2.0 MB"));
    time_.advance(seconds(20));
    sink->tick();
    note(*sink, Level::info, "end");
    sink->close();
    EXPECT_EQ(pipe_.take(), "end\n") << "no total without progress";
}

TEST_F(LineSinks, QuietSaysOnlyWarningsAndErrors) {
    auto sink = make_quiet_sink(pipe_.in());
    note(*sink, Level::info, "begin");
    note(*sink, Level::warning, "careful");
    progress(*sink, 1);
    note(*sink, Level::error, "broken");
    sink->close();
    EXPECT_EQ(pipe_.take(), "warning: careful\nerror: broken\n");
}

TEST_F(LineSinks, JsonHoldsWorkersAndProgressToOneASecond) {
    auto sink = make_json_sink(pipe_.in());
    for (int i = 0; i < 50; ++i) {
        worker(*sink, 0, static_cast<std::uint64_t>(i));
        worker(*sink, 1, 7);
        progress(*sink, static_cast<std::uint64_t>(i));
        sink->tick();
        time_.advance(milliseconds(100));
    }
    Event end;
    end.type = Type::job_finished;
    end.exit_code = 3;
    emit(*sink, end);
    sink->close();
    const auto events = lines(pipe_.take());
    ASSERT_EQ(events.size(), 3U * 5 + 3 + 1);
    EXPECT_EQ(events[0]["event"], "worker");
    EXPECT_EQ(events[2]["event"], "progress");
    EXPECT_EQ(events[events.size() - 2]["bytes"], 49) << "the last progress is never lost";
    EXPECT_EQ(events.back()["event"], "job_finished");
    EXPECT_EQ(events.back()["exit_code"], 3);
    for (const auto& event : events) {
        EXPECT_TRUE(event.contains("time"));
        EXPECT_EQ(event["job"], "0011");
    }
}

TEST_F(LineSinks, LogAppendsWithoutProgressAndBelowItsLevel) {
    std::string folder = (std::filesystem::temp_directory_path() / "haul-log-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/log.jsonl";
    for (int run = 0; run < 2; ++run) {
        auto sink = make_log_sink(path).value();
        note(*sink, Level::debug, "hidden");
        note(*sink, Level::info, "run " + std::to_string(run));
        progress(*sink, 1);
        worker(*sink, 0, 1);
        sink->close();
    }
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    const auto events = lines(text.str());
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0]["text"], "run 0");
    EXPECT_EQ(events[1]["text"], "run 1");
    EXPECT_EQ(events[1]["level"], "info");
    std::filesystem::remove_all(folder);
    EXPECT_FALSE(make_log_sink(folder + "/log.jsonl").has_value()) << "a missing folder is an error";
}

TEST_F(LineSinks, AClosedPipeEndsNothing) {
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    pipe_.close_reader();
    auto sink = make_json_sink(pipe_.in());
    for (int i = 0; i < 10; ++i) note(*sink, Level::info, "x");
    sink->close();
    std::signal(SIGPIPE, before);
}

}  // namespace
}  // namespace haul::report

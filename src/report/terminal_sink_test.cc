// The live display over a pseudo-terminal, looked at through a small terminal emulator: what is on the screen
// is asserted, not which bytes were sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "report/sinks.h"

namespace haul::report {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A screen with scrollback. Each logical row is a list of cells; a wide character fills its cell and an empty
// one.
class Screen {
  public:
    Screen(std::size_t rows, std::size_t columns) : rows_(rows), columns_(columns), lines_(1) {}

    void write(const std::string& bytes) {
        for (std::size_t i = 0; i < bytes.size();) i += take(bytes, i);
    }

    // As terminals do that wrap lines anew (VTE, kitty, Windows Terminal): the cursor stays with its
    // character.
    void resize_with_reflow(std::size_t columns) {
        std::vector<Line> wrapped;
        std::size_t new_row = 0, new_column = 0;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            Line whole = lines_[i];
            std::size_t cursor = row_ == i ? column_ : std::string::npos;
            while (whole.wraps && i + 1 < lines_.size()) {
                ++i;
                if (row_ == i) cursor = whole.cells.size() + column_;
                whole.cells.insert(whole.cells.end(), lines_[i].cells.begin(), lines_[i].cells.end());
                whole.wraps = lines_[i].wraps;
            }
            for (std::size_t at = 0; at == 0 || at < whole.cells.size(); at += columns) {
                const auto end = std::min(at + columns, whole.cells.size());
                Line line;
                line.cells.assign(whole.cells.begin() + static_cast<std::ptrdiff_t>(at),
                                  whole.cells.begin() + static_cast<std::ptrdiff_t>(end));
                line.wraps = end < whole.cells.size();
                if (cursor != std::string::npos && cursor >= at && (cursor < at + columns || !line.wraps)) {
                    new_row = wrapped.size();
                    new_column = std::min(cursor - at, columns - 1);
                }
                wrapped.push_back(line);
            }
        }
        lines_ = std::move(wrapped);
        row_ = new_row;
        column_ = new_column;
        columns_ = columns;
    }

    // As xterm does: lines are cut.
    void resize_with_cut(std::size_t columns) {
        for (Line& line : lines_) line.cells.resize(std::min(line.cells.size(), columns));
        columns_ = columns;
        column_ = std::min(column_, columns - 1);
    }

    // All rows from the first ever written, trailing blanks and empty rows left out.
    [[nodiscard]] std::vector<std::string> text() const {
        std::vector<std::string> rows;
        for (const Line& line : lines_) {
            std::string row;
            for (const std::string& cell : line.cells) row += cell;
            row.erase(row.find_last_not_of(' ') + 1);
            rows.push_back(row);
        }
        while (!rows.empty() && rows.back().empty()) rows.pop_back();
        return rows;
    }
    [[nodiscard]] std::size_t wrapped() const { return wrapped_; }
    [[nodiscard]] std::size_t widest() const { return widest_; }
    void forget_widest() { widest_ = 0; }
    [[nodiscard]] std::size_t row() const { return row_; }
    [[nodiscard]] std::size_t column() const { return column_; }
    [[nodiscard]] const std::string& unknown() const { return unknown_; }

  private:
    struct Line {
        std::vector<std::string> cells;
        bool wraps = false;
    };

    std::size_t take(const std::string& bytes, std::size_t i) {
        const char c = bytes[i];
        if (c == '\r') {
            column_ = 0;
        } else if (c == '\n') {
            down(1, true);
        } else if (c == '\x1b') {
            return control(bytes, i);
        } else {
            std::size_t length = 1;
            while (i + length < bytes.size() &&
                   (static_cast<unsigned char>(bytes[i + length]) & 0xC0U) == 0x80U)
                ++length;
            put(bytes.substr(i, length));
            return length;
        }
        return 1;
    }

    std::size_t control(const std::string& bytes, std::size_t i) {
        for (const bool on : {false, true}) {
            const std::string wrapping = on ? "\x1b[?7h" : "\x1b[?7l";
            if (bytes.compare(i, wrapping.size(), wrapping) != 0) continue;
            wraps_ = on;
            return wrapping.size();
        }
        std::size_t end = i + 2;
        while (end < bytes.size() && std::isdigit(static_cast<unsigned char>(bytes[end]))) ++end;
        const std::string number = bytes.substr(i + 2, end - i - 2);
        const std::size_t n = number.empty() ? 1 : std::stoul(number);
        const std::string all = bytes.substr(i, end + 1 - i);
        switch (end < bytes.size() && bytes[i + 1] == '[' ? bytes[end] : '?') {
            // Not above the top of the window.
            case 'A':
                row_ -= std::min(n, row_ - top());
                break;
            case 'B':
                down(n, false);
                break;
            case 'K':
                cut(lines_[row_]);
                break;
            case 'J':
                cut(lines_[row_]);
                lines_.resize(row_ + 1);
                break;
            default:
                unknown_ += all;
        }
        return all.size();
    }

    [[nodiscard]] std::size_t top() const { return lines_.size() > rows_ ? lines_.size() - rows_ : 0; }

    void cut(Line& line) const {
        line.cells.resize(std::min(line.cells.size(), column_));
        line.wraps = false;
    }

    void down(std::size_t n, bool scrolls) {
        row_ += n;
        if (!scrolls) row_ = std::min(row_, std::max(top() + rows_, std::size_t{1}) - 1);
        if (row_ >= lines_.size()) lines_.resize(row_ + 1);
    }

    void put(const std::string& character) {
        const std::size_t width = text::display_width(character);
        // Without wrapping the last column is written again and again.
        if (column_ + width > columns_ && !wraps_) column_ = columns_ - std::min(width, columns_);
        if (column_ + width > columns_) {
            lines_[row_].wraps = true;
            ++wrapped_;
            column_ = 0;
            down(1, true);
        }
        auto& cells = lines_[row_].cells;
        if (cells.size() < column_ + width) cells.resize(column_ + width, " ");
        if (width > 0) cells[column_] = character;
        if (width == 2) cells[column_ + 1] = "";
        column_ += width;
        widest_ = std::max(widest_, column_);
    }

    std::size_t rows_, columns_;
    std::vector<Line> lines_;
    std::size_t row_ = 0, column_ = 0, wrapped_ = 0, widest_ = 0;
    bool wraps_ = true;
    std::string unknown_;
};

class Terminal : public testing::Test {
  protected:
    Terminal() {
        winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
        EXPECT_EQ(::openpty(&master_, &slave_, nullptr, nullptr, &size), 0);
        sink_ = make_terminal_sink(slave_);
    }
    ~Terminal() override {
        ::close(master_);
        ::close(slave_);
    }

    void resize(unsigned rows, unsigned columns) const {
        const winsize size{.ws_row = static_cast<unsigned short>(rows),
                           .ws_col = static_cast<unsigned short>(columns),
                           .ws_xpixel = 0,
                           .ws_ypixel = 0};
        EXPECT_EQ(::ioctl(master_, TIOCSWINSZ, &size), 0);
    }
    // One tick of the hub; what came out goes to the screen.
    std::string tick() {
        time_.advance(milliseconds(100));
        sink_->tick();
        return drain();
    }
    std::string drain() {
        std::string all;
        pollfd ready{.fd = master_, .events = POLLIN, .revents = 0};
        while (::poll(&ready, 1, 20) > 0) {
            std::string piece(1 << 16, '\0');
            const ssize_t n = ::read(master_, piece.data(), piece.size());
            if (n <= 0) break;
            all.append(piece, 0, static_cast<std::size_t>(n));
        }
        screen_.write(all);
        return all;
    }
    void worker(unsigned number, const std::string& subject, std::uint64_t bytes = 0,
                std::uint64_t total = 0) {
        Event event;
        event.type = Type::worker;
        event.worker = number;
        event.subject = subject;
        event.bytes = bytes;
        event.total_bytes = total;
        sink_->on(event);
    }
    void amounts(Type type, std::uint64_t files, std::uint64_t bytes, bool final_total = true) {
        Event event;
        event.type = type;
        event.files = files;
        event.bytes = bytes;
        event.final_total = final_total;
        sink_->on(event);
    }
    void note(Level level, const std::string& text) {
        Event event;
        event.level = level;
        event.text = text;
        sink_->on(event);
    }
    void phase(const std::string& name) {
        Event event;
        event.type = Type::phase;
        event.subject = name;
        sink_->on(event);
    }

    clock::Fixed time_{seconds(1000), seconds(1'700'000'000)};
    int master_ = -1, slave_ = -1;
    std::unique_ptr<Sink> sink_;
    Screen screen_{24, 80};
};

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

TEST_F(Terminal, OneLineAWorkerAndATotal) {
    tick();
    EXPECT_TRUE(screen_.text().empty()) << "nothing before there is something to show";
    phase("fill");
    amounts(Type::total, 10409, 230'000'000);
    worker(0, "part 00001", 50'000'000, 100'000'000);
    worker(1, "part 00002", 1'000'000, 100'000'000);
    for (std::uint64_t i = 0; i <= 20; ++i) {
        amounts(Type::progress, 100 * i, 1'000'000 * i);
        tick();
    }
    EXPECT_THAT(
        screen_.text(),
        ElementsAre(" 1  part 00001   50%  50.0 MB of 100.0 MB", " 2  part 00002    1%  1.0 MB of 100.0 MB",
                    "fill  2,000 of 10,409 files  20.0 MB of 230.0 MB  8%  10.0 MB/s  ETA 0:21"));
    EXPECT_EQ(screen_.unknown(), "");
}

TEST_F(Terminal, NoTrailsWhenLinesComeAndGo) {
    phase("fill");
    for (unsigned count : {1U, 5U, 3U, 8U, 0U, 2U}) {
        for (unsigned i = 0; i < 8; ++i) worker(i, i < count ? "part " + std::to_string(i) : "");
        tick();
        EXPECT_THAT(screen_.text(), SizeIs(count + 1));
        EXPECT_EQ(screen_.row(), 0U);
        EXPECT_EQ(screen_.column(), 0U);
        EXPECT_EQ(tick(), "") << "nothing changed, nothing is sent";
    }
}

TEST_F(Terminal, MessagesStandAboveTheBlock) {
    phase("fill");
    worker(0, "part 00001");
    tick();
    note(Level::warning, "low on space");
    tick();
    note(Level::error, "x " + std::string(100, 'y'));
    note(Level::debug, "hidden");
    tick();
    const auto rows = screen_.text();
    ASSERT_THAT(rows, SizeIs(5));
    EXPECT_EQ(rows[0], "warning: low on space");
    EXPECT_EQ(rows[1] + rows[2], "error: x " + std::string(100, 'y')) << "messages are kept whole";
    EXPECT_THAT(rows[3], StartsWith(" 1  part 00001"));
    EXPECT_THAT(rows[4], StartsWith("fill"));
}

TEST_F(Terminal, NeverWiderThanTheWindow) {
    phase("fill");
    amounts(Type::total, 1'000'000'000, 900'000'000'000'000);
    amounts(Type::progress, 999'999'999, 899'000'000'000'000);
    for (const unsigned columns : {200U, 80U, 40U, 20U, 10U, 5U, 2U, 1U}) {
        resize(24, columns);
        screen_ = Screen(24, columns);
        worker(0,
               "a long name with wide characters \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x8e\xb5 and\nnewlines " +
                   std::string(columns, 'x'),
               1'000'000'000, 20'000'000'000);
        worker(1, "caf\xe9 " + std::string(columns / 2, 'y'), 0, 0);
        worker(9,
               "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc"
               "\xa2");
        tick();
        EXPECT_EQ(screen_.wrapped(), 0U) << columns;
        EXPECT_LE(screen_.widest(), std::max<std::size_t>(columns, 2) - 1) << columns;
        EXPECT_THAT(screen_.text(), SizeIs(testing::Le(4U))) << columns;
    }
}

TEST_F(Terminal, NoTrailsAfterResizing) {
    for (const bool reflow : {true, false}) {
        screen_ = Screen(24, 80);
        resize(24, 80);
        sink_ = make_terminal_sink(slave_);
        phase("fill");
        amounts(Type::total, 10409, 230'000'000);
        for (unsigned i = 0; i < 4; ++i)
            worker(i, "part 0000" + std::to_string(i) + std::string(60, 'x'), 1, 100'000'000);
        note(Level::info, "above");
        tick();
        ASSERT_THAT(screen_.text(), SizeIs(6));
        for (const unsigned columns : {30U, 100U, 17U, 60U, 12U}) {
            resize(24, columns);
            if (reflow) {
                screen_.resize_with_reflow(columns);
            } else {
                screen_.resize_with_cut(columns);
            }
            screen_.forget_widest();
            amounts(Type::progress, columns, columns);
            tick();
            EXPECT_LT(screen_.widest(), columns);
            const auto rows = screen_.text();
            ASSERT_THAT(rows, SizeIs(6)) << columns << (reflow ? " reflow" : " cut");
            EXPECT_EQ(rows[0], "above");
            EXPECT_THAT(rows[5], StartsWith("fill"));
        }
    }
}

TEST_F(Terminal, NoTrailsWhereTheWindowIsNarrowerThanItWas) {
    // The block was put together for the old width and reaches the screen after it has become narrower.
    screen_ = Screen(24, 40);
    phase("fill");
    for (unsigned turn = 0; turn < 5; ++turn) {
        worker(0, std::string(100, 'a'), turn, 10);
        worker(1, std::string(100, 'b'), turn, 10);
        amounts(Type::total, 1'000'000'000, 900'000'000'000'000);
        amounts(Type::progress, 900'000'000 + turn, 800'000'000'000'000);
        tick();
    }
    EXPECT_EQ(screen_.wrapped(), 0U);
    EXPECT_THAT(screen_.text(), SizeIs(3U));
    // What is said for good is wrapped as ever.
    note(Level::warning, std::string(100, 'w'));
    tick();
    EXPECT_GT(screen_.wrapped(), 0U);
    sink_->close();
    drain();
    EXPECT_EQ(screen_.unknown(), "");
}

TEST_F(Terminal, ABlockHigherThanTheWindowIsCut) {
    resize(6, 80);
    screen_ = Screen(6, 80);
    phase("fill");
    for (unsigned i = 0; i < 20; ++i) worker(i, "part " + std::to_string(i));
    for (std::uint64_t i = 0; i < 5; ++i) {
        amounts(Type::progress, i, i);
        tick();
    }
    const auto rows = screen_.text();
    ASSERT_THAT(rows, SizeIs(5));
    EXPECT_THAT(rows[4], StartsWith("fill"));
}

TEST_F(Terminal, ScrollsAtTheBottomWithoutTrails) {
    resize(6, 80);
    screen_ = Screen(6, 80);
    phase("fill");
    for (int i = 0; i < 20; ++i) {
        note(Level::info, "line " + std::to_string(i));
        worker(0, "part 1", static_cast<std::uint64_t>(i), 100);
        worker(1, i % 3 == 0 ? "" : "part 2");
        tick();
    }
    const auto rows = screen_.text();
    ASSERT_THAT(rows, SizeIs(23));
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(rows[i], "line " + std::to_string(i));
}

TEST_F(Terminal, CloseLeavesOnlyMessagesAndTheCursorBelow) {
    phase("fill");
    worker(0, "part 00001");
    note(Level::info, "said");
    tick();
    note(Level::error, "at the end");
    sink_->close();
    drain();
    EXPECT_THAT(screen_.text(), ElementsAre("said", "error: at the end"));
    EXPECT_EQ(screen_.row(), 2U);
    EXPECT_EQ(screen_.column(), 0U);
    amounts(Type::progress, 1, 1);
    EXPECT_EQ(tick(), "") << "nothing is drawn after close";
}

TEST_F(Terminal, StoppingAndOutagesAreSaid) {
    phase("fill");
    Event event;
    event.type = Type::draining;
    sink_->on(event);
    tick();
    EXPECT_THAT(screen_.text().front(), HasSubstr("press Ctrl+C again"));
    EXPECT_THAT(screen_.text().back(), StartsWith("stopping"));
    event.type = Type::store_down;
    event.subject = "s3.example";
    sink_->on(event);
    tick();
    EXPECT_THAT(screen_.text().back(), StartsWith("waiting for s3.example"));
}

}  // namespace
}  // namespace haul::report

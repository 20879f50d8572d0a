// The live display. The cursor always rests at the beginning of the block's first line: a terminal that wraps
// the block anew when its window is resized keeps the cursor there, so that erasing from the cursor downwards
// never leaves a trail and never eats a line above, whatever the terminal did to the lines. Nothing is
// redrawn that did not change.
#include <sys/ioctl.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "report/event_text.h"
#include "report/output.h"
#include "report/progress.h"
#include "report/sinks.h"

namespace haul::report {
namespace {

struct Window {
    std::size_t rows = 24, columns = 80;
    bool operator==(const Window&) const = default;
};

Window window_of(int fd) {
    winsize size{};
    Window window;
    if (::ioctl(fd, TIOCGWINSZ, &size) != 0) return window;
    if (size.ws_row > 0) window.rows = size.ws_row;
    if (size.ws_col > 0) window.columns = size.ws_col;
    return window;
}

std::string padded(const std::string& text, std::size_t cells) {
    const std::size_t width = text::display_width(text);
    return width >= cells ? text : text + std::string(cells - width, ' ');
}

// One line a worker, subjects and amounts in columns, each at most `cells` wide.
std::vector<std::string> worker_lines(const Progress& progress, std::size_t cells) {
    constexpr std::size_t kMargin = 4, kGap = 2, kShortestSubject = 12;
    std::size_t subject_width = 0, amount_width = 0;
    for (const auto& [number, worker] : progress.workers()) {
        subject_width = std::max(subject_width, text::display_width(text::printable(worker.subject)));
        amount_width = std::max(amount_width, amount_text(worker).size());
    }
    const std::size_t fixed = kMargin + kGap + amount_width;
    const bool with_amounts = cells >= fixed + kShortestSubject;
    const std::size_t room = with_amounts ? cells - fixed : cells - std::min(cells, kMargin);
    subject_width = std::min(subject_width, room);
    std::vector<std::string> lines;
    for (const auto& [number, worker] : progress.workers()) {
        std::string line = fmt::format("{:>2}  ", number + 1);
        line += padded(text::elide(text::printable(worker.subject), subject_width),
                       with_amounts ? subject_width : 0);
        const std::string amount = amount_text(worker);
        if (with_amounts && !amount.empty()) line += "  " + amount;
        lines.push_back(text::elide(line, cells));
    }
    return lines;
}

std::string total_line(const Progress& progress) {
    std::string line = progress.phase();
    if (progress.draining()) line = "stopping";
    if (!progress.down().empty()) line = "waiting for " + text::printable(progress.down());
    return line + (line.empty() ? "" : "  ") + total_text(progress);
}

// What belongs above the block for good.
bool is_said(const Event& event) {
    return !event.is_detail && level_of(event) >= Level::info && event.type != Type::phase &&
           event.type != Type::part_done;
}

class TerminalSink : public Sink {
  public:
    explicit TerminalSink(int fd) : fd_(fd) {}

    void on(const Event& event) override {
        progress_.on(event);
        begun_ =
            begun_ || event.type == Type::phase || event.type == Type::progress || event.type == Type::worker;
        if (!is_said(event)) return;
        const std::string line = line_of(event);
        if (!line.empty()) said_ += line + "\r\n";
    }

    void tick() override {
        progress_.sample(clock::boot());
        const Window window = window_of(fd_);
        std::vector<std::string> block;
        if (begun_ && !closed_) block = compose(window);
        if (said_.empty() && block == drawn_ && window == drawn_in_) return;
        write_out(fd_, picture(block));
        said_.clear();
        drawn_ = std::move(block);
        drawn_in_ = window;
    }

    void close() override {
        closed_ = true;
        tick();
    }

  private:
    std::vector<std::string> compose(const Window& window) const {
        // The last column stays free: writing into it leaves some terminals on the next line and some not.
        const std::size_t cells = std::max<std::size_t>(window.columns, 2) - 1;
        std::vector<std::string> lines = worker_lines(progress_, cells);
        // A block that scrolls could not be redrawn in place.
        const std::size_t fit = window.rows > 2 ? window.rows - 2 : 0;
        if (lines.size() > fit) lines.resize(fit);
        lines.push_back(text::elide(total_line(progress_), cells));
        return lines;
    }

    // Lines are overwritten before the rest is erased, so that nothing flickers. The block is drawn without
    // wrapping: where the window became narrower a moment ago, or a terminal thinks a character wider than
    // we do, its lines are cut short and stay as many as we count.
    std::string picture(const std::vector<std::string>& block) const {
        std::string out = "\r";
        if (!said_.empty()) out += "\x1b[J" + said_;
        if (!block.empty()) out += "\x1b[?7l";
        for (std::size_t i = 0; i < block.size(); ++i) out += (i == 0 ? "" : "\r\n") + block[i] + "\x1b[K";
        out += "\x1b[J\r";
        if (!block.empty()) out += "\x1b[?7h";
        if (block.size() > 1) out += fmt::format("\x1b[{}A", block.size() - 1);
        return out;
    }

    int fd_;
    bool begun_ = false, closed_ = false;
    Progress progress_;
    std::string said_;
    std::vector<std::string> drawn_;
    Window drawn_in_;
};

}  // namespace

std::unique_ptr<Sink> make_terminal_sink(int fd) { return std::make_unique<TerminalSink>(fd); }

}  // namespace haul::report

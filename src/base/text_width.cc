// Width of text on a terminal, and cutting it to fit.
#include <clocale>
#include <cwchar>
#include <vector>

#include "base/text.h"

namespace haul::text {
namespace {

constexpr std::string_view kEllipsis = "…";

// wcwidth(3) knows Unicode only in a UTF-8 locale, whatever the user's is; switched for this thread alone.
class Utf8Locale {
  public:
    Utf8Locale() : before_(::uselocale(shared())) {}
    ~Utf8Locale() { ::uselocale(before_); }
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;

  private:
    // Lives as long as the program: threads may measure text until the very end.
    static ::locale_t shared() {
        static const ::locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
        return locale;
    }
    ::locale_t before_;
};

struct Cell {
    std::size_t length;  // bytes
    std::size_t width;
};

// Expects a Utf8Locale to be in force. Bytes that are not UTF-8 count as one cell each.
Cell first_cell(std::string_view bytes) {
    const CodePoint c = first_code_point(bytes);
    if (c.length == 0) return {1, 1};
    if (c.value < 0x80) return {1, c.value >= 0x20 && c.value != 0x7F ? 1U : 0U};
    const int width = ::wcwidth(static_cast<wchar_t>(c.value));
    return {c.length, width < 0 ? 0 : static_cast<std::size_t>(width)};
}

std::vector<Cell> cells_of(std::string_view bytes) {
    const Utf8Locale locale;
    std::vector<Cell> cells;
    while (!bytes.empty()) {
        cells.push_back(first_cell(bytes));
        bytes.remove_prefix(cells.back().length);
    }
    return cells;
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
    std::size_t width = 0;
    for (const Cell& cell : cells_of(utf8)) width += cell.width;
    return width;
}

std::string elide(std::string_view utf8, std::size_t cells) {
    const std::vector<Cell> all = cells_of(utf8);
    std::size_t total = 0;
    for (const Cell& cell : all) total += cell.width;
    if (total <= cells) return std::string(utf8);
    if (cells == 0) return {};

    const std::size_t room = cells - 1;
    const std::size_t head_room = (room + 1) / 2;
    std::size_t head = 0;
    std::size_t head_width = 0;
    std::size_t next = 0;
    for (; next < all.size() && head_width + all[next].width <= head_room; ++next) {
        head += all[next].length;
        head_width += all[next].width;
    }
    std::size_t tail = 0;
    std::size_t tail_width = 0;
    for (std::size_t i = all.size(); i > next; --i) {
        const Cell& cell = all[i - 1];
        if (tail_width + cell.width > room - head_width) break;
        tail += cell.length;
        tail_width += cell.width;
    }
    // A combining mark at the front of the tail would hang on to the ellipsis.
    std::size_t skipped = utf8.size() - tail;
    const Utf8Locale locale;
    while (skipped < utf8.size()) {
        const Cell cell = first_cell(utf8.substr(skipped));
        if (cell.width != 0) break;
        skipped += cell.length;
    }
    return std::string(utf8.substr(0, head)).append(kEllipsis).append(utf8.substr(skipped));
}

}  // namespace haul::text

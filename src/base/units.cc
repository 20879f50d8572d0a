#include "base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include "base/text.h"

namespace haul::units {
namespace {

using Wide = unsigned __int128;

// "1.5": whole and fraction kept apart, since double would lose bytes of large sizes.
struct Decimal {
    std::uint64_t whole = 0;
    std::uint64_t fraction = 0;
    std::uint64_t scale = 1;  // the fraction's denominator

    // Rounded down; may be as large as 2^128 / 2.
    [[nodiscard]] Wide times(std::uint64_t unit) const {
        return static_cast<Wide>(whole) * unit + static_cast<Wide>(fraction) * unit / scale;
    }
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes digits[.digits] off the front of `text`.
std::optional<Decimal> take_decimal(std::string_view& text) {
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
    constexpr std::uint64_t kMaxScale = 1'000'000'000;
    Decimal number;
    if (text.empty() || !is_digit(text[0])) return std::nullopt;
    for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1)) {
        const auto digit = static_cast<std::uint64_t>(text[0] - '0');
        if (number.whole > (kMax - digit) / 10) return std::nullopt;
        number.whole = number.whole * 10 + digit;
    }
    if (!text.starts_with('.')) return number;
    text.remove_prefix(1);
    if (text.empty() || !is_digit(text[0])) return std::nullopt;
    for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1)) {
        if (number.scale == kMaxScale) return std::nullopt;
        number.fraction = number.fraction * 10 + static_cast<std::uint64_t>(text[0] - '0');
        number.scale *= 10;
    }
    return number;
}

// Bytes of "", "b", "k", "kb", "kib", ...; 0 where there is no such unit.
std::uint64_t size_unit(std::string_view suffix) {
    if (suffix.empty() || suffix == "b") return 1;
    constexpr std::string_view kPrefixes = "kmgtpe";
    const std::size_t power = kPrefixes.find(suffix[0]);
    if (power == std::string_view::npos) return 0;
    const std::string_view rest = suffix.substr(1);
    if (!rest.empty() && rest != "b" && rest != "ib" && rest != "i") return 0;
    const std::uint64_t base = rest.starts_with('i') ? 1024 : 1000;
    std::uint64_t unit = 1;
    for (std::size_t i = 0; i <= power; ++i) unit *= base;
    return unit;
}

struct DurationUnit {
    std::string_view name;
    std::uint64_t nanoseconds;
};
// Longest first: "1h30m" is read in this order, each at most once.
constexpr std::array kDurationUnits = {
    DurationUnit{"w", 604'800'000'000'000},
    DurationUnit{"d", 86'400'000'000'000},
    DurationUnit{"h", 3'600'000'000'000},
    DurationUnit{"m", 60'000'000'000},
    DurationUnit{"s", 1'000'000'000},
    DurationUnit{"ms", 1'000'000},
    DurationUnit{"us", 1'000},
    DurationUnit{"ns", 1},
};

Error refused(std::string_view what, std::string_view text, std::string detail, std::string remedy) {
    return make_error(Code::usage, fmt::format("read {}", what), fmt::format("\"{}\"", text),
                      std::move(detail))
        .with_remedy(std::move(remedy));
}

Error bad_size(std::string_view text, std::string detail) {
    return refused("size", text, std::move(detail), "write it as 20GB, 64MiB, 1.5G or 512");
}

Error bad_duration(std::string_view text, std::string detail) {
    return refused("duration", text, std::move(detail), "write it as 250ms, 15m, 6h, 1h30m or 2d");
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
    std::string_view rest = text;
    const auto number = take_decimal(rest);
    if (!number) return failure(bad_size(text, "no number, or too many digits"));
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    const std::uint64_t unit = size_unit(text::lower(rest));
    if (unit == 0) return failure(bad_size(text, fmt::format("no unit is called \"{}\"", rest)));
    if (unit == 1 && number->scale != 1) return failure(bad_size(text, "a byte has no fractions"));
    const Wide bytes = number->times(unit);
    if (bytes > std::numeric_limits<std::uint64_t>::max()) return failure(bad_size(text, "too large"));
    return static_cast<std::uint64_t>(bytes);
}

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    constexpr auto kMax = static_cast<Wide>(std::numeric_limits<std::int64_t>::max());
    std::string_view rest = text;
    if (rest.empty()) return failure(bad_duration(text, "it is empty"));
    Wide total = 0;
    auto allowed = kDurationUnits.begin();
    while (!rest.empty()) {
        const auto number = take_decimal(rest);
        if (!number) return failure(bad_duration(text, "no number, or too many digits"));
        const std::size_t length = std::min(rest.find_first_of("0123456789"), rest.size());
        const std::string name = text::lower(rest.substr(0, length));
        rest.remove_prefix(length);
        if (name.empty()) return failure(bad_duration(text, "a number without a unit"));
        const auto known = std::ranges::find(kDurationUnits, name, &DurationUnit::name);
        if (known == kDurationUnits.end())
            return failure(bad_duration(text, fmt::format("no unit is called \"{}\"", name)));
        if (known < allowed) return failure(bad_duration(text, "units go from long to short, each once"));
        allowed = known + 1;
        total += number->times(known->nanoseconds);
        if (total > kMax) return failure(bad_duration(text, "too long"));
    }
    return std::chrono::nanoseconds(static_cast<std::int64_t>(total));
}

std::string size_text(std::uint64_t bytes) {
    if (bytes < 1000) return fmt::format("{} B", bytes);
    constexpr std::array<std::string_view, 6> kNames = {"KB", "MB", "GB", "TB", "PB", "EB"};
    std::uint64_t unit = 1000;
    std::size_t name = 0;
    // In tenths, rounded to nearest; what rounds to 1000.0 belongs to the next unit.
    const auto tenths = [&] {
        return static_cast<std::uint64_t>((static_cast<Wide>(bytes) * 10 + unit / 2) / unit);
    };
    while (tenths() >= 10'000) {
        unit *= 1000;
        ++name;
    }
    return fmt::format("{}.{} {}", tenths() / 10, tenths() % 10, kNames[name]);
}

std::string exact_size_text(std::uint64_t bytes) {
    struct Unit {
        std::string_view name;
        std::uint64_t bytes;
    };
    constexpr std::array kUnits = {
        Unit{"TB", 1'000'000'000'000},
        Unit{"TiB", 1ULL << 40U},
        Unit{"GB", 1'000'000'000},
        Unit{"GiB", 1ULL << 30U},
        Unit{"MB", 1'000'000},
        Unit{"MiB", 1ULL << 20U},
        Unit{"KB", 1'000},
        Unit{"KiB", 1ULL << 10U},
    };
    for (const Unit& unit : kUnits) {
        if (bytes > 0 && bytes % unit.bytes == 0) return fmt::format("{}{}", bytes / unit.bytes, unit.name);
    }
    return fmt::to_string(bytes);
}

std::string duration_text(std::chrono::nanoseconds duration) {
    const auto seconds =
        std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(duration).count());
    const auto hours = seconds / 3600;
    const auto minutes = seconds / 60 % 60;
    if (hours == 0) return fmt::format("{}:{:02}", minutes, seconds % 60);
    return fmt::format("{}:{:02}:{:02}", hours, minutes, seconds % 60);
}

std::string count_text(std::uint64_t count) {
    std::string digits = fmt::format("{}", count);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
    return digits;
}

}  // namespace haul::units

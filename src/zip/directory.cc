#include <algorithm>
#include <string>

#include "base/units.h"
#include "zip/archive_error.h"
#include "zip/central_header.h"
#include "zip/directory_checks.h"
#include "zip/end_record.h"
#include "zip/little_endian.h"
#include "zip/reader.h"
#include "zip/records.h"

namespace haul::zip {
namespace {

// Reads the directory a window at a time, so that a large one is never held whole beside its entries.
class Window {
  public:
    Window(Source& source, const DirectoryPlace& place)
        : source_(source), next_(place.offset), end_(place.offset + place.size) {}

    // Begins with what is in memory already.
    void seed(TailBytes& tail) {
        if (next_ < tail.offset) return;
        const auto from = static_cast<std::ptrdiff_t>(next_ - tail.offset);
        const auto to = static_cast<std::ptrdiff_t>(end_ - tail.offset);
        bytes_.assign(tail.bytes.begin() + from, tail.bytes.begin() + to);
        next_ = end_;
    }
    // At least `count` unread bytes, or all that the directory has.
    Result<Bytes> peek(std::size_t count) {
        if (bytes_.size() - used_ < count && next_ < end_) {
            bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(used_));
            used_ = 0;
            const std::size_t kept = bytes_.size();
            const std::uint64_t now = std::min<std::uint64_t>(end_ - next_, std::max(count, size));
            bytes_.resize(kept + static_cast<std::size_t>(now));
            TRY(source_.read(next_, std::span(bytes_).subspan(kept)));
            next_ += now;
        }
        return Bytes(bytes_).subspan(used_);
    }
    void take(std::size_t count) { used_ += count; }
    static constexpr std::size_t size = 4U << 20U;

  private:
    Source& source_;
    std::uint64_t next_;
    std::uint64_t end_;
    std::vector<std::byte> bytes_;
    std::size_t used_ = 0;
};

Result<Entry> next_entry(Window& window, std::uint64_t shift, std::string_view archive) {
    const auto cut = [&] { return failure(corrupt(archive, "its central directory ends within an entry")); };
    const Bytes fixed = TRY(window.peek(central_fixed));
    if (fixed.size() < central_fixed) return cut();
    if (get32(fixed, 0) != central_signature)
        return failure(corrupt(archive, "its central directory holds something that is no entry"));
    const std::size_t length = central_header_length(fixed);
    const Bytes header = TRY(window.peek(length));
    if (header.size() < length) return cut();
    auto entry = TRY(parse_central_header(header.first(length), shift, archive));
    window.take(length);
    return entry;
}

Result<std::vector<Entry>> read_entries(Source& source, const DirectoryPlace& place, TailBytes& tail) {
    const std::string archive = source.name();
    Window window(source, place);
    window.seed(tail);
    std::vector<Entry> entries;
    entries.reserve(static_cast<std::size_t>(place.count));
    for (std::uint64_t i = 0; i < place.count; ++i)
        entries.push_back(TRY(next_entry(window, place.shift, archive)));
    if (!TRY(window.peek(1)).empty())
        return failure(corrupt(archive, "its central directory has more than the entries it counts"));
    return entries;
}

}  // namespace

Result<std::vector<Entry>> read_directory(Source& source, const Limits& limits) {
    const std::string archive = source.name();
    auto tail = TRY(read_tail(source));
    const DirectoryPlace place = TRY(find_directory(source, tail));
    if (place.size > limits.max_directory) {
        return failure(unsupported(
            archive, fmt::format("its central directory has {}, more than the {} that are read",
                                 units::size_text(place.size), units::size_text(limits.max_directory))));
    }
    auto entries = TRY(read_entries(source, place, tail));
    TRY(order_and_limit(entries, place.offset, archive));
    TRY(check_names(entries, archive));
    TRY(check_ratio(entries, source.size(), limits, archive));
    return entries;
}

Result<std::uint64_t> directory_memory(Source& source) {
    // Beside the entry itself: its place in the checks of names and of overlaps.
    constexpr std::uint64_t beside = 64;
    const auto tail = TRY(read_tail(source));
    const DirectoryPlace place = TRY(find_directory(source, tail));
    const std::uint64_t window = std::min<std::uint64_t>(2 * Window::size, place.size);
    // Names on the heap are no longer than the directory that they stand in.
    return place.count * (sizeof(Entry) + beside) + place.size + window;
}

}  // namespace haul::zip

#include "zip/end_record.h"

#include <algorithm>
#include <optional>

#include "zip/archive_error.h"
#include "zip/extra_field.h"
#include "zip/little_endian.h"
#include "zip/records.h"

namespace haul::zip {
namespace {

constexpr std::uint64_t tail_size = 128U << 10U;
static_assert(tail_size >= end_fixed + full16 + locator_fixed + end64_fixed);
// A comment may hold many false end records; each that is looked into costs reads.
constexpr std::size_t most_candidates = 16;

// The values of an end record, of either kind.
struct End {
    std::uint64_t position = 0;  // of what ends the directory: the first record behind it
    std::uint64_t count = 0, count_here = 0, size = 0, offset = 0;
    std::uint32_t disk = 0, directory_disk = 0;
    std::uint64_t shift = 0;
};

class Finder {
  public:
    Finder(Source& source, const TailBytes& tail) : source_(source), tail_(tail), archive_(source.name()) {}
    Result<DirectoryPlace> find();

  private:
    [[nodiscard]] std::vector<std::uint64_t> candidates() const;
    Result<DirectoryPlace> examine(std::uint64_t position);
    Result<std::optional<End>> find_end64(const End& end);
    Result<std::optional<End>> end64_at(std::uint64_t at, std::uint64_t locator_at);
    Status merge(End& end, const End& end64) const;
    [[nodiscard]] Status check_disks(const End& end) const;
    Result<DirectoryPlace> place(const End& end);
    Status check_prefix(std::uint64_t shift);
    Result<std::vector<std::byte>> bytes_at(std::uint64_t offset, std::size_t count);
    Result<bool> has_signature(std::uint64_t offset, std::uint32_t signature);

    Source& source_;
    const TailBytes& tail_;
    std::string archive_;
};

Result<DirectoryPlace> Finder::find() {
    const auto positions = candidates();
    if (positions.empty()) {
        return failure(
            corrupt(
                archive_,
                "no end record at its end: it is no ZIP archive, was cut short, or has bytes added behind")
                .with_remedy("fetch the archive again"));
    }
    if (positions.size() > most_candidates)
        return failure(corrupt(archive_, "its comment is full of end records"));
    std::optional<DirectoryPlace> found;
    std::optional<Error> refused;
    for (const std::uint64_t position : positions) {
        auto here = examine(position);
        if (here && found)
            return failure(corrupt(archive_, "two end records fit: which archive is meant is not clear"));
        if (here) {
            found = *here;
        } else if (here.error().code != Code::corrupt && here.error().code != Code::unsupported) {
            return failure(std::move(here).error());
        } else if (!refused) {
            refused = std::move(here).error();
        }
    }
    if (!found) return failure(std::move(*refused));
    TRY(check_prefix(found->shift));
    return *found;
}

// The end record ends where the file ends, so that nothing can hide behind it; but for zeros, which bsdtar
// adds when it writes to a pipe. First in the file first.
std::vector<std::uint64_t> Finder::candidates() const {
    std::vector<std::uint64_t> found;
    const Bytes bytes(tail_.bytes);
    std::size_t used = bytes.size();
    while (used > 0 && bytes[used - 1] == std::byte{0}) --used;
    for (std::size_t at = 0; at + end_fixed <= bytes.size(); ++at) {
        if (bytes[at] != std::byte{'P'} || get32(bytes, at) != end_signature) continue;
        const std::size_t end = at + end_fixed + get16(bytes, at + 20);
        if (end >= used && end <= bytes.size()) found.push_back(tail_.offset + at);
    }
    return found;
}

Result<DirectoryPlace> Finder::examine(std::uint64_t position) {
    const Bytes bytes = Bytes(tail_.bytes).subspan(static_cast<std::size_t>(position - tail_.offset));
    End end{.position = position,
            .count = get16(bytes, 10),
            .count_here = get16(bytes, 8),
            .size = get32(bytes, 12),
            .offset = get32(bytes, 16),
            .disk = get16(bytes, 4),
            .directory_disk = get16(bytes, 6)};
    const auto end64 = TRY(find_end64(end));
    if (end64) TRY(merge(end, *end64));
    TRY(check_disks(end));
    if (!end64) {
        if (end.size > position || end.offset > position - end.size)
            return failure(corrupt(archive_, "its central directory would reach beyond its end record"));
        end.shift = position - end.size - end.offset;
    }
    return place(end);
}

Result<std::optional<End>> Finder::find_end64(const End& end) {
    if (end.position < locator_fixed) return std::optional<End>();
    const std::uint64_t locator_at = end.position - locator_fixed;
    if (!TRY(has_signature(locator_at, locator_signature))) return std::optional<End>();
    const auto locator = TRY(bytes_at(locator_at, locator_fixed));
    if (get32(locator, 4) != 0 || get32(locator, 16) > 1)
        return failure(unsupported(archive_, "it is spread over several disks"));
    const std::uint64_t stated = get64(locator, 8);
    auto found = TRY(end64_at(stated, locator_at));
    if (found) return found;
    // With something before the archive the record is not where it says, but right before its locator.
    if (locator_at >= end64_fixed && stated <= locator_at - end64_fixed) {
        found = TRY(end64_at(locator_at - end64_fixed, locator_at));
        if (found) {
            found->shift = found->position - stated;
            return found;
        }
    }
    return failure(corrupt(archive_, "its ZIP64 end record is not where its locator says"));
}

Result<std::optional<End>> Finder::end64_at(std::uint64_t at, std::uint64_t locator_at) {
    if (locator_at < end64_fixed || at > locator_at - end64_fixed) return std::optional<End>();
    const auto record = TRY(bytes_at(at, end64_fixed));
    if (get32(record, 0) != end64_signature || get64(record, 4) != locator_at - at - 12)
        return std::optional<End>();
    return std::optional<End>(End{.position = at,
                                  .count = get64(record, 32),
                                  .count_here = get64(record, 24),
                                  .size = get64(record, 40),
                                  .offset = get64(record, 48),
                                  .disk = get32(record, 16),
                                  .directory_disk = get32(record, 20)});
}

// Where the end record has a value of its own, it must be the ZIP64 record's.
Status Finder::merge(End& end, const End& end64) const {
    const auto agree = [](std::uint64_t small, std::uint64_t full, std::uint64_t large) {
        return small == full || small == large;
    };
    const bool same =
        agree(end.count, full16, end64.count) && agree(end.count_here, full16, end64.count_here) &&
        agree(end.size, full32, end64.size) && agree(end.offset, full32, end64.offset) &&
        agree(end.disk, full16, end64.disk) && agree(end.directory_disk, full16, end64.directory_disk);
    if (!same)
        return failure(corrupt(archive_, "its end record and its ZIP64 end record contradict each other"));
    end = end64;
    return {};
}

Status Finder::check_disks(const End& end) const {
    if (end.disk != 0 || end.directory_disk != 0 || end.count_here != end.count)
        return failure(unsupported(archive_, "it is spread over several disks"));
    return {};
}

Result<DirectoryPlace> Finder::place(const End& end) {
    const bool fits = end.shift <= end.position && end.size <= end.position - end.shift &&
                      end.offset == end.position - end.shift - end.size;
    if (!fits)
        return failure(corrupt(archive_, "its central directory does not end where its end records begin"));
    if (end.count > end.size / central_fixed || (end.count == 0) != (end.size == 0))
        return failure(
            corrupt(archive_, "its count of entries does not fit the size of its central directory"));
    if (end.count == 0 && end.shift > 0) return failure(corrupt(archive_, "it has bytes, but no entries"));
    const std::uint64_t offset = end.offset + end.shift;
    if (end.count > 0 && !TRY(has_signature(offset, central_signature)))
        return failure(corrupt(archive_, "its central directory is not where its end record says"));
    return DirectoryPlace{.offset = offset, .size = end.size, .count = end.count, .shift = end.shift};
}

// A self-extractor's program may stand before an archive. A ZIP archive may not: then this one was cut short
// behind a member that is an archive itself, or two were joined.
Status Finder::check_prefix(std::uint64_t shift) {
    if (shift < 2) return {};
    const auto begin = TRY(bytes_at(0, 2));
    if (begin[0] == std::byte{'P'} && begin[1] == std::byte{'K'})
        return failure(
            corrupt(archive_, "it ends in an archive that is not all of it: cut short, or two joined"));
    return {};
}

Result<std::vector<std::byte>> Finder::bytes_at(std::uint64_t offset, std::size_t count) {
    std::vector<std::byte> bytes(count);
    if (offset >= tail_.offset && offset - tail_.offset + count <= tail_.bytes.size()) {
        std::copy_n(tail_.bytes.begin() + static_cast<std::ptrdiff_t>(offset - tail_.offset), count,
                    bytes.begin());
    } else {
        TRY(source_.read(offset, bytes));
    }
    return bytes;
}

Result<bool> Finder::has_signature(std::uint64_t offset, std::uint32_t signature) {
    return get32(TRY(bytes_at(offset, 4)), 0) == signature;
}

}  // namespace

Result<TailBytes> read_tail(Source& source) {
    TailBytes tail;
    tail.offset = source.size() - std::min(source.size(), tail_size);
    tail.bytes.resize(static_cast<std::size_t>(source.size() - tail.offset));
    TRY(source.read(tail.offset, tail.bytes));
    return tail;
}

Result<DirectoryPlace> find_directory(Source& source, const TailBytes& tail) {
    return Finder(source, tail).find();
}

}  // namespace haul::zip

#include "zip/directory_checks.h"

#include <algorithm>
#include <limits>
#include <string>
#include <unordered_set>

#include "base/units.h"
#include "zip/archive_error.h"
#include "zip/records.h"

namespace haul::zip {
namespace {

std::string_view path_of(const Entry& entry) {
    std::string_view path = entry.name;
    if (path.ends_with('/')) path.remove_suffix(1);
    return path;
}

// Without the local header's extra fields, whose length only that header tells: check_local_header() counts
// them too.
std::uint64_t least_size(const Entry& entry) {
    return local_fixed + (entry.raw_name.empty() ? entry.name : entry.raw_name).size();
}

bool fits(const Entry& entry) {
    if (entry.header_offset > entry.limit) return false;
    const std::uint64_t room = entry.limit - entry.header_offset;
    return room >= least_size(entry) && entry.compressed_size <= room - least_size(entry);
}

}  // namespace

Status order_and_limit(std::vector<Entry>& entries, std::uint64_t directory_offset,
                       std::string_view archive) {
    if (!std::ranges::is_sorted(entries, {}, &Entry::header_offset))
        std::ranges::sort(entries, {}, &Entry::header_offset);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        Entry& entry = entries[i];
        const bool last = i + 1 == entries.size();
        entry.limit = last ? directory_offset : std::min(entries[i + 1].header_offset, directory_offset);
        if (fits(entry)) continue;
        if (last || entries[i + 1].header_offset >= directory_offset)
            return failure(corrupt(archive, entry.name, "it would reach into the central directory"));
        return failure(
            corrupt(archive, entry.name,
                    fmt::format("it overlaps the entry `{}`", text::printable(entries[i + 1].name))));
    }
    return {};
}

Status check_names(const std::vector<Entry>& entries, std::string_view archive) {
    std::unordered_set<std::string_view> paths, symlinks;
    paths.reserve(entries.size());
    for (const Entry& entry : entries) {
        if (!paths.insert(path_of(entry)).second)
            return failure(corrupt(archive, entry.name, "another entry has the same name"));
        if (entry.kind == Kind::symlink) symlinks.insert(path_of(entry));
    }
    if (symlinks.empty()) return {};
    for (const Entry& entry : entries) {
        const std::string_view path = path_of(entry);
        for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
             slash = path.find('/', slash + 1)) {
            if (symlinks.contains(path.substr(0, slash)))
                return failure(
                    corrupt(archive, entry.name, "it would be written through a symlink of the archive"));
        }
    }
    return {};
}

Status check_ratio(const std::vector<Entry>& entries, std::uint64_t archive_size, const Limits& limits,
                   std::string_view archive) {
    std::uint64_t unpacked = 0;
    for (const Entry& entry : entries) {
        if (entry.size > std::numeric_limits<std::uint64_t>::max() - unpacked)
            return failure(corrupt(archive, "the sizes of its entries are beyond any disk"));
        unpacked += entry.size;
    }
    const std::uint64_t ratio = std::max<std::uint64_t>(limits.max_ratio, 1);
    if (unpacked <= limits.ratio_floor || (unpacked - 1) / ratio < archive_size) return {};
    return failure(corrupt(archive, fmt::format("it would unpack to {}, more than {} times its size",
                                                units::size_text(unpacked), ratio))
                       .with_remedy("if you trust it, allow a higher ratio with --max-ratio"));
}

}  // namespace haul::zip

// Any bytes as an archive: read_directory, then every entry's local header and contents.
//
// Beyond not crashing: what comes out is within its bounds, and no more than the entry's size is handed on.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "demand.h"
#include "zip/memory_source.h"
#include "zip/names.h"
#include "zip/reader.h"

namespace {

using haul::fuzz::demand;
using haul::zip::Entry;
using haul::zip::Source;

haul::Status extract(Source& source, const Entry& entry) {
    const std::uint64_t from = TRY(haul::zip::locate_data(source, entry));
    demand(from <= entry.limit && entry.compressed_size <= entry.limit - from);
    std::vector<std::byte> stored(entry.compressed_size);
    TRY(source.read(from, stored));
    std::uint64_t made = 0;
    const auto sink = [&](std::span<const std::byte> contents) {
        made += contents.size();
        demand(made <= entry.size);
        return haul::Status();
    };
    haul::zip::Extractor extractor(entry, source.name());
    const std::size_t half = stored.size() / 2;
    TRY(extractor.write(std::span(stored).first(half), sink));
    TRY(extractor.write(std::span(stored).subspan(half), sink));
    TRY(extractor.end(sink));
    demand(made == entry.size);
    return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    haul::zip::MemorySource source(std::as_bytes(std::span(data, size)));
    const auto entries = haul::zip::read_directory(source, {.max_ratio = 200, .ratio_floor = 1U << 20U});
    if (!entries) {
        demand(!entries.error().message().empty());
        return 0;
    }
    std::uint64_t before = 0;
    for (const Entry& entry : *entries) {
        demand(!haul::zip::refuse(entry.name).has_value());
        demand(entry.header_offset >= before && entry.limit <= size);
        before = entry.limit;
        (void)extract(source, entry);
    }
    return 0;
}

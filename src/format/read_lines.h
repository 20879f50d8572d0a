// Inside of format: compressed bytes in, whole lines out, with bounded memory however hostile the bytes are.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/zstd.h"
#include "format/member_line.h"

namespace haul::format {

[[nodiscard]] inline Error line_error(std::string_view subject, std::string detail) {
    return make_error(Code::corrupt, "read", std::string(subject), std::move(detail));
}

// Hands each whole line to take(line) and drops it from `pending`. Stops at take's first error.
template <class Take>
[[nodiscard]] Status take_lines(std::string& pending, std::string_view subject, Take& take) {
    std::size_t begin = 0;
    for (std::size_t end = pending.find('\n'); end != std::string::npos; end = pending.find('\n', begin)) {
        const std::string_view line = std::string_view(pending).substr(begin, end - begin);
        if (line.size() > kLongestLine) return failure(line_error(subject, "a line is longer than 1 MiB"));
        TRY(take(line));
        begin = end + 1;
    }
    pending.erase(0, begin);
    if (pending.size() > kLongestLine) return failure(line_error(subject, "a line is longer than 1 MiB"));
    return {};
}

// What is left of an unfinished line waits in `pending`.
template <class Take>
[[nodiscard]] Status read_lines(zstd::Decompressor& decompressor, std::string& pending,
                                std::string_view compressed, std::string_view subject, Take&& take) {
    // A few kilobytes can decode to hundreds of megabytes: they are looked at in steps of this size.
    constexpr std::size_t kStep = 256U << 10U;
    bool more = true;
    while (more) {
        const std::size_t before = pending.size();
        compressed.remove_prefix(TRY(decompressor.write_some(compressed, pending, kStep)));
        more = pending.size() - before == kStep || !compressed.empty();
        TRY(take_lines(pending, subject, take));
    }
    return {};
}

}  // namespace haul::format

// Lines of manifests and lists, handed to the compressor in blocks: a call a line would cost more than the
// line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/zstd.h"
#include "format/member.h"

namespace haul::format {

enum class LineForm : std::uint8_t;

// On lines full of digests level 1 is three times as fast as 3, and its output is smaller.
inline constexpr int kZstdLevel = 1;

class CompressedLines {
  public:
    // What has not been compressed yet; the next line is appended here, without its line feed.
    [[nodiscard]] std::string& text() { return lines_; }
    // Compressed bytes are appended to `out`, all of them or once a block has gathered.
    [[nodiscard]] Status end_line_now(std::string& out);
    [[nodiscard]] Status end_line(std::string& out);
    // Code::unsupported where the line would be longer than readers take; nothing is added then. `what` names
    // the document.
    [[nodiscard]] Status add_member(const Member& member, LineForm form, std::string_view what,
                                    std::string& out);
    [[nodiscard]] Status end(std::string& out);

  private:
    [[nodiscard]] Status hand_over(std::size_t from_size, std::string& out);
    zstd::Compressor compressor_{kZstdLevel};
    std::string lines_;
};

}  // namespace haul::format

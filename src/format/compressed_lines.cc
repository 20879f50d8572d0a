#include "format/compressed_lines.h"

#include "format/member_line.h"

namespace haul::format {
namespace {

constexpr std::size_t kBlock = 64U << 10U;

}  // namespace

Status CompressedLines::end_line_now(std::string& out) {
    lines_.push_back('\n');
    return hand_over(0, out);
}

Status CompressedLines::end_line(std::string& out) {
    lines_.push_back('\n');
    return hand_over(kBlock, out);
}

Status CompressedLines::add_member(const Member& member, LineForm form, std::string_view what,
                                   std::string& out) {
    const std::size_t begin = lines_.size();
    append_line(lines_, member, form);
    if (lines_.size() - begin > kLongestLine) {
        lines_.resize(begin);
        return failure(Code::unsupported, "write the " + std::string(what) + "'s line of", member.path,
                       "it would be longer than 1 MiB");
    }
    return end_line(out);
}

Status CompressedLines::end(std::string& out) {
    TRY(hand_over(0, out));
    return compressor_.end(out);
}

Status CompressedLines::hand_over(std::size_t from_size, std::string& out) {
    if (lines_.size() < from_size) return {};
    TRY(compressor_.write(lines_, out));
    lines_.clear();
    return {};
}

}  // namespace haul::format

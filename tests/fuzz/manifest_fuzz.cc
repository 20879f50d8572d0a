// Any text as a manifest and as a member list, and any bytes as their compressed form (first byte 0).
//
// Beyond not crashing: what is read can be written, and reads back as the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/zstd.h"
#include "demand.h"
#include "format/manifest.h"
#include "format/part_list.h"
#include "format/test_keep.h"

namespace {

using haul::format::Member;
using haul::fuzz::demand;

template <class Reader>
std::vector<Member> read(std::string_view compressed) {
    Reader reader("fuzz");
    std::vector<Member> members;
    const std::size_t half = compressed.size() / 2;
    const bool fed = reader.write(compressed.substr(0, half), haul::format::test::keep_in(members)) &&
                     reader.write(compressed.substr(half), haul::format::test::keep_in(members));
    const auto ended = reader.end();
    demand(ended.has_value() || !ended.error().message().empty());
    return fed ? members : std::vector<Member>();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const bool raw = input.starts_with('\0');
    const std::string compressed =
        raw ? std::string(input.substr(1)) : haul::zstd::compress(input, 1).value();
    std::vector<Member> members = read<haul::format::ManifestReader>(compressed);
    const std::vector<Member> listed = read<haul::format::PartListReader>(compressed);
    members.insert(members.end(), listed.begin(), listed.end());
    for (const Member& member : members) {
        const std::string line = haul::format::to_line(member);
        demand(line.find('\n') == std::string::npos);
        const auto back = haul::format::parse_member(line, "fuzz");
        demand(back.has_value() && *back == member);
    }
    return 0;
}

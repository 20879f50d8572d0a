#include "flow/pack/cutter.h"

#include "format/member_table.h"

namespace haul::pack {
namespace {
constexpr std::uint64_t kLargestDirectory = 64ULL << 20U;
}  // namespace

void PartSums::add(const format::Member& member) {
    if (member.zip_name.empty()) {
        ++folders_;
    } else {
        outline_.add(format::item_of(member));
    }
    if (member.kind == zip::Kind::file) file_bytes_ += member.size;
    text_ += format::text_of(member);
}

bool closes_before(const PartSums& open, const format::Member& next, std::uint64_t part_size) {
    if (open.empty()) return false;
    if (open.members() + open.folders() >= kMostLines || open.text() + format::text_of(next) > kMostText)
        return true;
    if (next.zip_name.empty()) return false;
    if (open.members() == 0) return false;
    const zip::Item item = format::item_of(next);
    return is_oversize(open, part_size) || open.outline().image_size_with(item) > part_size ||
           open.outline().directory_size_with(item) > kLargestDirectory;
}

bool is_oversize(const PartSums& open, std::uint64_t part_size) {
    return open.members() == 1 && open.outline().image_size() > part_size;
}

}  // namespace haul::pack

#include "flow/pack/cutter.h"

namespace haul::pack {
namespace {
constexpr std::size_t kMostMembers = 1'000'000;
constexpr std::uint64_t kLargestDirectory = 64ULL << 20U;
}  // namespace

bool Cutter::closes_before(const format::Member& member) const {
    if (member.zip_name.empty()) return table_.lines() - table_.entries() >= kMostMembers;
    if (table_.entries() == 0) return false;
    const zip::Layout& layout = table_.layout();
    const zip::Item item = format::item_of(member);
    return oversize_ || table_.entries() >= kMostMembers || layout.image_size_with(item) > part_size_ ||
           layout.directory_size_with(item) > kLargestDirectory;
}

void Cutter::add(const format::Member& member) {
    table_.add(member);
    if (table_.entries() == 1 && table_.layout().image_size() > part_size_) oversize_ = true;
}

void Cutter::reset() {
    table_ = {};
    oversize_ = false;
}

}  // namespace haul::pack

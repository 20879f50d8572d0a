#include "flow/unpack/index.h"

#include <algorithm>
#include <utility>

#include "flow/set/image_check.h"
#include "flow/set/set_view.h"

namespace haul::unpack {
namespace {

// nullopt before 1677 and behind 2262: ZIPs can say such times, 64 bits of nanoseconds cannot.
std::optional<std::int64_t> nanoseconds(std::int64_t seconds) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(seconds, std::int64_t{1'000'000'000}, &product)) return std::nullopt;
    return product;
}

}  // namespace

Result<std::shared_ptr<const Index>> Index::load(const Archives& archives, std::size_t archive,
                                                 const zip::Limits& limits, const std::stop_token& stop) {
    auto index = std::make_shared<Index>();
    if (archives.set) {
        TRY(index->load_ours(archives, archive, stop));
    } else {
        TRY(index->load_foreign(archives, archive, limits));
    }
    return std::shared_ptr<const Index>(std::move(index));
}

Result<std::uint64_t> Index::memory_for(const Archives& archives, std::size_t archive) {
    if (!archives.set) {
        ArchiveSource source = TRY(ArchiveSource::open(*archives.store, archives.names[archive]));
        return zip::directory_memory(source);
    }
    const format::PartRecord& part = archives.set->parts[archive];
    const format::TableSize size = set::table_size(*archives.set, part);
    const auto algorithm = digest::algorithm_named(archives.set->options.digest);
    const std::uint64_t sums = 4 + 8 + set::digest_width(algorithm.value_or(digest::Algorithm::none));
    return format::memory_of(size) + size.lines * sums;
}

Status Index::load_ours(const Archives& archives, std::size_t archive, const std::stop_token& stop) {
    const format::SetRecord& set = *archives.set;
    const format::PartRecord& part = set.parts[archive];
    algorithm_ = digest::algorithm_named(set.options.digest).value_or(digest::Algorithm::none);
    width_ = set::digest_width(algorithm_);
    for (const auto* list : {&set.superseded, &set.gone}) {
        for (const format::PathInPart& gone : *list) {
            if (gone.part == part.name) left_out_.insert(gone.path);
        }
    }
    const auto lines = static_cast<std::size_t>(std::min(part.members + part.folders, format::kMostReserved));
    crcs_.reserve(lines);
    offsets_.reserve(lines);
    digests_.reserve(lines * width_);
    return set::read_table(
        *archives.store, part, table_,
        [&](const format::Member& member) -> Status {
            crcs_.push_back(member.crc32.value_or(0));
            offsets_.push_back(member.offset.value_or(0));
            const auto parsed = digest::parse(member.digest);
            digests_.append(parsed && parsed->raw.size() == width_ ? parsed->raw : std::string(width_, '\0'));
            return {};
        },
        stop);
}

Status Index::load_foreign(const Archives& archives, std::size_t archive, const zip::Limits& limits) {
    ArchiveSource source = TRY(ArchiveSource::open(*archives.store, archives.names[archive]));
    entries_ = TRY(zip::read_directory(source, limits));
    archive_size_ = source.size();
    return {};
}

std::optional<Item> Index::item(std::size_t index) const {
    Item item;
    if (!entries_.empty()) {
        const zip::Entry& entry = entries_[index];
        item.path = entry.name;
        if (item.path.ends_with('/')) item.path.pop_back();
        item.kind = entry.kind;
        item.size = entry.size;
        item.mtime_ns = nanoseconds(entry.mtime_s);
        item.mode = entry.mode;
        item.crc32 = entry.crc32;
        item.begin = entry.header_offset;
        item.end = index + 1 < entries_.size() ? entries_[index + 1].header_offset : archive_size_;
        item.foreign = &entry;
        item.stands = true;
        return item;
    }
    const std::string_view path = table_.path(index);
    if (!left_out_.empty() && left_out_.contains(path)) return std::nullopt;
    format::Member member = table_.member(index);
    item.path = path;
    item.kind = member.kind;
    item.size = member.size;
    item.mtime_ns = member.mtime_ns;
    item.mode = member.mode;
    item.uid = member.uid;
    item.gid = member.gid;
    item.target = std::move(member.target);
    item.meta = std::move(member.meta);
    item.stands = !member.zip_name.empty();
    if (item.stands) item.crc32 = crcs_[index];
    if (member.kind == zip::Kind::file && width_ > 0) item.digest = digests_.substr(index * width_, width_);
    item.begin = offsets_[index];
    item.end = item.begin + item.size;
    return item;
}

Result<std::shared_ptr<const Index>> IndexCache::get(const Archives& archives, std::size_t archive,
                                                     const zip::Limits& limits, const std::stop_token& stop) {
    const std::scoped_lock lock(mutex_);
    std::shared_ptr<const Index> index = in_use_[archive].lock();
    if (!index) {
        last_.reset();
        index = TRY(Index::load(archives, archive, limits, stop));
        in_use_[archive] = index;
        std::erase_if(in_use_, [](const auto& one) { return one.second.expired(); });
    }
    last_ = index;
    return index;
}

}  // namespace haul::unpack

#include "flow/pack/meta_log.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "base/json.h"
#include "flow/pack/part_log.h"

namespace haul::pack {
namespace {

constexpr std::size_t kHead = 8 + 4 + 4;
constexpr std::string_view kEnding = ".meta";
constexpr std::size_t kMostMeta = 1U << 20U;  // of one object; a manifest's line is no longer
constexpr std::size_t kAtOnce = 1U << 20U;

std::uint32_t crc_of(std::string_view text) { return digest::crc32(0, std::as_bytes(std::span(text))); }

// x86 and arm64: little-endian.
std::string frame_of(std::size_t entry, std::string_view text) {
    const std::uint64_t number = entry;
    const auto size = static_cast<std::uint32_t>(text.size());
    const std::uint32_t crc = crc_of(text);
    std::string frame(kHead, '\0');
    std::memcpy(frame.data(), &number, 8);
    std::memcpy(frame.data() + 8, &size, 4);
    std::memcpy(frame.data() + 12, &crc, 4);
    return frame.append(text);
}

Result<Meta> parse_meta(const std::string& text, const std::string& subject) {
    const json::Value value = TRY(json::parse(text, subject));
    Meta meta;
    for (const auto& [name, what] : value.items()) {
        if (what.is_string()) meta.emplace(name, what.get<std::string>());
    }
    return meta;
}

}  // namespace

Meta meta_of(const store::Attributes& attributes) {
    Meta meta = attributes.metadata;
    if (!attributes.content_type.empty()) meta["content-type"] = attributes.content_type;
    return meta;
}

std::string meta_text(const store::Attributes& attributes) {
    const Meta meta = meta_of(attributes);
    if (meta.empty()) return {};
    json::Ordered value = json::Ordered::object();
    for (const auto& [name, text] : meta) value[name] = text;
    return json::dump(value);
}

MetaLog::MetaLog(std::string folder, std::uint32_t part) : folder_(std::move(folder)), part_(part) {}

std::string MetaLog::path(std::uint32_t revision) const { return part_log_path(part_, revision, kEnding); }

void MetaLog::note(std::size_t entry, std::string text) {
    if (entry < kept_ || text.empty()) return;
    waiting_ += text.size();
    noted_.insert_or_assign(entry, std::move(text));
}

void MetaLog::forget_from(std::size_t entry) {
    noted_.erase(noted_.lower_bound(entry), noted_.end());
    kept_ = std::min(kept_, entry);
}

Status MetaLog::open(std::uint32_t revision, bool fresh) {
    fd_ = TRY(open_part_log(folder_, path(revision), fresh));
    return {};
}

Result<MetaLog::Frame> MetaLog::frame_at(std::uint64_t at) const {
    const auto damaged = [&] {
        return failure(Code::corrupt, "read the metadata in", path(revision_),
                       "it does not fit its checkpoint");
    };
    std::string head(kHead, '\0');
    if (length_ - at < kHead) return damaged();
    TRY(file::read_exact(fd_.get(), std::as_writable_bytes(std::span(head)), at, path(revision_)));
    std::uint64_t entry = 0;
    std::uint32_t size = 0, crc = 0;
    std::memcpy(&entry, head.data(), 8);
    std::memcpy(&size, head.data() + 8, 4);
    std::memcpy(&crc, head.data() + 12, 4);
    at += kHead;
    if (size > kMostMeta || length_ - at < size) return damaged();
    Frame frame{static_cast<std::size_t>(entry), std::string(size, '\0'), at + size};
    TRY(file::read_exact(fd_.get(), std::as_writable_bytes(std::span(frame.text)), at, path(revision_)));
    if (crc_of(frame.text) != crc) return damaged();
    return frame;
}

Status MetaLog::write(const std::string& frames) {
    if (frames.empty()) return {};
    if (!fd_.valid()) TRY(open(revision_, true));
    TRY(file::write_all(fd_.get(), std::as_bytes(std::span(frames)), length_, path(revision_)));
    length_ += frames.size();
    return {};
}

// Entries before `to` are the same ones in both revisions.
Status MetaLog::begin_revision(std::uint32_t revision, std::size_t to) {
    MetaLog earlier(folder_, part_);
    earlier.revision_ = std::exchange(revision_, revision);
    earlier.fd_ = std::exchange(fd_, {});
    earlier.length_ = std::exchange(length_, 0);
    std::string frames;
    for (std::uint64_t at = 0; at < earlier.length_;) {
        const Frame frame = TRY(earlier.frame_at(at));
        at = frame.end;
        if (frame.entry >= to) break;
        frames += frame_of(frame.entry, frame.text);
        if (frames.size() < kAtOnce) continue;
        TRY(write(frames));
        frames.clear();
    }
    return write(frames);
}

Result<std::uint64_t> MetaLog::append(std::uint32_t revision, std::size_t to) {
    const bool another = revision != revision_;
    if (another) TRY(begin_revision(revision, to));
    std::string frames;
    const auto end = noted_.lower_bound(to);
    for (auto at = noted_.begin(); at != end; ++at) frames += frame_of(at->first, at->second);
    const std::uint64_t before = length_;
    TRY(write(frames));
    if (fd_.valid() && (another || length_ > before)) TRY(file::sync_data(fd_.get(), path(revision_)));
    noted_.erase(noted_.begin(), end);
    waiting_ = 0;
    for (const auto& [entry, text] : noted_) waiting_ += text.size();
    kept_ = std::max(kept_, to);
    return length_;
}

Status MetaLog::load(std::uint32_t revision, std::uint64_t length) {
    if (length == 0) return {};
    TRY(open(revision, false));
    revision_ = revision;
    length_ = length;
    for (std::uint64_t at = 0; at < length_;) {
        auto frame = frame_at(at);
        if (!frame) {
            *this = MetaLog(folder_, part_);
            return failure(std::move(frame).error());
        }
        at = frame->end;
        kept_ = frame->entry + 1;
    }
    return {};
}

void MetaLog::remove() {
    fd_ = {};
    remove_part_logs(folder_, part_, revision_, kEnding);
}

Result<Meta> MetaLog::Reader::of(std::size_t entry) {
    while (!ahead_entry_ || *ahead_entry_ < entry) {
        if (at_ >= log_.length_) return Meta();
        const Frame frame = TRY(log_.frame_at(at_));
        at_ = frame.end;
        ahead_entry_ = frame.entry;
        ahead_ = TRY(parse_meta(frame.text, log_.path(log_.revision_)));
    }
    return *ahead_entry_ == entry ? std::move(ahead_) : Meta();
}

}  // namespace haul::pack

#include "flow/set/image_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "flow/set/read_ahead.h"

namespace haul::set {
namespace {

// Walks the image once, front to back, stretch by stretch.
class Check {
  public:
    Check(const format::MemberTable& table, const std::vector<std::uint32_t>& expected,
          digest::Algorithm algorithm, const Contradiction& contradiction)
        : table_(table),
          layout_(table.layout()),
          expected_(expected),
          width_(digest_width(algorithm)),
          contradiction_(contradiction),
          hasher_(algorithm) {
        contents_.crcs.resize(table.entries());
        contents_.digests.resize(table.entries() * width_);
    }

    // The next bytes of the image, which begin at `at`.
    void take(std::uint64_t at, std::span<const std::byte> bytes) {
        contents_.crc32 = digest::crc32(contents_.crc32, bytes);
        const std::uint64_t end = at + bytes.size();
        while (at < end) {
            const std::uint64_t used = take_stretch(at, bytes);
            at += used;
            bytes = bytes.subspan(static_cast<std::size_t>(used));
        }
    }

    ImageContents finish() { return std::move(contents_); }

  private:
    // One header, one stretch of data, or the rest of the directory: whatever lies at `at`. Returns how many
    // bytes that was.
    std::uint64_t take_stretch(std::uint64_t at, std::span<const std::byte> bytes) {
        if (entry_ == table_.entries()) return take_tail(at, bytes);
        const std::uint64_t data = layout_.data_offset(entry_);
        if (at < data) {
            const std::size_t size =
                static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), data - at));
            header_.insert(header_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
            if (at + size == data && layout_.data_end(entry_) == data) finish_entry();
            return size;
        }
        const std::uint64_t end = layout_.data_end(entry_);
        const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), end - at));
        const auto stretch = bytes.first(size);
        crc_ = digest::crc32(crc_, stretch);
        if (wants_digest()) hasher_.update(stretch);
        if (at + size == end) finish_entry();
        return size;
    }

    [[nodiscard]] bool wants_digest() const {
        return width_ > 0 && table_.kind(table_.line_of(entry_)) == zip::Kind::file;
    }

    void finish_entry() {
        contents_.crcs[entry_] = crc_;
        if (wants_digest()) {
            const std::string raw = hasher_.finish();
            std::copy(raw.begin(), raw.end(),
                      contents_.digests.begin() + static_cast<std::ptrdiff_t>(entry_ * width_));
            hasher_.reset();
        }
        const std::uint32_t expected = expected_.empty() ? crc_ : expected_[entry_];
        if (crc_ != expected) {
            contradiction_(
                layout_.data_offset(entry_), entry_,
                fmt::format("the contents' CRC-32 is {:08x}, it should be {:08x}", crc_, expected));
        }
        std::vector<std::byte> right(static_cast<std::size_t>(layout_.header_size(entry_)));
        layout_.write_header(entry_, expected, right);
        compare(layout_.header_offset(entry_), header_, right, entry_, "local header");
        header_.clear();
        crc_ = 0;
        ++entry_;
    }

    std::uint64_t take_tail(std::uint64_t at, std::span<const std::byte> bytes) {
        const std::uint64_t begin = layout_.directory_offset();
        if (!tail_) tail_.emplace(layout_, expected_.empty() ? contents_.crcs : expected_);
        std::vector<std::byte> right(bytes.size());
        tail_->skip_to(at - begin);
        tail_->fill(right);
        if (!tail_told_) tail_told_ = compare(at, bytes, right, std::nullopt, "central directory");
        return bytes.size();
    }

    // Tells the first difference; true where there was one.
    bool compare(std::uint64_t offset, std::span<const std::byte> is, std::span<const std::byte> should,
                 std::optional<std::size_t> entry, const char* what) {
        const auto [first, second] = std::mismatch(is.begin(), is.end(), should.begin(), should.end());
        if (first == is.end()) return false;
        const std::uint64_t wrong = offset + static_cast<std::uint64_t>(first - is.begin());
        contradiction_(wrong, entry,
                       fmt::format("{}: byte is {:02x}, it should be {:02x}", what,
                                   std::to_integer<unsigned>(*first), std::to_integer<unsigned>(*second)));
        return true;
    }

    const format::MemberTable& table_;
    const zip::Layout& layout_;
    const std::vector<std::uint32_t>& expected_;
    std::size_t width_;
    const Contradiction& contradiction_;
    digest::Hasher hasher_;
    ImageContents contents_;
    std::size_t entry_ = 0;
    std::uint32_t crc_ = 0;
    std::vector<std::byte> header_;
    std::optional<zip::Tail> tail_;
    bool tail_told_ = false;
};

}  // namespace

std::size_t digest_width(digest::Algorithm algorithm) {
    switch (algorithm) {
        case digest::Algorithm::none:
            return 0;
        case digest::Algorithm::xxh128:
        case digest::Algorithm::md5:
            return 16;
        case digest::Algorithm::sha256:
            return 32;
    }
    return 0;
}

Result<ImageContents> check_image(store::Store& store, const std::string& name,
                                  const format::MemberTable& table,
                                  const std::vector<std::uint32_t>& expected, digest::Algorithm algorithm,
                                  const Contradiction& contradiction, const ImageReading& how,
                                  const std::stop_token& stop) {
    const store::Stat stat = TRY(store.stat({name, false}));
    const std::uint64_t size = table.layout().image_size();
    if (stat.object.size != size) {
        contradiction(std::min(stat.object.size, size), std::nullopt,
                      fmt::format("the image has {} bytes, it should have {}", stat.object.size, size));
    }
    Check check(table, expected, algorithm, contradiction);
    std::uint64_t at = 0;
    const auto take = [&](std::span<const std::byte> bytes) -> Status {
        check.take(at, bytes);
        if (how.progress) how.progress(bytes.size());
        at += bytes.size();
        return {};
    };
    TRY(read_ahead(store, name, stat.object.version, std::min(size, stat.object.size),
                   {kImageStretch, how.at_once}, take, stop));
    return check.finish();
}

}  // namespace haul::set

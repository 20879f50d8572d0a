#include "store/wrap/limit.h"

#include <algorithm>
#include <span>
#include <utility>

namespace haul::store::wrap {
namespace {

constexpr clock::Nanoseconds kSlice = std::chrono::milliseconds(200);

template <class Item>
void interrupt(std::span<Item> items, const char* operation, std::string_view subject) {
    const Error stopped =
        make_error(Code::interrupted, operation, std::string(subject), "stopped on request");
    for (Item& item : items) item.result = failure(stopped);
}

class LimitUpload final : public ForwardingUpload {
  public:
    LimitUpload(std::unique_ptr<Upload> target, std::shared_ptr<Bandwidth> bandwidth)
        : ForwardingUpload(std::move(target)), bandwidth_(std::move(bandwidth)) {}
    void put_many(std::span<Piece> pieces, const std::stop_token& stop) override {
        std::uint64_t bytes = 0;
        for (const Piece& piece : pieces) bytes += piece.bytes.size();
        if (!bandwidth_->take(bytes, stop)) return interrupt(pieces, "upload", id());
        target().put_many(pieces, stop);
    }

  private:
    std::shared_ptr<Bandwidth> bandwidth_;
};

}  // namespace

void Bandwidth::set_rate(std::uint64_t rate) {
    const std::lock_guard lock(mutex_);
    rate_ = rate;
    paid_until_ = std::min(paid_until_, clock::boot());
}

bool Bandwidth::take(std::uint64_t bytes, const std::stop_token& stop) {
    for (;;) {
        if (stop.stop_requested()) return false;
        if (bytes == 0) return true;
        clock::Nanoseconds wait{0};
        {
            const std::lock_guard lock(mutex_);
            const clock::Nanoseconds now = clock::boot();
            if (rate_ == 0) return true;
            if (paid_until_ <= now) {
                const double seconds = static_cast<double>(bytes) / static_cast<double>(rate_);
                // From when the last debt ended, not from when we woke up: oversleeping costs no rate.
                paid_until_ =
                    std::max(paid_until_, now - kSlice) +
                    std::chrono::duration_cast<clock::Nanoseconds>(std::chrono::duration<double>(seconds));
                return true;
            }
            // In slices, so that a changed rate is felt soon.
            wait = std::min(paid_until_ - now, kSlice);
        }
        if (!clock::sleep(wait, stop)) return false;
    }
}

void LimitStore::read_many(std::span<Read> reads, const std::stop_token& stop) {
    std::uint64_t bytes = 0;
    for (const Read& read : reads) bytes += read.into.size();
    if (!bandwidth_->take(bytes, stop))
        return interrupt(reads, "read", reads.empty() ? "" : reads.front().name);
    target().read_many(reads, stop);
}

void LimitStore::write_many(std::span<Write> writes, const WriteOptions& options,
                            const std::stop_token& stop) {
    std::uint64_t bytes = 0;
    for (const Write& write : writes) bytes += write.bytes.size();
    if (!bandwidth_->take(bytes, stop))
        return interrupt(writes, "write", writes.empty() ? "" : writes.front().name);
    target().write_many(writes, options, stop);
}

Result<std::unique_ptr<Upload>> LimitStore::open_upload(const UploadRequest& request) {
    auto upload = TRY(target().open_upload(request));
    return std::unique_ptr<Upload>(std::make_unique<LimitUpload>(std::move(upload), bandwidth_));
}

}  // namespace haul::store::wrap

#include "store/wrap/retry.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

#include "base/digest.h"
#include "base/units.h"
#include "store/wrap/retry_call.h"

namespace haul::store::wrap {
namespace {

constexpr auto kNothingToSettle = [](auto&) {};

// A listing that begins again behind the last page that came through.
class RetryListing final : public Listing {
  public:
    RetryListing(Store& target, RetryBudget& budget, const ListRequest& request,
                 std::unique_ptr<Listing> listing)
        : target_(target), budget_(budget), request_(request), listing_(std::move(listing)) {}

    Result<Page> next(const std::stop_token& stop) override {
        auto page = retry_call(budget_, stop, [&]() -> Result<Page> {
            if (!listing_) listing_ = TRY(target_.list(request_));
            auto got = listing_->next(stop);
            // After an error its state is unknown; a new one from the cursor is not.
            if (!got.has_value()) listing_.reset();
            return got;
        });
        if (page.has_value()) request_.after = page->cursor;
        return page;
    }

  private:
    Store& target_;
    RetryBudget& budget_;
    ListRequest request_;
    std::unique_ptr<Listing> listing_;
};

Result<std::uint32_t> crc_of(Store& store, const Object& object) {
    std::vector<std::byte> buffer(
        static_cast<std::size_t>(std::min<std::uint64_t>(object.size, 8 * units::MiB)));
    std::uint32_t crc = 0;
    for (std::uint64_t at = 0; at < object.size;) {
        Read read;
        read.name = object.name;
        read.version = object.version;
        read.offset = at;
        read.into = std::span(buffer).first(
            static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), object.size - at)));
        store.read_many(std::span(&read, 1), {});
        TRY(std::move(read.result));
        crc = digest::crc32(crc, read.into);
        at += read.into.size();
    }
    return crc;
}

class RetryUpload final : public ForwardingUpload {
  public:
    RetryUpload(std::unique_ptr<Upload> target, Store& store, RetryBudget& budget, std::string name)
        : ForwardingUpload(std::move(target)), store_(store), budget_(budget), name_(std::move(name)) {}

    void put_many(std::span<Piece> pieces, const std::stop_token& stop) override {
        const auto put = [&](std::span<Piece> some) { target().put_many(some, stop); };
        retry_items(budget_, pieces, stop, put, kNothingToSettle);
    }
    Status copy(std::uint32_t number, std::string_view source_address, std::uint64_t offset,
                std::uint64_t size, const Version& version) override {
        return retry_call(budget_, {},
                          [&] { return target().copy(number, source_address, offset, size, version); });
    }
    Status flush() override {
        return retry_call(budget_, {}, [&] { return target().flush(); });
    }
    Result<std::vector<Received>> received() override {
        return retry_call(budget_, {}, [&] { return target().received(); });
    }
    Result<Object> finish(const Finish& finish) override;
    Status abort() override {
        return retry_call(budget_, {}, [&] { return target().abort(); });
    }

  private:
    [[nodiscard]] std::optional<Object> look(const Finish& finish);

    Store& store_;  // with retries
    RetryBudget& budget_;
    std::string name_;
};

Result<Object> RetryUpload::finish(const Finish& finish) {
    Attempts attempts(budget_);
    bool may_be_done = false;
    for (;;) {
        auto object = target().finish(finish);
        if (object.has_value()) {
            attempts.succeeded();
            return object;
        }
        may_be_done = may_be_done || object.error().retry == Retry::later;
        if (attempts.again(object.error(), {})) continue;
        if (may_be_done) {
            if (auto ours = look(finish)) return std::move(*ours);
        }
        return failure(attempts.given_up(std::move(object).error()));
    }
}

std::optional<Object> RetryUpload::look(const Finish& finish) {
    auto found = store_.stat({.name = name_});
    if (!found.has_value() || !finish.crc32 || found->object.size != finish.size) return std::nullopt;
    std::optional<std::uint32_t> crc = found->object.crc32;
    if (!crc) {
        const auto read = crc_of(store_, found->object);
        if (read.has_value()) crc = *read;
    }
    if (crc != finish.crc32) return std::nullopt;
    return std::move(found->object);
}

}  // namespace

Result<std::unique_ptr<Listing>> RetryStore::list(const ListRequest& request) {
    auto listing = TRY(retry_call(budget_, {}, [&] { return target().list(request); }));
    return std::unique_ptr<Listing>(
        std::make_unique<RetryListing>(target(), budget_, request, std::move(listing)));
}

Result<Stat> RetryStore::stat(const StatRequest& request) {
    return retry_call(budget_, {}, [&] { return target().stat(request); });
}

void RetryStore::read_many(std::span<Read> reads, const std::stop_token& stop) {
    const auto read = [&](std::span<Read> some) { target().read_many(some, stop); };
    retry_items(budget_, reads, stop, read, kNothingToSettle);
}

void RetryStore::write_many(std::span<Write> writes, const WriteOptions& options,
                            const std::stop_token& stop) {
    const auto write = [&](std::span<Write> some) { target().write_many(some, options, stop); };
    retry_items(budget_, writes, stop, write, [&](Write& tried) { resolve_lost_reply(tried, stop); });
}

void RetryStore::resolve_lost_reply(Write& write, const std::stop_token& stop) {
    if (write.result.has_value() || write.condition.kind == Condition::Kind::none) return;
    const Code code = write.result.error().code;
    if (code != Code::exists && code != Code::changed) return;
    auto found = stat({.name = write.name});
    if (!found.has_value() || found->object.kind != write.kind) return;
    if (write.kind == Kind::symlink) {
        const std::string target(reinterpret_cast<const char*>(write.bytes.data()), write.bytes.size());
        if (found->object.target == target) write.result = {};
        return;
    }
    if (write.kind != Kind::file || found->object.size != write.bytes.size()) return;
    std::vector<std::byte> there(write.bytes.size());
    Read read;
    read.name = write.name;
    read.version = found->object.version;
    read.into = there;
    read_many(std::span(&read, 1), stop);
    if (!read.result.has_value() || !std::ranges::equal(there, write.bytes)) return;
    write.written = found->object.version;
    write.result = {};
}

Result<std::unique_ptr<Upload>> RetryStore::open_upload(const UploadRequest& request) {
    auto upload = TRY(retry_call(budget_, {}, [&] { return target().open_upload(request); }));
    return std::unique_ptr<Upload>(
        std::make_unique<RetryUpload>(std::move(upload), *this, budget_, request.name));
}

Result<std::vector<PendingUpload>> RetryStore::uploads_of(const std::string& name) {
    return retry_call(budget_, {}, [&] { return target().uploads_of(name); });
}

void RetryStore::remove_many(std::span<Remove> removes, const std::stop_token& stop) {
    const auto remove = [&](std::span<Remove> some) { target().remove_many(some, stop); };
    retry_items(budget_, removes, stop, remove, kNothingToSettle);
}

}  // namespace haul::store::wrap

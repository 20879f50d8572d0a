#include "store/wrap/trace.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <utility>

namespace haul::store::wrap {
namespace {

struct Named {
    const char* name;
    Count Counters::* counter;
};
constexpr std::array kNamed = {
    Named{"listings", &Counters::listings},
    Named{"pages", &Counters::pages},
    Named{"objects_listed", &Counters::objects_listed},
    Named{"stats", &Counters::stats},
    Named{"read_calls", &Counters::read_calls},
    Named{"reads", &Counters::reads},
    Named{"reads_failed", &Counters::reads_failed},
    Named{"bytes_read", &Counters::bytes_read},
    Named{"write_calls", &Counters::write_calls},
    Named{"writes", &Counters::writes},
    Named{"writes_failed", &Counters::writes_failed},
    Named{"bytes_written", &Counters::bytes_written},
    Named{"uploads_opened", &Counters::uploads_opened},
    Named{"uploads_resumed", &Counters::uploads_resumed},
    Named{"pieces_put", &Counters::pieces_put},
    Named{"pieces_failed", &Counters::pieces_failed},
    Named{"bytes_put", &Counters::bytes_put},
    Named{"pieces_copied", &Counters::pieces_copied},
    Named{"bytes_copied", &Counters::bytes_copied},
    Named{"flushes", &Counters::flushes},
    Named{"finishes", &Counters::finishes},
    Named{"aborts", &Counters::aborts},
    Named{"removes", &Counters::removes},
    Named{"removes_failed", &Counters::removes_failed},
};

struct Tally {
    std::uint64_t items = 0, failed = 0, bytes = 0;
    template <class Item>
    void add(const Item& item, std::uint64_t size) {
        ++items;
        if (!item.result.has_value()) ++failed;
        if (item.result.has_value()) bytes += size;
    }
    [[nodiscard]] std::string line(const char* call, std::string_view first) const {
        return fmt::format("{} {} items {} bytes, {} failed, first {}", call, items, bytes, failed, first);
    }
};

class TraceListing final : public Listing {
  public:
    TraceListing(std::unique_ptr<Listing> target, std::shared_ptr<Counters> counters)
        : target_(std::move(target)), counters_(std::move(counters)) {}
    Result<Page> next(const std::stop_token& stop) override {
        auto page = target_->next(stop);
        ++counters_->pages;
        if (page.has_value()) counters_->objects_listed += page->objects.size();
        return page;
    }

  private:
    std::unique_ptr<Listing> target_;
    std::shared_ptr<Counters> counters_;
};

class TraceUpload final : public ForwardingUpload {
  public:
    TraceUpload(std::unique_ptr<Upload> target, std::shared_ptr<Counters> counters,
                TraceStore::Listener listener, std::string name)
        : ForwardingUpload(std::move(target)),
          counters_(std::move(counters)),
          listener_(std::move(listener)),
          name_(std::move(name)) {}

    void put_many(std::span<Piece> pieces, const std::stop_token& stop) override {
        target().put_many(pieces, stop);
        Tally tally;
        for (const Piece& piece : pieces) tally.add(piece, piece.bytes.size());
        counters_->pieces_put += tally.items;
        counters_->pieces_failed += tally.failed;
        counters_->bytes_put += tally.bytes;
        if (listener_) listener_(tally.line("put_many", name_));
    }
    Status copy(std::uint32_t number, std::string_view source_address, std::uint64_t offset,
                std::uint64_t size, const Version& version) override {
        auto done = target().copy(number, source_address, offset, size, version);
        ++counters_->pieces_copied;
        if (done.has_value()) counters_->bytes_copied += size;
        return done;
    }
    Status flush() override {
        ++counters_->flushes;
        return target().flush();
    }
    Result<Object> finish(const Finish& finish) override {
        ++counters_->finishes;
        if (listener_) listener_(fmt::format("finish {} {} bytes", name_, finish.size));
        return target().finish(finish);
    }
    Status abort() override {
        ++counters_->aborts;
        if (listener_) listener_("abort " + name_);
        return target().abort();
    }

  private:
    std::shared_ptr<Counters> counters_;
    TraceStore::Listener listener_;
    std::string name_;
};

}  // namespace

json::Ordered to_json(const Counters& counters) {
    json::Ordered all;
    for (const Named& row : kNamed) all[row.name] = (counters.*row.counter).load();
    return all;
}

Result<std::unique_ptr<Listing>> TraceStore::list(const ListRequest& request) {
    ++counters_->listings;
    if (listener_) listener_("list " + request.prefix);
    auto listing = TRY(target().list(request));
    return std::unique_ptr<Listing>(std::make_unique<TraceListing>(std::move(listing), counters_));
}

Result<Stat> TraceStore::stat(const StatRequest& request) {
    ++counters_->stats;
    if (listener_) listener_("stat " + request.name);
    return target().stat(request);
}

void TraceStore::read_many(std::span<Read> reads, const std::stop_token& stop) {
    target().read_many(reads, stop);
    Tally tally;
    for (const Read& read : reads) tally.add(read, read.into.size());
    ++counters_->read_calls;
    counters_->reads += tally.items;
    counters_->reads_failed += tally.failed;
    counters_->bytes_read += tally.bytes;
    if (listener_ && !reads.empty()) listener_(tally.line("read_many", reads.front().name));
}

void TraceStore::write_many(std::span<Write> writes, const WriteOptions& options,
                            const std::stop_token& stop) {
    target().write_many(writes, options, stop);
    Tally tally;
    for (const Write& write : writes) tally.add(write, write.bytes.size());
    ++counters_->write_calls;
    counters_->writes += tally.items;
    counters_->writes_failed += tally.failed;
    counters_->bytes_written += tally.bytes;
    if (listener_ && !writes.empty()) listener_(tally.line("write_many", writes.front().name));
}

Result<std::unique_ptr<Upload>> TraceStore::open_upload(const UploadRequest& request) {
    ++(request.id ? counters_->uploads_resumed : counters_->uploads_opened);
    if (listener_) listener_("open_upload " + request.name);
    auto upload = TRY(target().open_upload(request));
    return std::unique_ptr<Upload>(
        std::make_unique<TraceUpload>(std::move(upload), counters_, listener_, request.name));
}

void TraceStore::remove_many(std::span<Remove> removes, const std::stop_token& stop) {
    target().remove_many(removes, stop);
    Tally tally;
    for (const Remove& remove : removes) tally.add(remove, 0);
    counters_->removes += tally.items;
    counters_->removes_failed += tally.failed;
    if (listener_ && !removes.empty()) listener_(tally.line("remove_many", removes.front().name));
}

}  // namespace haul::store::wrap

#include "store/wrap/fault.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/clock.h"

namespace haul::store::wrap {
namespace {

Error error_of(const Fault& fault, std::string_view operation, std::string_view subject) {
    const bool planned_code = fault.kind == Fault::Kind::error;
    return make_error(planned_code ? fault.code : Code::unavailable, std::string(operation),
                      std::string(subject),
                      "a planned fault: " + (fault.text.empty() ? std::string(operation) : fault.text));
}

void flip_bit(std::span<std::byte> bytes) {
    if (!bytes.empty()) bytes[bytes.size() / 2] ^= std::byte{0x10};
}

// One call that is no batch. Short and flip mean nothing here, and are errors.
template <class Call>
auto call_with(FaultPlan& plan, std::string_view address, std::string_view operation,
               std::string_view subject, const Call& call) -> decltype(call()) {
    const auto fault = plan.next(operation, address, subject);
    if (!fault) return call();
    if (fault->kind == Fault::Kind::delay) {
        clock::sleep(fault->delay, {});
        return call();
    }
    if (fault->kind == Fault::Kind::lost) static_cast<void>(call());
    return failure(error_of(*fault, operation, subject));
}

constexpr auto kName = [](const auto& item) { return item.name; };

std::span<const std::byte> bytes_of(const Write& item) { return item.bytes; }
std::span<const std::byte> bytes_of(const Piece& item) { return item.bytes; }

// One item of a batch that a fault befalls. Bytes on their way in are turned in a copy, the caller's stay.
template <class Item, class Call>
void befall(const Fault& fault, std::string_view operation, std::string_view subject, Item& item,
            const Call& call) {
    switch (fault.kind) {
        case Fault::Kind::delay:
            clock::sleep(fault.delay, {});
            call(std::span(&item, 1));
            return;
        case Fault::Kind::lost:
            call(std::span(&item, 1));
            if (!item.result.has_value()) return;
            break;
        case Fault::Kind::flip:
            if constexpr (requires { bytes_of(item); }) {
                const auto given = bytes_of(item);
                std::vector<std::byte> turned(given.begin(), given.end());
                flip_bit(turned);
                item.bytes = turned;
                call(std::span(&item, 1));
                item.bytes = given;
                return;
            }
            if constexpr (requires { item.into; }) {
                call(std::span(&item, 1));
                flip_bit(item.into);
                return;
            }
            break;
        case Fault::Kind::short_transfer:
            if constexpr (requires { item.into; }) {
                call(std::span(&item, 1));
                std::ranges::fill(item.into.subspan(item.into.size() / 2), std::byte{0});
            }
            break;
        case Fault::Kind::error:
            break;
    }
    item.result = failure(error_of(fault, operation, subject));
}

// Hands on a batch in the longest stretches that no fault lies in.
template <class Item, class Subject, class Call>
void batch_with(FaultPlan& plan, std::string_view address, std::string_view operation, std::span<Item> items,
                const Subject& subject_of, const Call& call) {
    std::size_t sent = 0;
    for (std::size_t at = 0; at < items.size(); ++at) {
        const std::string subject(subject_of(items[at]));
        const auto fault = plan.next(operation, address, subject);
        if (!fault) continue;
        if (at > sent) call(items.subspan(sent, at - sent));
        befall(*fault, operation, subject, items[at], call);
        sent = at + 1;
    }
    if (sent < items.size()) call(items.subspan(sent));
}

class FaultListing final : public Listing {
  public:
    FaultListing(std::unique_ptr<Listing> target, std::shared_ptr<FaultPlan> plan, std::string address,
                 std::string folder)
        : target_(std::move(target)),
          plan_(std::move(plan)),
          address_(std::move(address)),
          folder_(std::move(folder)) {}
    Result<Page> next(const std::stop_token& stop) override {
        return call_with(*plan_, address_, "page", folder_, [&] { return target_->next(stop); });
    }

  private:
    std::unique_ptr<Listing> target_;
    std::shared_ptr<FaultPlan> plan_;
    std::string address_, folder_;
};

class FaultUpload final : public ForwardingUpload {
  public:
    FaultUpload(std::unique_ptr<Upload> target, std::shared_ptr<FaultPlan> plan, std::string address,
                std::string name)
        : ForwardingUpload(std::move(target)),
          plan_(std::move(plan)),
          address_(std::move(address)),
          name_(std::move(name)) {}

    void put_many(std::span<Piece> pieces, const std::stop_token& stop) override {
        const auto put = [&](std::span<Piece> some) { target().put_many(some, stop); };
        const auto of_all = [&](const Piece&) { return std::string_view(name_); };
        batch_with(*plan_, address_, "put", pieces, of_all, put);
    }
    Status copy(std::uint32_t number, std::string_view source_address, std::uint64_t offset,
                std::uint64_t size, const Version& version) override {
        return call("copy", [&] { return target().copy(number, source_address, offset, size, version); });
    }
    Status flush() override {
        return call("flush", [&] { return target().flush(); });
    }
    Result<std::vector<Received>> received() override {
        return call("received", [&] { return target().received(); });
    }
    Result<Object> finish(const Finish& finish) override {
        return call("finish", [&] { return target().finish(finish); });
    }
    Status abort() override {
        return call("abort", [&] { return target().abort(); });
    }

  private:
    template <class Call>
    auto call(std::string_view operation, const Call& then) -> decltype(then()) {
        return call_with(*plan_, address_, operation, name_, then);
    }
    std::shared_ptr<FaultPlan> plan_;
    std::string address_, name_;
};

}  // namespace

FaultStore::FaultStore(std::unique_ptr<Store> target, std::shared_ptr<FaultPlan> plan)
    : ForwardingStore(std::move(target)),
      plan_(std::move(plan)),
      address_(ForwardingStore::capabilities().address) {}

Result<std::unique_ptr<Listing>> FaultStore::list(const ListRequest& request) {
    auto listing =
        TRY(call_with(*plan_, address_, "list", request.prefix, [&] { return target().list(request); }));
    return std::unique_ptr<Listing>(
        std::make_unique<FaultListing>(std::move(listing), plan_, address_, request.prefix));
}

Result<Stat> FaultStore::stat(const StatRequest& request) {
    return call_with(*plan_, address_, "stat", request.name, [&] { return target().stat(request); });
}

void FaultStore::read_many(std::span<Read> reads, const std::stop_token& stop) {
    const auto read = [&](std::span<Read> some) { target().read_many(some, stop); };
    batch_with(*plan_, address_, "read", reads, kName, read);
}

void FaultStore::write_many(std::span<Write> writes, const WriteOptions& options,
                            const std::stop_token& stop) {
    const auto write = [&](std::span<Write> some) { target().write_many(some, options, stop); };
    batch_with(*plan_, address_, "write", writes, kName, write);
}

Result<std::unique_ptr<Upload>> FaultStore::open_upload(const UploadRequest& request) {
    auto upload = TRY(call_with(*plan_, address_, "open_upload", request.name,
                                [&] { return target().open_upload(request); }));
    return std::unique_ptr<Upload>(
        std::make_unique<FaultUpload>(std::move(upload), plan_, address_, request.name));
}

void FaultStore::remove_many(std::span<Remove> removes, const std::stop_token& stop) {
    const auto remove = [&](std::span<Remove> some) { target().remove_many(some, stop); };
    batch_with(*plan_, address_, "remove", removes, kName, remove);
}

}  // namespace haul::store::wrap

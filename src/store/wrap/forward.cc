#include "store/wrap/forward.h"

namespace haul::store::wrap {

void ForwardingUpload::put_many(std::span<Piece> pieces, const std::stop_token& stop) {
    target_->put_many(pieces, stop);
}
Status ForwardingUpload::copy(std::uint32_t number, std::string_view source_address, std::uint64_t offset,
                              std::uint64_t size, const Version& version) {
    return target_->copy(number, source_address, offset, size, version);
}
Status ForwardingUpload::flush() { return target_->flush(); }
Result<std::vector<Received>> ForwardingUpload::received() { return target_->received(); }
Result<Object> ForwardingUpload::finish(const Finish& finish) { return target_->finish(finish); }
Status ForwardingUpload::abort() { return target_->abort(); }

Capabilities ForwardingStore::capabilities() const { return target_->capabilities(); }
Result<std::unique_ptr<Listing>> ForwardingStore::list(const ListRequest& request) {
    return target_->list(request);
}
Result<Stat> ForwardingStore::stat(const StatRequest& request) { return target_->stat(request); }
void ForwardingStore::read_many(std::span<Read> reads, const std::stop_token& stop) {
    target_->read_many(reads, stop);
}
void ForwardingStore::write_many(std::span<Write> writes, const WriteOptions& options,
                                 const std::stop_token& stop) {
    target_->write_many(writes, options, stop);
}
Result<std::unique_ptr<Upload>> ForwardingStore::open_upload(const UploadRequest& request) {
    return target_->open_upload(request);
}
Result<std::vector<PendingUpload>> ForwardingStore::uploads_of(const std::string& name) {
    return target_->uploads_of(name);
}
void ForwardingStore::remove_many(std::span<Remove> removes, const std::stop_token& stop) {
    target_->remove_many(removes, stop);
}

}  // namespace haul::store::wrap

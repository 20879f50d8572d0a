#include "store/s3/s3_store.h"

#include <utility>

#include "store/s3/listing.h"
#include "store/s3/looker.h"
#include "store/s3/reader.h"
#include "store/s3/remover.h"
#include "store/s3/upload.h"
#include "store/s3/writer.h"

namespace haul::store::s3 {
namespace {

// "Amazon S3 multipart upload limits", Amazon S3 User Guide.
constexpr std::uint64_t kLeastPiece = 5ULL << 20U, kLargestPiece = 5ULL << 30U, kMostPieces = 10'000;
constexpr std::uint64_t kLongestKey = 1024;

// As a local folder is when it is opened: a prefix is there when something lies beneath it.
Status check_is_there(Bucket& bucket) {
    const Tried tried{"open", bucket.address()};
    const KeyPage page = TRY(list_keys(bucket, bucket.settings().prefix, 1, tried));
    if (!page.keys.empty() || bucket.settings().prefix.empty()) return {};
    return failure(nothing_beneath(tried));
}

}  // namespace

Result<std::unique_ptr<Store>> S3Store::open(const Address& address, const ServiceOptions& options,
                                             bool writes) {
    const Profile profile = TRY(read_profile());
    Settings settings = TRY(settings_of(address, profile));
    http::ClientOptions how;
    how.connections = options.connections;
    how.ca_file = settings.ca_file;
    auto client = std::make_unique<http::Client>(how);
    auto credentials = TRY(find_credentials(profile, settings.region, *client));
    auto bucket = std::make_shared<Bucket>(std::move(settings), address.canonical(), options,
                                           std::move(client), std::move(credentials));
    if (!writes) TRY(check_is_there(*bucket));
    std::optional<Knowledge> knowledge = recall(options.knowledge_folder, bucket->settings());
    if (!knowledge && writes) {
        knowledge = TRY(probe(bucket));
        keep(options.knowledge_folder, bucket->settings(), *knowledge);
    }
    // Not asked, as when a job is cancelled whose endpoint is not known here any more: the look is right at
    // any service.
    if (options.sole_writer && !(knowledge && knowledge->create_only)) bucket->create_by_looking();
    return std::unique_ptr<Store>(new S3Store(std::move(bucket), knowledge.value_or(Knowledge())));
}

Capabilities S3Store::capabilities() const {
    Capabilities can;
    can.address = bucket_->address();
    can.order = knowledge_.byte_order ? Order::bytes : Order::stable;
    can.conditional_read = knowledge_.conditional_read;
    can.create_only = knowledge_.create_only && !bucket_->creates_by_looking();
    can.creates_by_looking = bucket_->creates_by_looking();
    can.replace_if = knowledge_.replace_if;
    can.full_object_checksum = knowledge_.full_object_checksum;
    can.ranged_copy = knowledge_.ranged_copy;
    can.lists_pieces = true;
    can.durable_pieces = true;
    can.keeps_metadata = true;
    can.any_names = true;
    can.min_piece = kLeastPiece;
    can.max_piece = kLargestPiece;
    can.max_pieces = kMostPieces;
    can.max_name = kLongestKey - bucket_->settings().prefix.size();
    can.last_sign_of_life = bucket_->life().last();
    return can;
}

Result<std::unique_ptr<Listing>> S3Store::list(const ListRequest& request) {
    return open_listing(bucket_, request);
}

Result<Stat> S3Store::stat(const StatRequest& request) { return look_at(*bucket_, request); }

void S3Store::read_many(std::span<Read> reads, const std::stop_token& stop) {
    read_ranges(*bucket_, reads, stop);
}

void S3Store::write_many(std::span<Write> writes, const WriteOptions&, const std::stop_token& stop) {
    write_objects(*bucket_, writes, stop);
}

Result<std::unique_ptr<Upload>> S3Store::open_upload(const UploadRequest& request) {
    return S3Upload::open(bucket_, request, knowledge_.full_object_checksum);
}

Result<std::vector<PendingUpload>> S3Store::uploads_of(const std::string& name) {
    return pending_uploads(*bucket_, name);
}

void S3Store::remove_many(std::span<Remove> removes, const std::stop_token& stop) {
    remove_objects(*bucket_, removes, stop);
}

}  // namespace haul::store::s3

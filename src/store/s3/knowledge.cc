#include "store/s3/knowledge.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <chrono>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "store/s3/headers.h"
#include "store/s3/listing.h"
#include "store/s3/probe_scratch.h"
#include "store/s3/reader.h"
#include "store/s3/upload.h"
#include "store/s3/writer.h"
#include "store/wrap/retry_call.h"

namespace haul::store::s3 {
namespace {

constexpr std::uint64_t kFormat = 1;

std::string file_of(const std::string& folder, const Settings& settings) {
    return folder + "/" + digest::sha256_hex(settings.endpoint + "\n" + settings.bucket).substr(0, 16) +
           ".json";
}

constexpr std::array kFields = {
    std::pair{"create_only", &Knowledge::create_only},
    std::pair{"replace_if", &Knowledge::replace_if},
    std::pair{"conditional_read", &Knowledge::conditional_read},
    std::pair{"full_object_checksum", &Knowledge::full_object_checksum},
    std::pair{"pieces_with_crc", &Knowledge::pieces_with_crc},
    std::pair{"ranged_copy", &Knowledge::ranged_copy},
    std::pair{"byte_order", &Knowledge::byte_order},
};

constexpr std::chrono::seconds kPatience{10};  // with what is asked again

constexpr std::string_view kText = "haul looks what this service can do";

Status write(Bucket& bucket, const std::string& name, const Condition& condition) {
    Write write;
    write.name = name;
    write.bytes = std::as_bytes(std::span(kText));
    write.condition = condition;
    write.is_record = true;
    write_objects(bucket, std::span(&write, 1), {});
    return std::move(write.result);
}

// Whether it was refused so. What fails for a passing reason says nothing about the service.
Result<bool> refused(const Status& result, Code code) {
    if (result.has_value()) return false;
    if (result.error().code == code) return true;
    if (result.error().retry == Retry::later) return failure(result.error());
    return false;
}

// Writes it. Some services do not ignore the header but say that they have no such thing.
Result<bool> tells_who_created(Bucket& bucket, const std::string& name) {
    const Condition create_only{.kind = Condition::Kind::create_only, .version = {}};
    const Status created = write(bucket, name, create_only);
    if (created.has_value()) return refused(write(bucket, name, create_only), Code::exists);
    if (created.error().code != Code::unsupported) return failure(created.error());
    TRY(write(bucket, name, {}));
    return false;
}

Status try_writes(Bucket& bucket, ProbeScratch& scratch, Knowledge& known) {
    const Condition bogus{.kind = Condition::Kind::replace,
                          .version = {"\"00000000000000000000000000000000\""}};
    const std::string name = scratch.name("object");
    known.create_only = TRY(tells_who_created(bucket, name));
    known.replace_if = TRY(refused(write(bucket, name, bogus), Code::changed));
    std::array<std::byte, 1> byte{};
    Read read{.name = name, .version = bogus.version, .offset = 0, .into = byte};
    read_ranges(bucket, std::span(&read, 1), {});
    known.conditional_read = TRY(refused(read.result, Code::changed));
    return {};
}

// Of three bytes of the object written above. A service that copies ranges of large objects only is believed.
bool copies_ranges(Bucket& bucket, const ProbeScratch& scratch, const std::string& key,
                   const std::string& id) {
    constexpr std::uint64_t kFew = 3;
    const std::string source = bucket.address() + "/" + scratch.folder() + "/object";
    const auto made = copy_range(bucket, key, id, {2, source, 0, kFew, {}});
    if (!made.has_value()) return made.error().code != Code::unsupported;
    return !made->crc32 || *made->crc32 == digest::crc32(0, std::as_bytes(std::span(kText.substr(0, kFew))));
}

// Where a service answers the unusual with a 500, and goes on so, the careful answer is taken.
Status try_pieces(Bucket& bucket, const ProbeScratch& scratch, const std::string& key, Upload& upload,
                  Knowledge& known) {
    constexpr std::string_view kPiece = "one piece";
    wrap::RetryBudget budget({.deadline = kPatience});
    known.full_object_checksum = false;
    Piece piece;
    piece.number = 1;
    piece.bytes = std::as_bytes(std::span(kPiece));
    piece.crc32 = digest::crc32(0, piece.bytes);
    upload.put_many(std::span(&piece, 1), {});
    if (!piece.result.has_value())
        return piece.result.error().retry == Retry::later ? std::move(piece.result) : Status();
    known.ranged_copy = copies_ranges(bucket, scratch, key, upload.id());
    const auto received = wrap::retry_call(budget, {}, [&] { return upload.received(); });
    known.pieces_with_crc =
        received.has_value() && !received->empty() && received->front().crc32 == piece.crc32;
    Upload::Finish finish{.size = kPiece.size(), .crc32 = piece.crc32 ^ 1U, .pieces = 1};
    const auto wrong = wrap::retry_call(budget, {}, [&] { return upload.finish(finish); });
    if (wrong.has_value() || wrong.error().code != Code::corrupt) return {};
    finish.crc32 = piece.crc32;
    const auto right = upload.finish(finish);
    if (!right.has_value() && right.error().retry == Retry::later) return failure(right.error());
    known.full_object_checksum = right.has_value() && right->crc32 == piece.crc32;
    return {};
}

Status try_upload(const std::shared_ptr<Bucket>& bucket, ProbeScratch& scratch, Knowledge& known) {
    UploadRequest request;
    request.name = scratch.name("upload");
    auto opened = S3Upload::open(bucket, request, true);
    known.full_object_checksum = opened.has_value();
    if (!opened.has_value()) {
        // A service that knows no such checksum says so at once; nothing else can be learned here then.
        if (opened.error().retry != Retry::later) return {};
        [[maybe_unused]] const Status ended = end_uploads(*bucket, request.name);
        return failure(std::move(opened).error());
    }
    Status tried = try_pieces(*bucket, scratch, bucket->key_of(request.name), **opened, known);
    if (!end_uploads(*bucket, request.name).has_value()) TRY((*opened)->abort());
    return tried;
}

Status try_order(Bucket& bucket, ProbeScratch& scratch, Knowledge& known) {
    TRY(write(bucket, scratch.name("order/a/b"), {}));
    TRY(write(bucket, scratch.name("order/a b"), {}));
    const std::string prefix = bucket.key_of(scratch.folder() + "/order/");
    const KeyPage page = TRY(list_keys(bucket, prefix, 10, {"list", bucket.address()}));
    known.byte_order = page.keys.size() == 2 && page.keys[0].key < page.keys[1].key;
    return {};
}

}  // namespace

std::optional<Knowledge> recall(const std::string& folder, const Settings& settings) {
    if (folder.empty()) return std::nullopt;
    const std::string path = file_of(folder, settings);
    const auto text = file::read_whole(path, 1 << 16);
    if (!text.has_value()) return std::nullopt;
    const auto value = json::parse(*text, path);
    if (!value.has_value() || json::uint_at(*value, "format", path).value_or(0) != kFormat)
        return std::nullopt;
    Knowledge knowledge;
    for (const auto& [name, field] : kFields) {
        const auto flag = json::bool_at(*value, name, path);
        if (!flag.has_value()) return std::nullopt;
        knowledge.*field = *flag;
    }
    return knowledge;
}

void keep(const std::string& folder, const Settings& settings, const Knowledge& knowledge) {
    if (folder.empty()) return;
    json::Ordered value;
    value["format"] = kFormat;
    value["endpoint"] = settings.endpoint;
    value["bucket"] = settings.bucket;
    for (const auto& [name, field] : kFields) value[name] = knowledge.*field;
    const std::string path = file_of(folder, settings);
    if (!file::make_folders(AT_FDCWD, folder).has_value()) return;
    [[maybe_unused]] const auto kept =
        file::write_durably(AT_FDCWD, path, json::dump(value, 1) + "\n", false);
}

Result<Knowledge> probe(const std::shared_ptr<Bucket>& bucket) {
    Knowledge known;
    sweep_probes(*bucket);
    ProbeScratch scratch(*bucket);
    TRY(try_writes(*bucket, scratch, known));
    TRY(try_upload(bucket, scratch, known));
    TRY(try_order(*bucket, scratch, known));
    return known;
}

}  // namespace haul::store::s3

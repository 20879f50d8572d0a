#include "store/s3/upload.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/percent.h"
#include "store/s3/headers.h"
#include "store/s3/look_first.h"
#include "store/s3/looker.h"
#include "store/s3/name.h"
#include "store/s3/writer.h"

namespace haul::store::s3 {
namespace {

constexpr const char* kUpload = "upload";

}  // namespace

S3Upload::S3Upload(std::shared_ptr<Bucket> bucket, UploadRequest request, bool checks_whole)
    : bucket_(std::move(bucket)), request_(std::move(request)), checks_whole_(checks_whole) {
    key_ = bucket_->key_of(request_.name);
}

Result<std::unique_ptr<Upload>> S3Upload::open(std::shared_ptr<Bucket> bucket, const UploadRequest& request,
                                               bool checks_whole) {
    TRY(check_key_name(*bucket, request.name, kUpload));
    std::unique_ptr<S3Upload> upload(new S3Upload(std::move(bucket), request, checks_whole));
    if (request.id) {
        upload->id_ = *request.id;
        TRY(upload->received());
    } else {
        TRY(upload->create());
    }
    return std::unique_ptr<Upload>(std::move(upload));
}

Tried S3Upload::tried(const char* operation) const {
    return {operation, bucket_->subject(request_.name),
            request_.condition.kind == Condition::Kind::create_only};
}

Status S3Upload::create() {
    http::Request request = bucket_->request("POST", key_, {{"uploads", ""}});
    if (checks_whole_) {
        request.headers.push_back({"x-amz-checksum-algorithm", "CRC32"});
        request.headers.push_back({"x-amz-checksum-type", "FULL_OBJECT"});
    }
    TRY(put_attributes(request, request_.attributes, bucket_->options(), bucket_->subject(request_.name)));
    put_storage_class(request, bucket_->options());
    const http::Answer answer = TRY(bucket_->send(std::move(request), tried("begin the upload of"), {}));
    id_ = TRY(parse_upload_id(answer.body, bucket_->subject(request_.name)));
    return {};
}

void S3Upload::put_many(std::span<Piece> pieces, const std::stop_token& stop) {
    std::vector<http::Exchange> exchanges(pieces.size());
    const std::vector<Tried> what(pieces.size(), tried(kUpload));
    for (std::size_t at = 0; at < pieces.size(); ++at) {
        const Query query = {{"partNumber", std::to_string(pieces[at].number)}, {"uploadId", id_}};
        exchanges[at].request = bucket_->request("PUT", key_, query);
        exchanges[at].request.body = pieces[at].bytes;
        exchanges[at].request.headers.push_back({"x-amz-checksum-crc32", crc32_text(pieces[at].crc32)});
    }
    bucket_->send(exchanges, what, stop);
    for (std::size_t at = 0; at < pieces.size(); ++at) {
        Piece& piece = pieces[at];
        piece.result = std::move(exchanges[at].result);
        if (piece.result.has_value()) {
            const std::lock_guard lock(mutex_);
            sent_[piece.number] = {version_of(exchanges[at].answer).tag, piece.crc32};
        } else {
            piece.result = failure(checksum_error(std::move(piece.result).error(), piece.bytes, piece.crc32));
        }
    }
}

Result<Made> copy_range(Bucket& bucket, const std::string& key, const std::string& id,
                        const CopiedRange& range) {
    constexpr std::string_view kScheme = "s3://";
    const Tried what{"copy", std::string(range.source_address)};
    if (!range.source_address.starts_with(kScheme))
        return failure(Code::unsupported, what.operation, what.subject, "it is not of this service");
    const std::string_view source = range.source_address.substr(kScheme.size());
    http::Request request =
        bucket.request("PUT", key, {{"partNumber", std::to_string(range.number)}, {"uploadId", id}});
    request.computed = true;
    request.headers.push_back({"x-amz-copy-source", "/" + text::percent_encoded(source, true)});
    request.headers.push_back(
        {"x-amz-copy-source-range", fmt::format("bytes={}-{}", range.offset, range.offset + range.size - 1)});
    if (!range.version.tag.empty())
        request.headers.push_back({"x-amz-copy-source-if-match", range.version.tag});
    const http::Answer answer = TRY(bucket.send(std::move(request), what, {}));
    if (parse_error(answer.body)) return failure(service_error(answer, what));
    return parse_made(answer.body, what.subject);
}

Status S3Upload::copy(std::uint32_t number, std::string_view source_address, std::uint64_t offset,
                      std::uint64_t size, const Version& version) {
    const Made made = TRY(copy_range(*bucket_, key_, id_, {number, source_address, offset, size, version}));
    const std::lock_guard lock(mutex_);
    sent_[number] = {made.etag, made.crc32};
    return {};
}

Result<std::vector<Received>> S3Upload::received() {
    std::map<std::uint32_t, std::vector<ListedPiece>> listed;
    std::string marker;
    for (bool more = true; more;) {
        Query query;
        if (!marker.empty()) query.emplace_back("part-number-marker", marker);
        query.emplace_back("uploadId", id_);
        const Tried what = tried("list the pieces of");
        const http::Answer answer = TRY(bucket_->send(bucket_->request("GET", key_, query), what, {}));
        PiecePage page = TRY(parse_piece_page(answer.body, what.subject));
        for (ListedPiece& piece : page.pieces) listed[piece.number].push_back(std::move(piece));
        more = page.truncated && !page.next_marker.empty() && page.next_marker != marker;
        marker = page.next_marker;
    }
    return recognise(listed);
}

// SeaweedFS lists a piece that was sent again as often as it was sent. Ours of several is the one that we
// sent last; where this process sent none and they differ, none counts, and the piece is sent once more.
std::vector<Received> S3Upload::recognise(const std::map<std::uint32_t, std::vector<ListedPiece>>& listed) {
    std::vector<Received> all;
    std::map<std::uint32_t, Sent> known;
    const std::lock_guard lock(mutex_);
    for (const auto& [number, pieces] : listed) {
        const auto before = sent_.find(number);
        const auto ours = before == sent_.end()
                              ? pieces.end()
                              : std::ranges::find(pieces, before->second.etag, &ListedPiece::etag);
        const ListedPiece& piece = ours == pieces.end() ? pieces.front() : *ours;
        const bool one = std::ranges::all_of(
            pieces, [&](const ListedPiece& other) { return other.etag == pieces.front().etag; });
        if (ours == pieces.end() && !one) continue;
        all.push_back({number, piece.size, piece.crc32});
        known[number] = {piece.etag, ours == pieces.end() ? piece.crc32 : before->second.crc32};
    }
    sent_ = std::move(known);
    return all;
}

Result<std::string> S3Upload::document(const Finish& finish) const {
    const std::lock_guard lock(mutex_);
    std::string xml = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (std::uint32_t number = 1; number <= finish.pieces; ++number) {
        const auto piece = sent_.find(number);
        if (piece == sent_.end()) {
            return failure(Code::usage, "finish", bucket_->subject(request_.name),
                           fmt::format("piece {} was never sent", number));
        }
        xml += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag>", number,
                           xml_escaped(piece->second.etag));
        if (checks_whole_ && piece->second.crc32)
            xml += "<ChecksumCRC32>" + crc32_text(*piece->second.crc32) + "</ChecksumCRC32>";
        xml += "</Part>";
    }
    return xml + "</CompleteMultipartUpload>";
}

Result<Object> S3Upload::finish(const Finish& finish) {
    const Tried what = tried("finish");
    const std::string xml = TRY(document(finish));
    const Condition condition = condition_sent(*bucket_, request_.condition);
    if (condition.kind != request_.condition.kind) TRY(look_first(*bucket_, key_, what));
    http::Request request = bucket_->request("POST", key_, {{"uploadId", id_}});
    request.body = std::as_bytes(std::span(xml));
    request.computed = true;
    request.headers.push_back({"content-type", "application/xml"});
    if (checks_whole_ && finish.crc32) {
        request.headers.push_back({"x-amz-checksum-crc32", crc32_text(*finish.crc32)});
        request.headers.push_back({"x-amz-checksum-type", "FULL_OBJECT"});
    }
    put_condition(request, condition);
    const http::Answer answer = TRY(bucket_->send(std::move(request), what, {}));
    if (parse_error(answer.body)) return failure(service_error(answer, what));
    return read_back(finish, TRY(parse_made(answer.body, what.subject)));
}

// What the service has now, by its own word.
Result<Object> S3Upload::read_back(const Finish& finish, const Made& made) {
    Object object = TRY(look_at(*bucket_, {.name = request_.name, .only_objects = true})).object;
    if (!object.crc32 && object.version.tag == made.etag) object.crc32 = made.crc32;
    const bool other =
        object.size != finish.size || (object.crc32 && finish.crc32 && *object.crc32 != *finish.crc32);
    if (other) {
        return failure(Code::corrupt, "finish", bucket_->subject(request_.name),
                       fmt::format("the service made an object of {} bytes, not the {} that were sent",
                                   object.size, finish.size));
    }
    return object;
}

Status S3Upload::abort() { return abort_upload(*bucket_, request_.name, id_); }

Status abort_upload(Bucket& bucket, const std::string& name, const std::string& id) {
    const http::Request request = bucket.request("DELETE", bucket.key_of(name), {{"uploadId", id}});
    const auto answer = bucket.send(request, {"abort the upload of", bucket.subject(name)}, {});
    if (answer.has_value() || answer.error().code == Code::not_found) return {};
    return failure(answer.error());
}

Result<std::vector<PendingUpload>> pending_uploads(Bucket& bucket, const std::string& name) {
    TRY(check_key_name(bucket, name, "list uploads"));
    const std::string key = bucket.key_of(name);
    const Tried what{"list the uploads of", bucket.subject(name)};
    std::vector<PendingUpload> all;
    std::string key_marker, id_marker;
    for (bool more = true; more;) {
        Query query = {{"encoding-type", "url"}};
        if (!key_marker.empty()) query.emplace_back("key-marker", key_marker);
        query.emplace_back("prefix", key);
        if (!id_marker.empty()) query.emplace_back("upload-id-marker", id_marker);
        query.emplace_back("uploads", "");
        const http::Answer answer = TRY(bucket.send(bucket.request("GET", "", query), what, {}));
        UploadPage page = TRY(parse_upload_page(answer.body, what.subject));
        for (ListedUpload& upload : page.uploads) {
            if (upload.key == key) all.push_back({name, std::move(upload.id)});
        }
        const bool moved = page.next_key != key_marker || page.next_id != id_marker;
        more = page.truncated && moved;
        key_marker = std::move(page.next_key);
        id_marker = std::move(page.next_id);
    }
    return all;
}

}  // namespace haul::store::s3

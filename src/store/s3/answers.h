// The XML documents of an S3 service, as structures. Shapes: "Amazon S3 API Reference", ListObjectsV2,
// ListParts, ListMultipartUploads, CreateMultipartUpload, CompleteMultipartUpload, UploadPartCopy,
// DeleteObjects, Error. Elements that we do not know are ignored. Values only; Code::corrupt (Retry::later,
// it may have been cut on the way) for what is no such document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace haul::store::s3 {

struct ListedKey {
    std::string key;
    std::uint64_t size = 0;
    std::string etag;
    std::optional<std::int64_t> mtime_ns;
    std::string storage_class;
};
struct KeyPage {
    std::vector<ListedKey> keys;
    bool truncated = false;
    std::string token;  // of the next page
};
[[nodiscard]] Result<KeyPage> parse_key_page(std::string_view xml, const std::string& subject);

struct ListedPiece {
    std::uint32_t number = 0;
    std::uint64_t size = 0;
    std::string etag;
    std::optional<std::uint32_t> crc32;
};
struct PiecePage {
    std::vector<ListedPiece> pieces;
    bool truncated = false;
    std::string next_marker;
};
[[nodiscard]] Result<PiecePage> parse_piece_page(std::string_view xml, const std::string& subject);

struct ListedUpload {
    std::string key, id;
};
struct UploadPage {
    std::vector<ListedUpload> uploads;
    bool truncated = false;
    std::string next_key, next_id;
};
[[nodiscard]] Result<UploadPage> parse_upload_page(std::string_view xml, const std::string& subject);

// Of CreateMultipartUpload.
[[nodiscard]] Result<std::string> parse_upload_id(std::string_view xml, const std::string& subject);

// Of CompleteMultipartUpload, PutObject and UploadPartCopy (ETag, ChecksumCRC32).
struct Made {
    std::string etag;
    std::optional<std::uint32_t> crc32;
};
[[nodiscard]] Result<Made> parse_made(std::string_view xml, const std::string& subject);

// An <Error> document; nullopt where the text is something else. Also with a status of 200.
struct ServiceError {
    std::string code, message, region, request_id, host_id;
};
[[nodiscard]] std::optional<ServiceError> parse_error(std::string_view xml);

struct NotDeleted {
    std::string key;
    ServiceError error;
};
[[nodiscard]] Result<std::vector<NotDeleted>> parse_deleted(std::string_view xml, const std::string& subject);

// "&amp;" and so on, and numeric references for control bytes: for documents that we send.
[[nodiscard]] std::string xml_escaped(std::string_view text);

// x-amz-checksum-crc32 and ChecksumCRC32: base64 of four bytes, most significant first. A composite checksum
// ("…-3") is none of the whole object: nullopt.
[[nodiscard]] std::string crc32_text(std::uint32_t crc32);
[[nodiscard]] std::optional<std::uint32_t> parse_crc32(std::string_view text);

// "2026-11-22T10:00:00.000Z" of documents, "Sun, 22 Nov 2026 10:00:00 GMT" of headers; since 1970 UTC.
[[nodiscard]] std::optional<std::int64_t> parse_iso_time(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parse_http_time(const std::string& text);

}  // namespace haul::store::s3

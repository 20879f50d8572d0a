#include "store/s3/answers.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <pugixml.hpp>
#include <utility>

#include "base/number.h"
#include "base/percent.h"
#include "base/text.h"

namespace haul::store::s3 {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::string text_at(const pugi::xml_node& node, const char* name) {
    return node.child(name).text().as_string();
}

template <class Number>
std::optional<Number> number_at(const pugi::xml_node& node, const char* name) {
    return text::whole_number<Number>(text_at(node, name));
}

bool flag_at(const pugi::xml_node& node, const char* name) { return text_at(node, name) == "true"; }

// "a%20b" and, as some services write it, "a+b".
std::optional<std::string> url_decoded(std::string written) {
    std::ranges::replace(written, '+', ' ');
    return text::percent_decoded(written);
}

// `encoded`: the document says that its keys are.
std::optional<std::string> key_at(const pugi::xml_node& node, bool encoded) {
    std::string written = text_at(node, "Key");
    return encoded ? url_decoded(std::move(written)) : std::optional(std::move(written));
}

Error no_document(const std::string& subject, std::string_view what) {
    Error error = make_error(Code::corrupt, "read the answer of", subject,
                             fmt::format("the service sent something else than {}", what));
    error.retry = Retry::later;
    return error;
}

// Keeps blanks: a key may be one.
constexpr unsigned kHow = pugi::parse_default | pugi::parse_ws_pcdata_single;

Result<pugi::xml_node> root_of(pugi::xml_document& document, std::string_view xml, const char* name,
                               const std::string& subject) {
    if (!document.load_buffer(xml.data(), xml.size(), kHow)) return failure(no_document(subject, name));
    pugi::xml_node root = document.child(name);
    if (!root) return failure(no_document(subject, name));
    return root;
}

ServiceError error_of(const pugi::xml_node& node) {
    ServiceError error;
    error.code = text_at(node, "Code");
    error.message = text_at(node, "Message");
    error.region = text_at(node, "Region");
    error.request_id = text_at(node, "RequestId");
    error.host_id = text_at(node, "HostId");
    return error;
}

}  // namespace

Result<KeyPage> parse_key_page(std::string_view xml, const std::string& subject) {
    pugi::xml_document document;
    const pugi::xml_node root = TRY(root_of(document, xml, "ListBucketResult", subject));
    const bool encoded = text_at(root, "EncodingType") == "url";
    KeyPage page;
    page.truncated = flag_at(root, "IsTruncated");
    page.token = text_at(root, "NextContinuationToken");
    for (const pugi::xml_node& node : root.children("Contents")) {
        ListedKey listed;
        auto key = key_at(node, encoded);
        const auto size = number_at<std::uint64_t>(node, "Size");
        if (!key || key->empty() || !size) return failure(no_document(subject, "whole list entries"));
        listed.key = *std::move(key);
        listed.size = *size;
        listed.etag = text_at(node, "ETag");
        listed.mtime_ns = parse_iso_time(text_at(node, "LastModified"));
        listed.storage_class = text_at(node, "StorageClass");
        page.keys.push_back(std::move(listed));
    }
    const auto count = number_at<std::uint64_t>(root, "KeyCount");
    const bool short_page = count && *count != page.keys.size() && !root.child("CommonPrefixes");
    if (short_page || (page.truncated && page.token.empty()))
        return failure(no_document(subject, "a whole list page"));
    return page;
}

Result<PiecePage> parse_piece_page(std::string_view xml, const std::string& subject) {
    pugi::xml_document document;
    const pugi::xml_node root = TRY(root_of(document, xml, "ListPartsResult", subject));
    PiecePage page;
    page.truncated = flag_at(root, "IsTruncated");
    page.next_marker = text_at(root, "NextPartNumberMarker");
    for (const pugi::xml_node& node : root.children("Part")) {
        const auto number = number_at<std::uint32_t>(node, "PartNumber");
        const auto size = number_at<std::uint64_t>(node, "Size");
        if (!number || !size) return failure(no_document(subject, "whole list entries"));
        page.pieces.push_back(
            {*number, *size, text_at(node, "ETag"), parse_crc32(text_at(node, "ChecksumCRC32"))});
    }
    return page;
}

Result<UploadPage> parse_upload_page(std::string_view xml, const std::string& subject) {
    pugi::xml_document document;
    const pugi::xml_node root = TRY(root_of(document, xml, "ListMultipartUploadsResult", subject));
    const bool encoded = text_at(root, "EncodingType") == "url";
    UploadPage page;
    page.truncated = flag_at(root, "IsTruncated");
    page.next_key = text_at(root, "NextKeyMarker");
    page.next_id = text_at(root, "NextUploadIdMarker");
    if (encoded) page.next_key = url_decoded(page.next_key).value_or(page.next_key);
    for (const pugi::xml_node& node : root.children("Upload")) {
        auto key = key_at(node, encoded);
        if (!key) return failure(no_document(subject, "whole list entries"));
        page.uploads.push_back({*std::move(key), text_at(node, "UploadId")});
    }
    return page;
}

Result<std::string> parse_upload_id(std::string_view xml, const std::string& subject) {
    pugi::xml_document document;
    const pugi::xml_node root = TRY(root_of(document, xml, "InitiateMultipartUploadResult", subject));
    std::string id = text_at(root, "UploadId");
    if (id.empty()) return failure(no_document(subject, "an upload id"));
    return id;
}

Result<Made> parse_made(std::string_view xml, const std::string& subject) {
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size(), kHow)) return failure(no_document(subject, "a result"));
    const pugi::xml_node root = document.document_element();
    const std::string_view name = root.name();
    if (name != "CompleteMultipartUploadResult" && name != "CopyPartResult" && name != "CopyObjectResult")
        return failure(no_document(subject, "a result"));
    return Made{text_at(root, "ETag"), parse_crc32(text_at(root, "ChecksumCRC32"))};
}

std::optional<ServiceError> parse_error(std::string_view xml) {
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size(), kHow)) return std::nullopt;
    const pugi::xml_node root = document.child("Error");
    if (!root) return std::nullopt;
    return error_of(root);
}

Result<std::vector<NotDeleted>> parse_deleted(std::string_view xml, const std::string& subject) {
    pugi::xml_document document;
    const pugi::xml_node root = TRY(root_of(document, xml, "DeleteResult", subject));
    std::vector<NotDeleted> failed;
    for (const pugi::xml_node& node : root.children("Error"))
        failed.push_back({text_at(node, "Key"), error_of(node)});
    return failed;
}

std::string xml_escaped(std::string_view text) {
    std::string escaped;
    for (const char byte : text) {
        const bool plain =
            static_cast<unsigned char>(byte) >= 0x20 && !std::string_view("&<>\"'").contains(byte);
        if (plain) {
            escaped += byte;
        } else {
            escaped += fmt::format("&#{};", static_cast<unsigned>(static_cast<unsigned char>(byte)));
        }
    }
    return escaped;
}

std::string crc32_text(std::uint32_t crc32) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>((crc32 >> static_cast<unsigned>(shift)) & 0xFFU);
    return text::base64(bytes);
}

std::optional<std::uint32_t> parse_crc32(std::string_view text) {
    if (text.contains('-')) return std::nullopt;
    const auto bytes = text::base64_decode(text);
    if (!bytes || bytes->size() != 4) return std::nullopt;
    std::uint32_t crc32 = 0;
    for (const char byte : *bytes) crc32 = (crc32 << 8U) | static_cast<unsigned char>(byte);
    return crc32;
}

std::optional<std::int64_t> parse_iso_time(std::string_view text) {
    struct tm parts = {};
    const std::string owned(text);
    const char* rest = ::strptime(owned.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest == nullptr) return std::nullopt;
    std::int64_t nanoseconds = 0;
    if (*rest == '.') {
        std::int64_t unit = kSecond;
        for (++rest; *rest >= '0' && *rest <= '9'; ++rest) {
            unit /= 10;
            nanoseconds += unit * (*rest - '0');
        }
    }
    if (std::string_view(rest) != "Z") return std::nullopt;
    return static_cast<std::int64_t>(::timegm(&parts)) * kSecond + nanoseconds;
}

std::optional<std::int64_t> parse_http_time(const std::string& text) {
    struct tm parts = {};
    const char* const rest = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (rest == nullptr || *rest != '\0') return std::nullopt;
    return static_cast<std::int64_t>(::timegm(&parts)) * kSecond;
}

}  // namespace haul::store::s3

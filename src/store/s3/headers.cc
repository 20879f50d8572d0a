#include "store/s3/headers.h"

#include <algorithm>

#include "base/number.h"
#include "store/s3/answers.h"

namespace haul::store::s3 {
namespace {

constexpr std::string_view kMeta = "x-amz-meta-";

// RFC 9110: a token, and a value without control bytes.
bool fits_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char byte) {
        return byte > ' ' && byte < 0x7F && !std::string_view("()<>@,;:\\\"/[]?={}").contains(byte);
    });
}
bool fits_value(std::string_view value) {
    return std::ranges::none_of(
        value, [](char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; });
}

}  // namespace

Attributes attributes_of(const http::Answer& answer) {
    Attributes attributes;
    for (const http::Header& header : answer.headers) {
        if (header.name == "content-type") attributes.content_type = header.value;
        if (header.name.starts_with(kMeta))
            attributes.metadata[header.name.substr(kMeta.size())] = header.value;
    }
    attributes.mtime_ns = parse_http_time(std::string(answer.header("last-modified")));
    return attributes;
}

Version version_of(const http::Answer& answer) { return {std::string(answer.header("etag"))}; }

std::optional<std::uint32_t> whole_crc32_of(const http::Answer& answer) {
    if (answer.header("x-amz-checksum-type") == "COMPOSITE") return std::nullopt;
    return parse_crc32(answer.header("x-amz-checksum-crc32"));
}

std::optional<std::uint64_t> object_size_of(const http::Answer& answer) {
    const std::string_view range = answer.header("content-range");
    if (!range.empty()) return text::whole_number<std::uint64_t>(range.substr(range.rfind('/') + 1));
    return text::whole_number<std::uint64_t>(answer.header("content-length"));
}

Status put_attributes(http::Request& request, const Attributes& attributes, const ServiceOptions& options,
                      const std::string& subject) {
    const auto refuse = [&](const std::string& what) {
        return failure(make_error(Code::unsupported, "write", subject, what + " cannot be sent in a header"));
    };
    if (!fits_value(attributes.content_type)) return refuse("its content type");
    if (!attributes.content_type.empty())
        request.headers.push_back({"content-type", attributes.content_type});
    for (const auto& [name, value] : attributes.metadata) {
        if (!fits_name(name) || !fits_value(value)) return refuse("metadata `" + name + "`");
        request.headers.push_back({std::string(kMeta) + name, value});
    }
    if (!options.sse.empty()) request.headers.push_back({"x-amz-server-side-encryption", options.sse});
    if (!options.sse_key.empty())
        request.headers.push_back({"x-amz-server-side-encryption-aws-kms-key-id", options.sse_key});
    return {};
}

void put_storage_class(http::Request& request, const ServiceOptions& options) {
    if (!options.storage_class.empty())
        request.headers.push_back({"x-amz-storage-class", options.storage_class});
}

void put_condition(http::Request& request, const Condition& condition) {
    if (condition.kind == Condition::Kind::create_only) request.headers.push_back({"if-none-match", "*"});
    if (condition.kind == Condition::Kind::replace && !condition.version.tag.empty())
        request.headers.push_back({"if-match", condition.version.tag});
}

bool is_archive(std::string_view storage_class) {
    return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE";
}

}  // namespace haul::store::s3

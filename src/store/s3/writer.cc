#include "store/s3/writer.h"

#include <utility>
#include <vector>

#include "base/digest.h"
#include "store/s3/headers.h"
#include "store/s3/look_first.h"
#include "store/s3/name.h"

namespace haul::store::s3 {
namespace {

constexpr const char* kWrite = "write";

Status check(const Bucket& bucket, const Write& write) {
    const bool root = write.kind == Kind::folder && write.name == ".";
    if (!root) TRY(check_key_name(bucket, write.name, kWrite));
    if (write.kind == Kind::file || write.kind == Kind::folder) return {};
    return failure(Code::unsupported, kWrite, bucket.subject(write.name),
                   "S3 holds no " + std::string(name_of(write.kind)) + "s");
}

Result<http::Request> request_for(const Bucket& bucket, const Write& write) {
    http::Request request = bucket.request("PUT", key_of(bucket, write));
    if (write.kind == Kind::file) request.body = write.bytes;
    request.headers.push_back({"x-amz-checksum-crc32", crc32_text(digest::crc32(0, request.body))});
    put_condition(request, condition_sent(bucket, write.condition));
    TRY(put_attributes(request, write.attributes, bucket.options(), bucket.subject(write.name)));
    if (!write.is_record) put_storage_class(request, bucket.options());
    return request;
}

}  // namespace

Error checksum_error(Error error, std::span<const std::byte> bytes, std::uint32_t crc32) {
    if (error.code == Code::corrupt && digest::crc32(0, bytes) == crc32) error.retry = Retry::later;
    return error;
}

void write_objects(Bucket& bucket, std::span<Write> writes, const std::stop_token& stop) {
    std::vector<http::Exchange> exchanges;
    std::vector<Tried> tried;
    std::vector<std::size_t> index;
    for (Write& write : writes) write.result = check(bucket, write);
    look_first(bucket, writes, stop);
    for (std::size_t at = 0; at < writes.size(); ++at) {
        Write& write = writes[at];
        // The root is the bucket, or a prefix, which is there whenever something is.
        if (!write.result.has_value() || write.name == ".") continue;
        auto request = request_for(bucket, write);
        if (!request.has_value()) {
            write.result = failure(std::move(request).error());
            continue;
        }
        exchanges.push_back({std::move(*request), {}, {}});
        tried.push_back(
            {kWrite, bucket.subject(write.name), write.condition.kind == Condition::Kind::create_only});
        index.push_back(at);
    }
    bucket.send(exchanges, tried, stop);
    for (std::size_t at = 0; at < index.size(); ++at) {
        Write& write = writes[index[at]];
        write.result = std::move(exchanges[at].result);
        if (write.result.has_value()) {
            write.written = version_of(exchanges[at].answer);
        } else {
            const auto bytes = exchanges[at].request.body;
            Error error = checksum_error(std::move(write.result).error(), bytes, digest::crc32(0, bytes));
            // If-Match where nothing is: services say that the key is not there.
            const bool gone = write.condition.kind == Condition::Kind::replace &&
                              code_in(exchanges[at].answer) == "NoSuchKey";
            if (gone) error.code = Code::changed;
            write.result = failure(std::move(error));
        }
    }
}

}  // namespace haul::store::s3

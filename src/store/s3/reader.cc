#include "store/s3/reader.h"

#include <fmt/format.h>

#include <vector>

#include "base/digest.h"
#include "store/s3/headers.h"
#include "store/s3/name.h"

namespace haul::store::s3 {
namespace {

constexpr const char* kRead = "read";

// What no byte is asked of is only looked at: a range of nothing cannot be asked for.
http::Request request_for(const Bucket& bucket, const Read& read) {
    const bool look = read.into.empty();
    http::Request request = bucket.request(look ? "HEAD" : "GET", bucket.key_of(read.name));
    if (!look) {
        request.into = read.into;
        request.headers.push_back(
            {"range", fmt::format("bytes={}-{}", read.offset, read.offset + read.into.size() - 1)});
        request.headers.push_back({"x-amz-checksum-mode", "ENABLED"});
    }
    if (!read.version.tag.empty()) request.headers.push_back({"if-match", read.version.tag});
    return request;
}

Error shorter(const std::string& subject) {
    return make_error(Code::changed, kRead, subject, "it is shorter than the range asked for");
}

Status judge(http::Exchange& exchange, Read& read, const std::string& subject) {
    const http::Answer& answer = exchange.answer;
    if (!exchange.result.has_value()) {
        // A 206 that says itself that it has fewer bytes was not cut on the way.
        const auto size = object_size_of(answer);
        const bool whole_answer = answer.status == 206 && size && *size < read.offset + read.into.size();
        if (whole_answer) return failure(shorter(subject));
        return std::move(exchange.result);
    }
    const auto size = object_size_of(answer);
    if (size && *size < read.offset + read.into.size()) return failure(shorter(subject));
    if (!read.into.empty() && answer.status != 206 && (read.offset != 0 || size != read.into.size())) {
        return failure(Code::unsupported, kRead, subject, "the service does not honour ranges");
    }
    const Version seen = version_of(answer);
    if (!read.version.tag.empty() && seen != read.version)
        return failure(Code::changed, kRead, subject, "it is another version by now");
    const auto crc32 = whole_crc32_of(answer);
    const bool whole = size == read.into.size() && read.offset == 0 && !read.into.empty();
    if (crc32 && whole && digest::crc32(0, read.into) != *crc32) {
        Error error =
            make_error(Code::corrupt, kRead, subject, "its bytes do not match the service's own CRC-32");
        error.retry = Retry::later;
        return failure(std::move(error));
    }
    read.seen = seen;
    if (read.want_attributes) read.attributes = attributes_of(answer);
    return {};
}

}  // namespace

void read_ranges(Bucket& bucket, std::span<Read> reads, const std::stop_token& stop) {
    std::vector<http::Exchange> exchanges;
    std::vector<Tried> tried;
    std::vector<std::size_t> index;
    exchanges.reserve(reads.size());
    for (std::size_t at = 0; at < reads.size(); ++at) {
        reads[at].result = check_key_name(bucket, reads[at].name, kRead);
        if (!reads[at].result.has_value()) continue;
        exchanges.push_back({request_for(bucket, reads[at]), {}, {}});
        tried.push_back({kRead, bucket.subject(reads[at].name)});
        index.push_back(at);
    }
    bucket.send(exchanges, tried, stop);
    for (std::size_t at = 0; at < index.size(); ++at) {
        reads[index[at]].result = judge(exchanges[at], reads[index[at]], tried[at].subject);
    }
}

}  // namespace haul::store::s3

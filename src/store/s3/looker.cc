#include "store/s3/looker.h"

#include <utility>

#include "store/s3/headers.h"
#include "store/s3/listing.h"
#include "store/s3/name.h"

namespace haul::store::s3 {
namespace {

constexpr const char* kStat = "stat";

// A real question, though a root is always a folder: who asks wants to know whether the bucket is there and
// answers.
Result<Stat> look_at_root(Bucket& bucket, const StatRequest& request) {
    Stat stat;
    stat.object.name = ".";
    stat.object.kind = Kind::folder;
    const http::Answer answer = TRY(bucket.send(bucket.request("HEAD", ""), {kStat, bucket.address()}, {}));
    if (request.want_clock) stat.store_clock_ns = parse_http_time(std::string(answer.header("date")));
    return stat;
}

}  // namespace

Result<Stat> look_at(Bucket& bucket, const StatRequest& request) {
    if (request.name == ".") return look_at_root(bucket, request);
    TRY(check_key_name(bucket, request.name, kStat));
    const Tried tried{kStat, bucket.subject(request.name)};
    http::Request head = bucket.request("HEAD", bucket.key_of(request.name));
    head.headers.push_back({"x-amz-checksum-mode", "ENABLED"});
    auto answer = bucket.send(std::move(head), tried, {});
    Stat stat;
    stat.object.name = request.name;
    if (answer.has_value()) {
        stat.object.size = object_size_of(*answer).value_or(0);
        stat.object.version = version_of(*answer);
        stat.object.attributes = attributes_of(*answer);
        stat.object.crc32 = whole_crc32_of(*answer);
        stat.object.archived = is_archive(answer->header("x-amz-storage-class"));
        if (request.want_clock) stat.store_clock_ns = parse_http_time(std::string(answer->header("date")));
        return stat;
    }
    if (request.only_objects || answer.error().code != Code::not_found)
        return failure(std::move(answer).error());
    const KeyPage beneath = TRY(list_keys(bucket, bucket.key_of(request.name) + "/", 1, tried));
    if (beneath.keys.empty()) return failure(std::move(answer).error());
    stat.object.kind = Kind::folder;
    return stat;
}

}  // namespace haul::store::s3

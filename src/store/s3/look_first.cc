#include "store/s3/look_first.h"

#include <utility>
#include <vector>

namespace haul::store::s3 {
namespace {

bool by_looking(const Bucket& bucket, const Condition& condition) {
    return bucket.creates_by_looking() && condition.kind == Condition::Kind::create_only;
}

// What a HEAD's answer means for what is to be created.
Status absent(Status&& head, const Tried& tried) {
    if (head.has_value())
        return failure(Code::exists, tried.operation, tried.subject, "something is there already");
    if (head.error().code == Code::not_found) return {};
    return std::move(head);
}

}  // namespace

std::string key_of(const Bucket& bucket, const Write& write) {
    return bucket.key_of(write.name) + (write.kind == Kind::folder ? "/" : "");
}

Condition condition_sent(const Bucket& bucket, const Condition& condition) {
    return by_looking(bucket, condition) ? Condition() : condition;
}

void look_first(Bucket& bucket, std::span<Write> writes, const std::stop_token& stop) {
    std::vector<http::Exchange> exchanges;
    std::vector<Tried> tried;
    std::vector<Write*> asked;
    for (Write& write : writes) {
        // The root is there as soon as anything is, and nothing is written for it.
        if (!by_looking(bucket, write.condition) || !write.result.has_value() || write.name == ".") continue;
        exchanges.push_back({bucket.request("HEAD", key_of(bucket, write)), {}, {}});
        tried.push_back({"write", bucket.subject(write.name)});
        asked.push_back(&write);
    }
    if (asked.empty()) return;
    bucket.send(exchanges, tried, stop);
    for (std::size_t at = 0; at < asked.size(); ++at) {
        asked[at]->result = absent(std::move(exchanges[at].result), tried[at]);
    }
}

Status look_first(Bucket& bucket, const std::string& key, const Tried& tried) {
    const auto head = bucket.send(bucket.request("HEAD", key), tried, {});
    return absent(head.has_value() ? Status() : Status(failure(head.error())), tried);
}

}  // namespace haul::store::s3

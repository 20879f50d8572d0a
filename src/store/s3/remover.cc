#include "store/s3/remover.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/text.h"
#include "store/s3/headers.h"
#include "store/s3/listing.h"
#include "store/s3/looker.h"
#include "store/s3/name.h"

namespace haul::store::s3 {
namespace {

constexpr const char* kRemove = "remove";
constexpr std::size_t kAtOnce = 1000;  // DeleteObjects takes no more

Status gone_is_fine(Status result) {
    if (!result.has_value() && result.error().code == Code::not_found) return {};
    return result;
}

Status remove_key(Bucket& bucket, const std::string& key, const std::string& name,
                  const std::stop_token& stop) {
    const auto answer = bucket.send(bucket.request("DELETE", key), {kRemove, bucket.subject(name)}, stop);
    if (answer.has_value()) return {};
    return gone_is_fine(failure(answer.error()));
}

// Looked at first, and the condition sent too: services that know it close the gap between the two.
Status remove_version(Bucket& bucket, const Remove& remove, const std::stop_token& stop) {
    const Tried tried{kRemove, bucket.subject(remove.name)};
    const auto found = look_at(bucket, {.name = remove.name, .only_objects = true});
    if (!found.has_value()) return gone_is_fine(failure(found.error()));
    if (found->object.version != remove.version)
        return failure(Code::changed, kRemove, tried.subject, "it is another version by now");
    http::Request request = bucket.request("DELETE", bucket.key_of(remove.name));
    request.headers.push_back({"if-match", remove.version.tag});
    auto answer = bucket.send(std::move(request), tried, stop);
    const bool unknown = !answer.has_value() && answer.error().code == Code::unsupported;
    if (unknown) return remove_key(bucket, bucket.key_of(remove.name), remove.name, stop);
    if (answer.has_value()) return {};
    return gone_is_fine(failure(std::move(answer).error()));
}

Status remove_folder_key(Bucket& bucket, const Remove& remove, const std::stop_token& stop) {
    const Tried tried{kRemove, bucket.subject(remove.name)};
    const std::string key = bucket.key_of(remove.name) + "/";
    const KeyPage beneath = TRY(list_keys(bucket, key, 2, tried));
    if (std::ranges::any_of(beneath.keys, [&](const ListedKey& listed) { return listed.key != key; }))
        return failure(Code::exists, kRemove, tried.subject, "the folder is not empty");
    if (beneath.keys.empty()) return {};
    return remove_key(bucket, key, remove.name, stop);
}

std::string document_of(const Bucket& bucket, std::span<Remove* const> batch) {
    std::string xml = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>";
    for (const Remove* remove : batch)
        xml += "<Object><Key>" + xml_escaped(bucket.key_of(remove->name)) + "</Key></Object>";
    return xml + "</Delete>";
}

void remove_batch(Bucket& bucket, std::span<Remove* const> batch, const std::stop_token& stop) {
    const std::string xml = document_of(bucket, batch);
    const auto bytes = std::as_bytes(std::span(xml));
    http::Request request = bucket.request("POST", "", {{"delete", ""}});
    request.body = bytes;
    // Every service wants one checksum here, and this one all of them know.
    request.headers.push_back({"content-md5", text::base64(digest::of(digest::Algorithm::md5, bytes))});
    const auto answer = bucket.send(std::move(request), {kRemove, bucket.address()}, stop);
    const auto all = [&](const Error& error) {
        for (Remove* remove : batch)
            remove->result = failure(Error(error).within(kRemove, bucket.subject(remove->name)));
    };
    if (!answer.has_value()) return all(answer.error());
    const auto failed = parse_deleted(answer->body, bucket.address());
    if (!failed.has_value()) return all(failed.error());
    std::map<std::string, const ServiceError*> errors;
    for (const NotDeleted& item : *failed) errors[item.key] = &item.error;
    for (Remove* remove : batch) {
        const auto found = errors.find(bucket.key_of(remove->name));
        remove->result = {};
        if (found == errors.end()) continue;
        remove->result = gone_is_fine(
            failure(service_error(*found->second, 400, {kRemove, bucket.subject(remove->name)})));
    }
}

}  // namespace

void remove_objects(Bucket& bucket, std::span<Remove> removes, const std::stop_token& stop) {
    std::vector<Remove*> plain;
    for (Remove& remove : removes) {
        remove.result = check_key_name(bucket, remove.name, kRemove);
        if (!remove.result.has_value()) continue;
        if (stop.stop_requested()) {
            remove.result =
                failure(Code::interrupted, kRemove, bucket.subject(remove.name), "stopped on request");
        } else if (remove.folder) {
            remove.result = remove_folder_key(bucket, remove, stop);
        } else if (!remove.version.tag.empty()) {
            remove.result = remove_version(bucket, remove, stop);
        } else {
            plain.push_back(&remove);
        }
    }
    // The simplest request where one will do.
    if (plain.size() == 1) {
        Remove& only = *plain.front();
        only.result = remove_key(bucket, bucket.key_of(only.name), only.name, stop);
        return;
    }
    const std::span<Remove* const> all(plain);
    for (std::size_t at = 0; at < all.size(); at += kAtOnce)
        remove_batch(bucket, all.subspan(at, std::min(kAtOnce, all.size() - at)), stop);
}

}  // namespace haul::store::s3

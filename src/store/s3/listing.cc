#include "store/s3/listing.h"

#include <fmt/format.h>

#include <utility>

#include "store/s3/headers.h"
#include "store/s3/key_order.h"
#include "store/s3/name.h"

namespace haul::store::s3 {
namespace {

constexpr const char* kList = "list";

struct PageRequest {
    std::string prefix, token, start_after;
    unsigned most = 1000;
};

Result<KeyPage> fetch_page(Bucket& bucket, const PageRequest& wanted, const Tried& tried,
                           const std::stop_token& stop) {
    Query query;
    if (!wanted.token.empty()) query.emplace_back("continuation-token", wanted.token);
    query.emplace_back("encoding-type", "url");
    query.emplace_back("list-type", "2");
    query.emplace_back("max-keys", std::to_string(wanted.most));
    query.emplace_back("prefix", wanted.prefix);
    if (wanted.token.empty() && !wanted.start_after.empty())
        query.emplace_back("start-after", wanted.start_after);
    const http::Answer answer = TRY(bucket.send(bucket.request("GET", "", query), tried, stop));
    return parse_key_page(answer.body, tried.subject);
}

Object folder_object(std::string name) {
    Object object;
    object.name = std::move(name);
    object.kind = Kind::folder;
    return object;
}

// Of "a/": a key like "a//" or "/" is no folder's, it names an object.
bool is_folder_name(const std::string& name) {
    return name.size() > 1 && name.ends_with('/') && name[name.size() - 2] != '/';
}

class S3Listing final : public Listing {
  public:
    S3Listing(std::shared_ptr<Bucket> bucket, const ListRequest& request)
        : bucket_(std::move(bucket)), root_(request.prefix.empty() || request.prefix == ".") {
        name_ = root_ ? "." : request.prefix;
        wanted_.prefix = root_ ? bucket_->settings().prefix : bucket_->key_of(request.prefix) + "/";
        tried_ = {kList, bucket_->subject(name_)};
        if (request.after.empty()) return;
        begun_ = true;
        // The folder itself was the whole page: everything lies behind it.
        if (request.after != own_cursor()) last_ = bucket_->key_of(request.after);
        wanted_.start_after = last_;
    }

    Result<Page> next(const std::stop_token& stop) override {
        KeyPage keys = TRY(fetch_page(*bucket_, wanted_, tried_, stop));
        Page page;
        if (!begun_) {
            // A bucket may be empty; a prefix is there when something lies beneath it.
            if (keys.keys.empty() && !wanted_.prefix.empty()) return failure(nothing_beneath(tried_));
            page.objects.push_back(folder_object(name_));
        }
        begun_ = true;
        for (ListedKey& listed : keys.keys) TRY(take(std::move(listed), page));
        page.last = !keys.truncated;
        page.cursor = last_.empty() ? own_cursor() : bucket_->name_of(last_);
        wanted_.token = std::move(keys.token);
        return page;
    }

  private:
    [[nodiscard]] std::string own_cursor() const { return name_ + "/"; }

    Status take(ListedKey listed, Page& page) {
        const bool beneath = listed.key.starts_with(wanted_.prefix);
        if (!beneath || (!last_.empty() && !order_.accept(last_, listed.key))) {
            Error error = make_error(Code::corrupt, kList, tried_.subject,
                                     fmt::format("the service lists `{}` where it cannot stand", listed.key));
            error.retry = Retry::later;
            return failure(std::move(error));
        }
        last_ = listed.key;
        if (listed.key == wanted_.prefix) return {};  // the folder itself, which came first
        Object object;
        object.name = bucket_->name_of(listed.key);
        if (listed.size == 0 && is_folder_name(object.name)) {
            object.kind = Kind::folder;
            object.name.pop_back();
        }
        if (object.name == ".") {
            object.kind = Kind::unreadable;
            object.problem =
                std::make_shared<const Error>(make_error(Code::unsupported, kList, bucket_->subject("./."),
                                                         "a key `.` cannot be told from the folder"));
        }
        object.size = listed.size;
        if (object.kind == Kind::file) object.version.tag = std::move(listed.etag);
        object.attributes.mtime_ns = listed.mtime_ns;
        object.archived = is_archive(listed.storage_class);
        page.objects.push_back(std::move(object));
        return {};
    }

    std::shared_ptr<Bucket> bucket_;
    bool root_;
    std::string name_;
    Tried tried_;
    PageRequest wanted_;
    bool begun_ = false;
    std::string last_;  // key
    KeyOrder order_;
};

}  // namespace

Error nothing_beneath(const Tried& tried) {
    return make_error(Code::not_found, tried.operation, tried.subject, "no object lies beneath this prefix")
        .with_remedy("check bucket and prefix; upper and lower case differ");
}

Result<std::unique_ptr<Listing>> open_listing(std::shared_ptr<Bucket> bucket, const ListRequest& request) {
    const bool root = request.prefix.empty() || request.prefix == ".";
    if (!root) TRY(check_key_name(*bucket, request.prefix, kList));
    const std::string folder = root ? std::string() : request.prefix + "/";
    const bool fits = request.after.empty() || request.after == "./" || request.after.starts_with(folder);
    if (!fits)
        return failure(Code::usage, kList, bucket->subject(request.prefix),
                       "the cursor is of another listing");
    return std::unique_ptr<Listing>(std::make_unique<S3Listing>(std::move(bucket), request));
}

Result<KeyPage> list_keys(Bucket& bucket, const std::string& prefix, unsigned most, const Tried& tried) {
    return fetch_page(bucket, {.prefix = prefix, .token = {}, .start_after = {}, .most = most}, tried, {});
}

}  // namespace haul::store::s3

// floor pack BUCKET PREFIX KEY: every object beneath PREFIX, one after the other, into the object KEY.
// floor unpack BUCKET PREFIX KEY TARGET: objects named and sized as those beneath PREFIX, out of KEY, beneath
// TARGET.
//
// The floor of bench/pack_s3 and bench/unpack_s3: the requests that the work needs, on a bare curl loop
// (curl_loop.h), one thread, 64 in flight, CRC-32 of every byte, multipart pieces of 16 MiB. No ZIP, no
// manifest, no record of the job. Reads AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and
// AWS_SECRET_ACCESS_KEY.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <pugixml.hpp>

#include "base/digest.h"
#include "bench/curl_loop.h"
#include "store/s3/answers.h"

namespace haul::bench {
namespace {

constexpr std::uint64_t kPiece = std::uint64_t{16} << 20U;
constexpr std::uint64_t kMemory = std::uint64_t{192} << 20U;  // of pieces
constexpr std::size_t kInFlight = 64;

using Bytes = std::vector<std::byte>;

struct Object {
    std::string key;
    std::uint64_t size = 0;
};

class Service {
  public:
    explicit Service(const std::string& bucket) : url_(setting("AWS_ENDPOINT_URL") + "/" + bucket) {}
    CurlLoop& loop() { return loop_; }

    std::unique_ptr<Call> call(std::string method, const std::string& key,
                               const std::string& query = "") const {
        auto call = std::make_unique<Call>();
        call->request.method = std::move(method);
        call->request.url = url_ + "/" + store::s3::escape(key, true) + (query.empty() ? "" : "?" + query);
        return call;
    }
    std::unique_ptr<Call> get(const std::string& key, std::uint64_t from, std::span<std::byte> into) const {
        auto made = call("GET", key);
        made->into = into;
        made->request.headers.push_back(
            {"range", "bytes=" + std::to_string(from) + "-" + std::to_string(from + into.size() - 1)});
        return made;
    }
    std::unique_ptr<Call> put(const std::string& key, std::span<const std::byte> body, std::uint32_t crc,
                              const std::string& query = "") const {
        auto made = call("PUT", key, query);
        made->request.body = body;
        made->request.headers.push_back({"x-amz-checksum-crc32", store::s3::crc32_text(crc)});
        return made;
    }
    // Waits; others go on meanwhile.
    std::string ask(std::unique_ptr<Call> call) {
        std::optional<std::string> text;
        call->done = [&text](Call& ended) { text = std::move(ended.text); };
        loop_.start(std::move(call));
        while (!text) loop_.turn();
        return *std::move(text);
    }
    std::vector<Object> list(const std::string& prefix);

  private:
    CurlLoop loop_;
    std::string url_;
};

std::vector<Object> Service::list(const std::string& prefix) {
    std::vector<Object> objects;
    std::string token;
    do {
        const std::string begin =
            token.empty() ? "" : "continuation-token=" + store::s3::escape(token, false) + "&";
        const std::string text =
            ask(call("GET", "", begin + "list-type=2&prefix=" + store::s3::escape(prefix, false)));
        pugi::xml_document page;
        page.load_string(text.c_str());
        for (const auto& each : page.child("ListBucketResult").children("Contents"))
            objects.push_back({each.child_value("Key"), each.child("Size").text().as_ullong()});
        token = page.child("ListBucketResult").child_value("NextContinuationToken");
    } while (!token.empty());
    return objects;
}

// One object in pieces. `left`: those not yet sent.
struct Multipart {
    std::string key, id;
    std::size_t left = 0;
    std::map<std::size_t, std::string> parts = {};  // by number, in XML
};

std::shared_ptr<Multipart> begin_multipart(Service& service, const std::string& key, std::uint64_t size) {
    auto begin = service.call("POST", key, "uploads=");
    begin->request.headers.push_back({"x-amz-checksum-algorithm", "CRC32"});
    begin->request.headers.push_back({"x-amz-checksum-type", "FULL_OBJECT"});
    pugi::xml_document said;
    said.load_string(service.ask(std::move(begin)).c_str());
    return std::make_shared<Multipart>(key,
                                       said.child("InitiateMultipartUploadResult").child_value("UploadId"),
                                       static_cast<std::size_t>((size + kPiece - 1) / kPiece));
}

void complete(Service& service, const Multipart& upload) {
    auto body = std::make_shared<std::string>("<CompleteMultipartUpload>");
    for (const auto& [number, xml] : upload.parts) *body += xml;
    *body += "</CompleteMultipartUpload>";
    auto call = service.call("POST", upload.key, "uploadId=" + store::s3::escape(upload.id, false));
    call->request.body = std::as_bytes(std::span(*body));
    call->done = [body](Call&) {};
    service.loop().start(std::move(call));
}

// `bytes` live until `after` is called.
void put_piece(Service& service, const std::shared_ptr<Multipart>& upload, std::size_t number,
               std::span<const std::byte> bytes, std::function<void()> after) {
    const std::uint32_t crc = digest::crc32(0, bytes);
    auto put = service.put(
        upload->key, bytes, crc,
        "partNumber=" + std::to_string(number) + "&uploadId=" + store::s3::escape(upload->id, false));
    put->done = [&service, upload, number, crc, after = std::move(after)](Call& ended) {
        upload->parts[number] = "<Part><ChecksumCRC32>" + store::s3::crc32_text(crc) +
                                "</ChecksumCRC32><ETag>" + ended.etag + "</ETag><PartNumber>" +
                                std::to_string(number) + "</PartNumber></Part>";
        after();
        if (--upload->left == 0) complete(service, *upload);
    };
    service.loop().start(std::move(put));
}

// A piece of the whole while it is filled and sent.
struct Piece {
    Bytes bytes;
    std::uint64_t missing = 0;
};

class Pack {
  public:
    Pack(Service& service, std::vector<Object> objects, const std::string& key)
        : service_(service), objects_(std::move(objects)) {
        for (const Object& each : objects_) total_ += each.size;
        upload_ = begin_multipart(service_, key, total_);
    }
    void run() {
        std::uint64_t at = 0;
        for (const Object& each : objects_) {
            for (std::uint64_t from = 0; from < each.size;) {
                // A request ends where its piece does: it writes where the bytes stay.
                const std::uint64_t count = std::min(each.size - from, kPiece - at % kPiece);
                get(each.key, from, at, count);
                from += count;
                at += count;
            }
        }
        while (service_.loop().in_flight() > 0) service_.loop().turn();
    }

  private:
    void get(const std::string& key, std::uint64_t from, std::uint64_t at, std::uint64_t count) {
        const auto number = static_cast<std::size_t>(at / kPiece);
        while (service_.loop().in_flight() >= kInFlight ||
               (!pieces_.contains(number) && pieces_.size() * kPiece >= kMemory))
            service_.loop().turn();
        Piece& piece = pieces_[number];
        if (piece.bytes.empty()) {
            piece.missing = std::min(kPiece, total_ - number * kPiece);
            piece.bytes.resize(static_cast<std::size_t>(piece.missing));
        }
        auto call = service_.get(
            key, from,
            std::span(piece.bytes)
                .subspan(static_cast<std::size_t>(at % kPiece), static_cast<std::size_t>(count)));
        call->done = [this, number](Call& ended) {
            crc_ ^= digest::crc32(0, ended.into);  // each member's, as in its entry
            Piece& filled = pieces_.at(number);
            filled.missing -= ended.into.size();
            if (filled.missing > 0) return;
            put_piece(service_, upload_, number + 1, filled.bytes, [this, number] { pieces_.erase(number); });
        };
        service_.loop().start(std::move(call));
    }

    Service& service_;
    std::vector<Object> objects_;
    std::uint64_t total_ = 0;
    std::shared_ptr<Multipart> upload_;
    std::map<std::size_t, Piece> pieces_;
    std::uint32_t crc_ = 0;
};

// A range of the packed object: some whole small objects, or a piece of a large one.
struct Batch {
    std::uint64_t from = 0, size = 0;
    std::vector<Object> objects = {};
    std::shared_ptr<Multipart> upload = nullptr;
    std::size_t number = 0;
    Bytes bytes = {};
    std::size_t unsent = 0;
};

class Unpack {
  public:
    Unpack(Service& service, std::string key, std::string cut, std::string target)
        : service_(service), key_(std::move(key)), cut_(std::move(cut)), target_(std::move(target)) {}
    void run(const std::vector<Object>& objects) {
        auto batch = std::make_shared<Batch>();
        std::uint64_t at = 0;
        for (Object object : objects) {
            object.key = target_ + object.key.substr(cut_.size());
            if (!batch->objects.empty() && batch->size + object.size > kPiece) {
                fetch(std::exchange(batch, std::make_shared<Batch>()));
            }
            if (object.size > kPiece) {
                large(object, at);
            } else {
                if (batch->objects.empty()) batch->from = at;
                batch->size += object.size;
                batch->objects.push_back(object);
            }
            at += object.size;
        }
        if (!batch->objects.empty()) fetch(batch);
        while (service_.loop().in_flight() > 0 || !waiting_.empty()) turn();
    }

  private:
    void large(const Object& object, std::uint64_t at) {
        const auto upload = begin_multipart(service_, object.key, object.size);
        std::size_t number = 0;
        for (std::uint64_t done = 0; done < object.size; done += kPiece) {
            fetch(std::make_shared<Batch>(at + done, std::min(kPiece, object.size - done),
                                          std::vector<Object>(), upload, ++number));
        }
    }
    void fetch(const std::shared_ptr<Batch>& batch) {
        while (service_.loop().in_flight() >= kInFlight || held_ >= kMemory) turn();
        held_ += kPiece;
        batch->bytes.resize(static_cast<std::size_t>(batch->size));
        auto call = service_.get(key_, batch->from, batch->bytes);
        call->done = [this, batch](Call&) { send(batch); };
        if (batch->size == 0) return send(batch);
        service_.loop().start(std::move(call));
    }
    void send(const std::shared_ptr<Batch>& batch) {
        if (batch->upload) {
            crc_ ^= digest::crc32(0, batch->bytes);
            return put_piece(service_, batch->upload, batch->number, batch->bytes,
                             [this, batch] { held_ -= kPiece; });
        }
        batch->unsent = batch->objects.size();
        std::size_t at = 0;
        for (const Object& each : batch->objects) {
            waiting_.push_back({batch, at, &each});
            at += static_cast<std::size_t>(each.size);
        }
    }
    void turn() {
        while (!waiting_.empty() && service_.loop().in_flight() < kInFlight) {
            const auto [batch, at, object] = waiting_.front();
            waiting_.pop_front();
            const auto bytes = std::span(batch->bytes).subspan(at, static_cast<std::size_t>(object->size));
            const std::uint32_t crc = digest::crc32(0, bytes);  // proves the entry, and goes along
            auto put = service_.put(object->key, bytes, crc);
            put->done = [this, batch](Call&) {
                if (--batch->unsent == 0) held_ -= kPiece;
            };
            service_.loop().start(std::move(put));
        }
        service_.loop().turn();
    }

    struct Waiting {
        std::shared_ptr<Batch> batch;
        std::size_t at;
        const Object* object;
    };
    Service& service_;
    std::string key_, cut_, target_;
    std::deque<Waiting> waiting_;
    std::uint64_t held_ = 0;
    std::uint32_t crc_ = 0;
};

}  // namespace
}  // namespace haul::bench

int main(int count, char** words) {
    using namespace haul::bench;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const std::vector<std::string> said(words + 1, words + count);
    if (said.size() < 4) die("pack BUCKET PREFIX KEY, or unpack BUCKET PREFIX KEY TARGET");
    Service service(said[1]);
    std::vector<Object> objects = service.list(said[2]);
    if (said[0] == "pack") {
        Pack(service, std::move(objects), said[3]).run();
    } else if (said[0] == "unpack" && said.size() == 5) {
        Unpack(service, said[3], said[2], said[4]).run(objects);
    } else {
        die("pack or unpack");
    }
    return 0;
}

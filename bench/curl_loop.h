// The plainest loop over libcurl's multi interface: what the floor of the S3 benchmarks stands on.
//
// No window, no retries, no silence looked for: anything but a 2xx ends the program. Of Haul's own code only
// the signature is used (store/s3/sign.h), so that both pay the same for it.
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "store/s3/sign.h"

namespace haul::bench {

struct Call {
    http::Request request;
    std::span<std::byte> into = {};  // where the body goes; empty: to `text`
    std::function<void(Call&)> done = {};
    std::size_t received = 0;
    std::string text = {}, etag = {};
    std::vector<std::string> lines = {};
    std::vector<curl_slist> list = {};
};

[[noreturn]] inline void die(const std::string& why) {
    std::fputs(("floor: " + why + "\n").c_str(), stderr);
    std::exit(1);
}

inline std::string setting(const char* name) {
    const char* value = std::getenv(name);
    if (!value) die(std::string("no ") + name);
    return value;
}

class CurlLoop {
  public:
    CurlLoop() : multi_(curl_multi_init()) { curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 256L); }
    CurlLoop(const CurlLoop&) = delete;
    CurlLoop& operator=(const CurlLoop&) = delete;
    ~CurlLoop() = default;  // the process ends with it

    [[nodiscard]] std::size_t in_flight() const { return in_flight_; }

    void start(std::unique_ptr<Call> call) {
        signer_.sign(call->request, credentials_, std::chrono::system_clock::now());
        CURL* easy = handle();
        Call* said = call.release();
        set_request(easy, *said);
        curl_easy_setopt(easy, CURLOPT_PRIVATE, said);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, said);
        curl_easy_setopt(easy, CURLOPT_HEADERDATA, said);
        curl_multi_add_handle(multi_, easy);
        ++in_flight_;
    }

    // Moves bytes, and calls `done` of all that ended.
    void turn() {
        int running = 0;
        curl_multi_perform(multi_, &running);
        int left = 0;
        bool ended = false;
        while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
            end(message->easy_handle, message->data.result);
            ended = true;
        }
        if (!ended) curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }

  private:
    CURL* handle() {
        if (!idle_.empty()) {
            CURL* easy = idle_.back();
            idle_.pop_back();
            return easy;
        }
        CURL* easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 64L << 10U);
        curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 512L << 10U);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body);
        curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &take_header);
        return easy;
    }

    static void set_request(CURL* easy, Call& call) {
        call.lines.assign({"Expect:", "Content-Type:"});
        for (const auto& [name, value] : call.request.headers) call.lines.push_back(name + ": " + value);
        call.list.resize(call.lines.size());
        for (std::size_t at = 0; at < call.list.size(); ++at)
            call.list[at] = {call.lines[at].data(), at + 1 < call.list.size() ? &call.list[at + 1] : nullptr};
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call.list.data());
        curl_easy_setopt(easy, CURLOPT_URL, call.request.url.c_str());
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.request.method.c_str());
        if (call.request.method == "GET") return;
        const std::span<const std::byte> body = call.request.body;
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.empty() ? "" : static_cast<const void*>(body.data()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    }

    static std::size_t take_body(char* data, std::size_t, std::size_t count, void* self) {
        Call& call = *static_cast<Call*>(self);
        if (call.into.empty()) {
            call.text.append(data, count);
        } else {
            if (count > call.into.size() - call.received) return 0;
            std::memcpy(call.into.data() + call.received, data, count);
        }
        call.received += count;
        return count;
    }

    static std::size_t take_header(char* data, std::size_t, std::size_t count, void* self) {
        const std::string_view line(data, count);
        if (line.size() > 8 && (line.starts_with("ETag: ") || line.starts_with("Etag: ")))
            static_cast<Call*>(self)->etag = line.substr(6, line.size() - 8);
        return count;
    }

    void end(CURL* easy, CURLcode code) {
        Call* said = nullptr;
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &said);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        const std::unique_ptr<Call> call(said);
        curl_multi_remove_handle(multi_, easy);
        idle_.push_back(easy);
        --in_flight_;
        if (code != CURLE_OK || status / 100 != 2 ||
            (!call->into.empty() && call->received != call->into.size()))
            die(call->request.method + " " + call->request.url + ": " + curl_easy_strerror(code) + ", " +
                std::to_string(status) + " " + call->text);
        if (call->done) call->done(*call);
    }

    CURLM* multi_;
    std::vector<CURL*> idle_;
    std::size_t in_flight_ = 0;
    store::s3::Signer signer_{setting("AWS_REGION")};
    store::s3::Credentials credentials_{setting("AWS_ACCESS_KEY_ID"), setting("AWS_SECRET_ACCESS_KEY"), ""};
};

}  // namespace haul::bench

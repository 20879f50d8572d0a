// For tests only: a server of one media file that does with ranges, versions and connections what the test
// says.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "http/scripted_server.h"

namespace haul::collect::test {

struct Behaviour {
    std::string body{};
    std::string headers = "ETag: \"v1\"\r\nContent-Type: audio/mpeg\r\n";
    std::string validator = "\"v1\"";  // of its version, as If-Range has to name it
    bool ranges = true;
    bool heeds_if_range = true;
    std::vector<std::size_t>
        cuts{};             // after how many bytes of a body its connection closes: of the first, ...
    std::size_t shift = 0;  // of where a part begins from where it was asked for
    bool says_total = true;
    std::size_t longest_part = SIZE_MAX;
};

class MediaServer {
  public:
    explicit MediaServer(Behaviour behaviour)
        : now_(std::move(behaviour)),
          server_([this](const http::Seen& seen, http::Line& line) { serve(seen, line); }) {}

    void become(Behaviour behaviour) {
        const std::scoped_lock hold(lock_);
        now_ = std::move(behaviour);
    }
    [[nodiscard]] std::string url(std::string_view path = "/a.mp3") const { return server_.url(path); }
    // The Range and If-Range of each request, "" where there was none.
    [[nodiscard]] std::vector<std::string> asked() {
        const std::scoped_lock hold(lock_);
        return asked_;
    }

  private:
    static std::string header(const http::Seen& seen, const char* name) {
        const auto at = seen.headers.find(name);
        return at == seen.headers.end() ? "" : at->second;
    }
    void serve(const http::Seen& seen, http::Line& line) {
        const std::unique_lock hold(lock_);
        const std::string range = header(seen, "Range");
        const std::string condition = header(seen, "If-Range");
        asked_.push_back(condition.empty() ? range : range + " if " + condition);
        std::size_t first = 0;
        std::size_t end = now_.body.size();
        const bool same = condition.empty() || condition == now_.validator || !now_.heeds_if_range;
        const bool part = now_.ranges && same && range.starts_with("bytes=");
        if (part) {
            std::from_chars(range.data() + 6, range.data() + range.size(), first);
            const auto dash = range.find('-');
            std::size_t last = 0;
            if (std::from_chars(range.data() + dash + 1, range.data() + range.size(), last).ec == std::errc())
                end = std::min(end, last + 1);
        }
        if (part && first >= now_.body.size()) {
            line.send(http::reply(
                416, "", fmt::format("{}Content-Range: bytes */{}\r\n", now_.headers, now_.body.size())));
            return;
        }
        if (part) end = std::min(end, first + std::min(now_.longest_part, now_.body.size()));
        first += part ? now_.shift : 0;
        const std::string_view bytes = std::string_view(now_.body).substr(first, end - first);
        const std::string total = now_.says_total ? std::to_string(now_.body.size()) : "*";
        std::string head = now_.headers;
        if (part) head += fmt::format("Content-Range: bytes {}-{}/{}\r\n", first, end - 1, total);
        line.send(fmt::format("HTTP/1.1 {} Text\r\n{}Content-Length: {}\r\n\r\n", part ? 206 : 200, head,
                              bytes.size()));
        if (now_.cuts.empty()) {
            line.send(bytes);
            return;
        }
        line.send(bytes.substr(0, now_.cuts.front()));
        now_.cuts.erase(now_.cuts.begin());
        line.close();
    }

    std::mutex lock_;
    Behaviour now_;
    std::vector<std::string> asked_;
    http::ScriptedServer server_;
};

}  // namespace haul::collect::test

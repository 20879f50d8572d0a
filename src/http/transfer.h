// One libcurl easy handle, used for one request after another; options that never change are set once.
#pragma once

#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/client.h"

namespace haul::http {

// Two kinds of handle, since a handle's buffers are allocated for each request.
enum class Size : std::uint8_t { small, large };
[[nodiscard]] Size size_of(const Request& request);

// Stays where it is while in use: libcurl knows its address. Belongs to one loop.
class Transfer {
  public:
    // Null: no memory.
    [[nodiscard]] static std::unique_ptr<Transfer> create(const ClientOptions& options, Size size);
    ~Transfer();
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    // Makes the handle ready for `exchange`, whose answer and result begin anew. An error: the request cannot
    // be sent (Code::usage).
    [[nodiscard]] Status begin(Exchange& exchange, clock::Nanoseconds now);
    // Fills the exchange's result from how libcurl ended it.
    void end(CURLcode code);
    // Ends it with an error instead.
    void end(Error error);

    // Bytes moved on its socket.
    void moved(clock::Nanoseconds now) { moved_ = now; }
    // Sees what moved since it last looked, also what the kernel has delivered meanwhile: to be called
    // several times in the span that silence is allowed to last.
    void look(clock::Nanoseconds now);
    // By what look() saw: no byte has moved for longer than `options` allow.
    [[nodiscard]] bool silent(const ClientOptions& options, clock::Nanoseconds now) const;
    // It takes longer than its request allows.
    [[nodiscard]] bool overdue(clock::Nanoseconds now) const;
    // The part of look() that can be asked of a request that has ended.
    void look_at_received();
    // By what was looked at: when a byte of a body last moved, those of answers that tell of a failure
    // excepted; zero: none yet.
    [[nodiscard]] clock::Nanoseconds body_moved() const { return body_moved_; }
    // All of the request was delivered, and the service works on its answer.
    [[nodiscard]] bool computing() const;
    [[nodiscard]] Error silence_error(const ClientOptions& options) const;
    [[nodiscard]] Error overdue_error() const;

    [[nodiscard]] CURL* handle() const { return easy_; }
    [[nodiscard]] Size size() const { return size_; }
    [[nodiscard]] Exchange& exchange() const { return *exchange_; }
    [[nodiscard]] clock::Nanoseconds began() const { return began_; }
    [[nodiscard]] std::uint64_t received() const { return received_; }
    [[nodiscard]] std::uint64_t sent() const;
    // The host's name is known by now: a connection is being made, or was there.
    [[nodiscard]] bool reached() const { return reached_; }
    // As libcurl says: -1 where it has none.
    void use_socket(int socket) { socket_ = socket; }

    std::size_t lane = 0, place = 0;  // the loop's: which lane, and where in its list of those under way

  private:
    Transfer(CURL* easy, Size size, const ClientOptions& options)
        : easy_(easy), size_(size), options_(options) {}
    [[nodiscard]] bool set_constant();
    [[nodiscard]] Status set_headers(const Request& request);
    [[nodiscard]] bool set_method(const Request& request);
    [[nodiscard]] Status set_way(const Request& request);
    [[nodiscard]] bool may_connect(const sockaddr& address);
    [[nodiscard]] Error refused_error() const;
    [[nodiscard]] bool hand_over(std::string_view bytes);
    std::size_t take_header(std::string_view line);
    std::size_t take_body(std::string_view bytes);
    [[nodiscard]] bool is_for_into() const;
    static curl_socket_t open_callback(void* self, curlsocktype, curl_sockaddr* address) noexcept;
    static int opened_callback(void* self, curl_socket_t, curlsocktype) noexcept;
    static int ready_callback(void* self, char*, char*, int, int) noexcept;
    static std::size_t header_callback(char* data, std::size_t, std::size_t count, void* self) noexcept;
    static std::size_t body_callback(char* data, std::size_t, std::size_t count, void* self) noexcept;

    CURL* easy_;
    Size size_;
    const ClientOptions& options_;
    Exchange* exchange_ = nullptr;
    clock::Nanoseconds began_{}, moved_{}, body_moved_{};
    std::uint64_t received_ = 0;   // of the body
    std::uint64_t seen_ = 0;       // of received_, at the last look
    std::uint64_t delivered_ = 0;  // of the request's body, acknowledged by the other side
    bool delivered_all_ = false;
    bool too_long_ = false;  // the body was longer than there was room for
    bool head_whole_ = false;
    bool enough_ = false;              // Request::take had enough
    std::optional<Error> take_error_;  // its error
    std::optional<Error> refused_;     // why an address was not connected to
    bool tried_ = false;               // one of the name's addresses may be connected to
    bool by_proxy_ = false;
    int socket_ = -1;
    bool reached_ = false;
    bool ready_ = false;              // it was about to be sent, at least once
    std::vector<std::string> lines_;  // the list of headers: libcurl reads it where it is
    std::vector<curl_slist> list_;
    std::array<char, CURL_ERROR_SIZE> error_text_{};
};

}  // namespace haul::http

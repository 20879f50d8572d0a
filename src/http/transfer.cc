#include "http/transfer.h"

#include <fmt/format.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "http/address.h"
#include "http/curl_error.h"
#include "http/literal_address.h"
#include "http/proxy.h"
#include "http/url.h"

namespace haul::http {
namespace {

constexpr std::size_t kLarge = std::size_t{256} << 10U;  // bodies from here on get
constexpr long kLargeBuffer = 512L << 10U;               // buffers of this size,
constexpr long kSmallBuffer = 16L << 10U;                // others of this

}  // namespace

Size size_of(const Request& request) {
    if (request.take) return Size::large;
    return std::max(request.into.size(), request.body.size()) >= kLarge ? Size::large : Size::small;
}

std::unique_ptr<Transfer> Transfer::create(const ClientOptions& options, Size size) {
    CURL* easy = curl_easy_init();
    if (!easy) return nullptr;
    std::unique_ptr<Transfer> transfer(new Transfer(easy, size, options));
    if (!transfer->set_constant()) return nullptr;
    return transfer;
}

Transfer::~Transfer() { curl_easy_cleanup(easy_); }

bool Transfer::set_constant() {
    const ClientOptions& options = options_;
    const auto set = [this](CURLoption option, auto value) {
        return curl_easy_setopt(easy_, option, value) == CURLE_OK;
    };
    const long buffer = size_ == Size::large ? kLargeBuffer : kSmallBuffer;
    const bool ca = options.ca_file.empty() || set(CURLOPT_CAINFO, options.ca_file.c_str());
    // libcurl opens sockets itself where nothing is to be looked at.
    const bool guarded = !options.may_connect ||
                         (set(CURLOPT_OPENSOCKETFUNCTION, &open_callback) &&
                          set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this)) && set(CURLOPT_NOPROXY, ""));
    return ca && guarded && set(CURLOPT_PRIVATE, static_cast<void*>(this)) &&
           set(CURLOPT_ERRORBUFFER, error_text_.data()) && set(CURLOPT_NOSIGNAL, 1L) &&
           set(CURLOPT_PROTOCOLS_STR, "http,https") && set(CURLOPT_FOLLOWLOCATION, 0L) &&
           set(CURLOPT_PATH_AS_IS, 1L) && set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1}) &&
           set(CURLOPT_TCP_NODELAY, 1L) && set(CURLOPT_TCP_KEEPALIVE, 1L) &&
           set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count())) &&
           set(CURLOPT_USERAGENT, options.user_agent.c_str()) && set(CURLOPT_BUFFERSIZE, buffer) &&
           set(CURLOPT_UPLOAD_BUFFERSIZE, buffer) && set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
           set(CURLOPT_PREREQFUNCTION, &ready_callback) &&
           set(CURLOPT_PREREQDATA, static_cast<void*>(this)) &&
           set(CURLOPT_SOCKOPTFUNCTION, &opened_callback) &&
           set(CURLOPT_SOCKOPTDATA, static_cast<void*>(this)) &&
           set(CURLOPT_HEADERFUNCTION, &header_callback) &&
           set(CURLOPT_HEADERDATA, static_cast<void*>(this)) && set(CURLOPT_WRITEFUNCTION, &body_callback) &&
           set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

Status Transfer::begin(Exchange& exchange, clock::Nanoseconds now) {
    exchange_ = &exchange;
    exchange.answer = {};
    exchange.result = {};
    exchange.repeated = false;
    began_ = moved_ = now;
    body_moved_ = {};
    received_ = seen_ = delivered_ = 0;
    delivered_all_ = exchange.request.body.empty();
    too_long_ = head_whole_ = enough_ = by_proxy_ = tried_ = false;
    take_error_.reset();
    refused_.reset();
    socket_ = -1;
    reached_ = ready_ = false;
    error_text_[0] = '\0';
    const Request& request = exchange.request;
    if (origin_of(request.url).empty())
        return failure(request_error(Code::usage, request, "no http or https URL"));
    TRY(set_headers(request));
    TRY(set_way(request));
    if (!set_method(request) || curl_easy_setopt(easy_, CURLOPT_URL, request.url.c_str()) != CURLE_OK)
        return failure(request_error(Code::unavailable, request, "libcurl took no option: out of memory"));
    return {};
}

// To libcurl an empty proxy is none, whatever the environment says, and null is as the environment says.
// Where addresses are looked at we say it, to know whose address is seen.
Status Transfer::set_way(const Request& request) {
    if (!options_.may_connect) {
        curl_easy_setopt(easy_, CURLOPT_PROXY, is_at_hand(request.url) ? "" : nullptr);
        return {};
    }
    const auto url = parse_url(request.url);
    if (!url) return failure(request_error(Code::usage, request, "the URL makes no sense"));
    const std::string proxy = proxy_for(*url);
    by_proxy_ = !proxy.empty();
    curl_easy_setopt(easy_, CURLOPT_PROXY, proxy.c_str());
    const auto literal = literal_address(url->host);
    if (by_proxy_ && literal && !may_connect(literal->as_socket_address())) return failure(refused_error());
    return {};
}

bool Transfer::may_connect(const sockaddr& address) {
    auto allowed = options_.may_connect(address);
    if (allowed) return true;
    refused_ = std::move(allowed).error();
    return false;
}

Error Transfer::refused_error() const {
    return Error(*refused_).within(exchange_->request.method, shown_url(exchange_->request.url));
}

curl_socket_t Transfer::open_callback(void* self, curlsocktype, curl_sockaddr* address) noexcept {
    auto& transfer = *static_cast<Transfer*>(self);
    if (!transfer.by_proxy_ && !transfer.may_connect(address->addr)) return CURL_SOCKET_BAD;
    transfer.tried_ = true;
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

Status Transfer::set_headers(const Request& request) {
    // libcurl's own habits that we do not want: waiting for "100 Continue", and calling bodies forms.
    lines_.assign({"Expect:"});
    bool typed = false;
    for (const Header& each : request.headers) {
        if (each.name.empty() || each.name.find_first_of(":\r\n") != std::string::npos ||
            each.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
            return failure(request_error(Code::usage, request, "a header that cannot be sent"));
        typed = typed || ::strcasecmp(each.name.c_str(), "content-type") == 0;
        // libcurl's way to write a header without value.
        lines_.push_back(each.value.empty() ? each.name + ";" : each.name + ": " + each.value);
    }
    if (!typed) lines_.emplace_back("Content-Type:");
    list_.resize(lines_.size());
    for (std::size_t i = 0; i < lines_.size(); ++i)
        list_[i] = {.data = lines_[i].data(), .next = i + 1 < list_.size() ? &list_[i + 1] : nullptr};
    if (curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, list_.data()) != CURLE_OK)
        return failure(request_error(Code::unavailable, request, "out of memory"));
    return {};
}

// Every body goes as libcurl's POST fields, under the method's own name: libcurl reads them where they are,
// sends small ones in one packet with the head, and can send them again on another connection by itself.
bool Transfer::set_method(const Request& request) {
    const auto set = [this](CURLoption option, auto value) {
        return curl_easy_setopt(easy_, option, value) == CURLE_OK;
    };
    const char* const plain = nullptr;
    if (request.method == "HEAD") return set(CURLOPT_CUSTOMREQUEST, plain) && set(CURLOPT_NOBODY, 1L);
    if (!set(CURLOPT_HTTPGET, 1L)) return false;
    const bool body = !request.body.empty() || request.method == "PUT" || request.method == "POST";
    if (!body) return set(CURLOPT_CUSTOMREQUEST, request.method == "GET" ? plain : request.method.c_str());
    const void* const fields = request.body.empty() ? "" : static_cast<const void*>(request.body.data());
    return set(CURLOPT_POST, 1L) && set(CURLOPT_POSTFIELDS, fields) &&
           set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size())) &&
           set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

int Transfer::opened_callback(void* self, curl_socket_t, curlsocktype) noexcept {
    static_cast<Transfer*>(self)->reached_ = true;
    return CURL_SOCKOPT_OK;
}

// Also where a kept connection is used; once more before libcurl repeats the request on another.
int Transfer::ready_callback(void* self, char*, char*, int, int) noexcept {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.reached_ = true;
    transfer.exchange_->repeated = transfer.ready_;
    transfer.ready_ = true;
    return CURL_PREREQFUNC_OK;
}

std::size_t Transfer::header_callback(char* data, std::size_t, std::size_t count, void* self) noexcept {
    return static_cast<Transfer*>(self)->take_header({data, count});
}

std::size_t Transfer::take_header(std::string_view line) {
    const std::size_t whole = line.size();
    Answer& answer = exchange_->answer;
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {  // after a "100 Continue" another head follows
        answer.headers.clear();
        const auto space = line.find(' ');
        const std::string_view code = space == std::string_view::npos ? "" : line.substr(space + 1);
        std::from_chars(code.data(), code.data() + code.size(), answer.status);
        return whole;
    }
    if (line.empty() && answer.status >= 200 && !std::exchange(head_whole_, true) &&
        exchange_->request.take && !hand_over({}))
        return 0;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return whole;
    Header header{std::string(line.substr(0, colon)), {}};
    std::ranges::transform(header.name, header.name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    header.value = value;
    answer.headers.push_back(std::move(header));
    return whole;
}

bool Transfer::is_for_into() const {
    const int status = exchange_->answer.status;
    return (status == 200 || status == 206) && !exchange_->request.into.empty();
}

std::size_t Transfer::body_callback(char* data, std::size_t, std::size_t count, void* self) noexcept {
    return static_cast<Transfer*>(self)->take_body({data, count});
}

bool Transfer::hand_over(std::string_view bytes) {
    received_ += bytes.size();
    auto more = exchange_->request.take(exchange_->answer, std::as_bytes(std::span(bytes)));
    if (more && *more) return true;
    enough_ = more.has_value();
    if (!more) take_error_ = std::move(more).error();
    return false;
}

std::size_t Transfer::take_body(std::string_view bytes) {
    if (exchange_->request.take) return hand_over(bytes) ? bytes.size() : CURL_WRITEFUNC_ERROR;
    const bool direct = is_for_into();
    const Request& request = exchange_->request;
    const std::size_t room = direct ? request.into.size() : request.body_limit;
    if (bytes.size() > room - received_) {
        too_long_ = true;
        return CURL_WRITEFUNC_ERROR;
    }
    if (direct) {
        std::memcpy(request.into.data() + received_, bytes.data(), bytes.size());
    } else {
        exchange_->answer.body.append(bytes);
    }
    received_ += bytes.size();
    return bytes.size();
}

void Transfer::end(CURLcode code) {
    const Request& request = exchange_->request;
    if (take_error_) return end(*std::move(take_error_));
    if (enough_) return;
    if (refused_ && !tried_ && code == CURLE_COULDNT_CONNECT) return end(refused_error());
    if (too_long_ && is_for_into())
        return end(
            request_error(Code::unavailable, request,
                          fmt::format("body longer than the {} bytes asked for", request.into.size())));
    if (too_long_)
        return end(request_error(Code::corrupt, request,
                                 fmt::format("answer longer than {} bytes", request.body_limit)));
    if (code != CURLE_OK) {
        long os_error = 0;
        long proxy_status = 0;
        curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
        curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
        return end(error_of({code, error_text_.data(), static_cast<int>(os_error), received_, proxy_status},
                            request));
    }
    exchange_->result = {};
    // Whole by its own head, which stays: it may say that there is no more to be had.
    if (is_for_into() && request.method != "HEAD" && received_ != request.into.size())
        exchange_->result =
            failure(request_error(Code::unavailable, request,
                                  fmt::format("body cut: {} of {} bytes", received_, request.into.size())));
}

void Transfer::end(Error error) {
    exchange_->answer = {};
    exchange_->result = failure(std::move(error));
}

std::uint64_t Transfer::sent() const {
    curl_off_t sent = 0;
    curl_easy_getinfo(easy_, CURLINFO_SIZE_UPLOAD_T, &sent);
    return static_cast<std::uint64_t>(sent);
}

void Transfer::look_at_received() {
    if (received_ != seen_ && !tells_of_failure(exchange_->answer.status)) body_moved_ = moved_;
    seen_ = received_;
}

void Transfer::look(clock::Nanoseconds now) {
    look_at_received();
    if (!delivered_all_) {
        // What libcurl wrote may still lie in the kernel, for minutes on a slow line: only what the other
        // side acknowledged has moved.
        int held = 0;
        if (socket_ < 0 || ::ioctl(socket_, SIOCOUTQ, &held) != 0) held = 0;
        const std::uint64_t written = sent();
        const std::uint64_t delivered =
            written - std::min<std::uint64_t>(written, static_cast<unsigned>(held));
        if (delivered != delivered_) moved_ = body_moved_ = now;
        delivered_ = delivered;
        delivered_all_ = held == 0 && written >= exchange_->request.body.size();
    }
}

bool Transfer::computing() const { return exchange_->request.computed && ready_ && delivered_all_; }

bool Transfer::silent(const ClientOptions& options, clock::Nanoseconds now) const {
    return now - moved_ >= (computing() ? options.computed_silence : options.silence);
}

bool Transfer::overdue(clock::Nanoseconds now) const {
    const auto longest = exchange_->request.longest;
    return longest.count() > 0 && now - began_ >= longest;
}

Error Transfer::overdue_error() const {
    return request_error(Code::timed_out, exchange_->request,
                         fmt::format("not done after {}", span_text(exchange_->request.longest)));
}

Error Transfer::silence_error(const ClientOptions& options) const {
    return request_error(
        Code::unavailable, exchange_->request,
        fmt::format("no byte for {}", span_text(computing() ? options.computed_silence : options.silence)));
}

}  // namespace haul::http

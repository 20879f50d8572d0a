#include "flow/collect/web/reach.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/number.h"
#include "base/version.h"
#include "flow/collect/web/public_address.h"
#include "http/address.h"
#include "http/date.h"

namespace haul::collect {
namespace {

constexpr int kMostRedirects = 10;
constexpr int kMostPauses = 3;
// Of a body that nobody wants: so much is read to keep the connection, no more.
constexpr std::uint64_t kUnwanted = 64U << 10U;

// The operation by which refusals of our own are known.
constexpr const char* kConnect = "connect";

Status may_connect(const sockaddr& address) {
    const std::string_view why = not_public(address);
    if (why.empty()) return {};
    return failure(make_error(Code::denied, kConnect, "", fmt::format("its address is {}, not public", why))
                       .with_remedy("set limits.allow_private = true in the plan if that is meant"));
}

http::ClientOptions client_options_of(const WebOptions& options) {
    http::ClientOptions client{.connections = std::max(options.per_host, 8U),
                               .user_agent = user_agent_of(options.contact),
                               .ca_file = options.ca_file};
    if (!options.allow_private) client.may_connect = guard_of(options);
    return client;
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// RFC 9110, 10.2.3: seconds, or a date.
std::optional<clock::Nanoseconds> wanted_pause(const http::Answer& answer) {
    const std::string_view text = answer.header("retry-after");
    if (const auto count = text::whole_number<std::uint64_t>(text))
        return std::chrono::seconds(std::min<std::uint64_t>(*count, 366ULL * 86'400));
    if (const auto date = http::parse_date(text)) return *date - clock::wall();
    return std::nullopt;
}

Error refused(Code code, const http::Url& url, std::string detail) {
    return make_error(code, "GET", http::shown_url(url.text), std::move(detail));
}

Result<http::Url> next_hop(const http::Url& from, const http::Answer& answer) {
    const std::string_view location = answer.header("location");
    const auto next = http::resolve_url(from.text, location);
    if (location.empty() || !next)
        return failure(refused(Code::denied, from, "it redirects to what is no http or https address"));
    if (from.scheme == "https" && next->scheme == "http")
        return failure(refused(Code::denied, from, "it redirects from https to http"));
    return *next;
}

}  // namespace

std::string user_agent_of(std::string contact) {
    std::erase_if(contact, [](char c) { return c < 0x20 || c == 0x7F; });
    std::string agent = fmt::format("haul/{}", kVersion);
    if (!contact.empty()) agent += fmt::format(" (+{})", contact);
    return agent;
}

std::function<Status(const sockaddr&)> guard_of(const WebOptions& options) {
    if (options.allow_private) return [](const sockaddr&) { return Status(); };
    return &may_connect;
}

Guest::Guest(const WebOptions& options)
    : options_(options),
      hosts_(options.per_host, options.requests_per_second),
      client_(client_options_of(options)) {}

Result<Reached> Guest::reach(const Call& call, const std::stop_token& stop) {
    auto url = http::parse_url(call.url);
    if (!url)
        return failure(Code::corrupt, "GET", http::shown_url(call.url), "this is no http or https address");
    int pauses = 0;
    for (int hops = 0; hops <= kMostRedirects;) {
        if (call.before) TRY(call.before(*url));
        // Held until the answer was judged: where it closes the host, whoever is next sees that.
        std::optional<Hosts::Turn> turn;
        http::Answer answer = TRY(ask(*url, call, turn, stop));
        const int status = answer.status;
        if (status == 200 || status == 206 || (status == call.also && status != 0))
            return Reached{url->text, std::move(answer)};
        if (is_redirect(status)) {
            url = TRY(next_hop(*url, answer));
            ++hops;
            continue;
        }
        Error error = judge(*url, answer);
        // A short pause is one that the next turn waits for.
        const bool short_pause = error.retry_after && *error.retry_after <= Hosts::kPatience;
        if (!short_pause || ++pauses > kMostPauses) return failure(std::move(error));
    }
    return failure(refused(Code::corrupt, *url, fmt::format("more than {} redirects", kMostRedirects)));
}

Result<http::Answer> Guest::ask(const http::Url& url, const Call& call, std::optional<Hosts::Turn>& turn,
                                const std::stop_token& stop) {
    const std::string host = url.authority();
    turn.emplace(TRY(hosts_.take(host, call.requests_per_second, stop)));
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(call.deadline - clock::boot());
    if (left.count() <= 0) return failure(refused(Code::timed_out, url, "it takes too long altogether"));
    std::uint64_t received = 0;
    const http::Take take = [&](const http::Answer& head, std::span<const std::byte> bytes) -> Result<bool> {
        received += bytes.size();
        const bool wanted =
            head.status == 200 || head.status == 206 || (head.status == call.also && call.also != 0);
        if (wanted && call.take) return call.take(head, bytes);
        return received < kUnwanted;
    };
    http::Exchange exchange{
        .request = {.url = url.text, .headers = call.headers, .take = take, .longest = left}};
    client_.perform(exchange, {}, stop);
    hosts_.received(host, received);
    if (exchange.result) {
        if (exchange.answer.status < 400) hosts_.answered(host);
        return std::move(exchange.answer);
    }
    // What ended it here, a full disk for one, is no failure of the host.
    Error error = std::move(exchange.result).error();
    // A certificate that is not trusted, or a proxy that wants a password, is no word about what was asked
    // for: it may be mended, here or there, and then the same is to be had.
    if (error.code == Code::denied && error.root().operation != kConnect) error.code = Code::unavailable;
    if (error.code == Code::unavailable || error.code == Code::timed_out) hosts_.failed(host);
    return failure(std::move(error));
}

Error Guest::judge(const http::Url& url, const http::Answer& answer) {
    const int status = answer.status;
    const std::string said = fmt::format("the server answered {}", status);
    if (status == 429 || status == 503) {
        const auto closed = hosts_.throttled(url.authority(), wanted_pause(answer));
        Error error = refused(Code::unavailable, url, said + ": it wants to be left alone for now");
        error.retry_after = std::chrono::ceil<std::chrono::milliseconds>(closed);
        return error;
    }
    if (status >= 500) hosts_.failed(url.authority());
    if (status >= 500 || status == 408 || status == 425) return refused(Code::unavailable, url, said);
    if (status == 407)
        return refused(Code::unavailable, url, said + ": the proxy wants user and password")
            .with_remedy("put them into the address that http_proxy names");
    if (status == 401 || status == 403 || status == 451) return refused(Code::denied, url, said);
    if (status == 404 || status == 410) return refused(Code::not_found, url, said);
    return refused(Code::unsupported, url, said);
}

}  // namespace haul::collect

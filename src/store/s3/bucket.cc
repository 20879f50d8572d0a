#include "store/s3/bucket.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "base/clock.h"
#include "store/s3/sent_secrets.h"

namespace haul::store::s3 {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

bool about_credentials(const std::string& code) {
    return code == "ExpiredToken" || code == "InvalidToken" || code == "TokenRefreshRequired";
}

// Which of those that we can do something about an answer complains of; empty: none.
std::string complaint_of(const http::Exchange& exchange) {
    const int status = exchange.answer.status;
    if (!exchange.result.has_value() || (status != 400 && status != 403)) return {};
    std::string code = code_in(exchange.answer);
    if (about_credentials(code) || code == "RequestTimeTooSkewed") return code;
    return {};
}

// libcurl may have sent it twice: what refuses it can be what it did itself. Trying again settles that, as
// after any reply that was lost.
Error unsettled(Error error, const http::Exchange& exchange) {
    const bool writes = exchange.request.method == "PUT" || exchange.request.method == "POST";
    const bool maybe_own =
        error.code == Code::exists || error.code == Code::changed || error.code == Code::not_found;
    if (exchange.repeated && writes && maybe_own) error.retry = Retry::later;
    return error;
}

}  // namespace

Bucket::Bucket(Settings settings, std::string address, ServiceOptions options,
               std::unique_ptr<http::Client> client, std::unique_ptr<CredentialSource> credentials)
    : settings_(std::move(settings)),
      address_(std::move(address)),
      url_(bucket_url(settings_)),
      options_(std::move(options)),
      client_(std::move(client)),
      credentials_(std::move(credentials)),
      signer_(settings_.region) {}

std::string Bucket::subject(std::string_view name) const {
    if (name == "." || name.empty()) return address_;
    return fmt::format("{}/{}", address_, name);
}

std::string Bucket::key_of(std::string_view name) const {
    return settings_.prefix + (name == "." ? std::string() : std::string(name));
}

http::Request Bucket::request(std::string method, std::string_view key, const Query& query) const {
    http::Request request;
    request.method = std::move(method);
    request.url = url_ + "/" + escape(key, true);
    char separator = '?';
    for (const auto& [name, value] : query) {
        request.url += separator;
        request.url += escape(name, false) + "=" + escape(value, false);
        separator = '&';
    }
    if (options_.request_payer) request.headers.push_back({"x-amz-request-payer", "requester"});
    return request;
}

void Bucket::send_once(std::span<http::Exchange> exchanges, const std::stop_token& stop) {
    const auto prepare = [this](http::Request& request) -> Status {
        const Credentials credentials = TRY(credentials_->get());
        const std::chrono::system_clock::time_point now{
            std::chrono::duration_cast<std::chrono::system_clock::duration>(clock::wall()) +
            std::chrono::seconds(skew_s_.load())};
        signer_.sign(request, credentials, now);
        return {};
    };
    client_->perform(exchanges, prepare, stop);
}

bool Bucket::mend(const std::string& complaint, const http::Answer& answer) {
    if (about_credentials(complaint)) {
        if (auto used = credentials_->get()) credentials_->refuse(*used);
        return true;
    }
    const auto theirs = parse_http_time(std::string(answer.header("date")));
    if (!theirs) return false;
    skew_s_ = *theirs / kSecond - clock::wall().count() / kSecond;
    return true;
}

void Bucket::send(std::span<http::Exchange> exchanges, std::span<const Tried> tried,
                  const std::stop_token& stop) {
    send_once(exchanges, stop);
    // One batch is mended once: its other failures are of the same cause.
    std::vector<std::size_t> again;
    for (std::size_t at = 0; at < exchanges.size(); ++at) {
        const std::string complaint = complaint_of(exchanges[at]);
        if (complaint.empty()) continue;
        if (!again.empty() || mend(complaint, exchanges[at].answer)) again.push_back(at);
    }
    std::vector<http::Exchange> second;
    second.reserve(again.size());
    for (const std::size_t at : again) second.push_back({std::move(exchanges[at].request), {}, {}});
    if (!second.empty()) send_once(second, stop);
    for (std::size_t at = 0; at < again.size(); ++at) exchanges[again[at]] = std::move(second[at]);
    for (std::size_t at = 0; at < exchanges.size(); ++at) {
        http::Exchange& exchange = exchanges[at];
        if (!exchange.result.has_value()) {
            exchange.result =
                failure(std::move(exchange.result).error().within(tried[at].operation, tried[at].subject));
        } else if (exchange.answer.status / 100 != 2) {
            Error error = unsettled(service_error(exchange.answer, tried[at]), exchange);
            SentSecrets(exchange.request).hide(error.detail);
            exchange.result = failure(std::move(error));
        } else if (exchange.request.method == "POST" || exchange.request.method == "PUT") {
            SentSecrets(exchange.request).hide(exchange.answer.body);  // it may hold an error
        }
    }
}

Result<http::Answer> Bucket::send(http::Request request, const Tried& tried, const std::stop_token& stop) {
    http::Exchange exchange;
    exchange.request = std::move(request);
    send(std::span(&exchange, 1), std::span(&tried, 1), stop);
    TRY(std::move(exchange.result));
    return std::move(exchange.answer);
}

}  // namespace haul::store::s3

#include "store/s3/bucket.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <optional>

#include "base/clock.h"
#include "base/percent.h"
#include "store/s3/answers.h"
#include "store/s3/complaint.h"
#include "store/s3/sent_secrets.h"

namespace haul::store::s3 {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr int kRounds = 4;

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
    request.url = url_ + "/" + text::percent_encoded(key, true);
    char separator = '?';
    for (const auto& [name, value] : query) {
        request.url += separator;
        request.url += text::percent_encoded(name, false) + "=" + text::percent_encoded(value, false);
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

Complaint Bucket::complaint(const http::Exchange& exchange) const {
    return complaint_of(exchange, clock::wall(), std::chrono::seconds(skew_s_.load()));
}

Complaint Bucket::why(http::Exchange& silent, const std::stop_token& stop) {
    // What is a GET already would have been answered in words, had the service any.
    if (silent.request.method == "GET") return Complaint::none;
    http::Exchange question;
    question.request = asking_why(silent.request);
    send_once(std::span(&question, 1), stop);
    const int status = question.answer.status;
    const bool is_answered = status / 100 == 2 || status == 404 || status == 416;
    if (is_answered) return Complaint::past;
    const Complaint found = complaint(question);
    if (found == Complaint::clock) silent.answer.headers = std::move(question.answer.headers);
    // A HEAD fails for the same reason as a GET: its error says more so.
    if (silent.request.method == "HEAD") silent.answer.body = std::move(question.answer.body);
    return found == Complaint::silent ? Complaint::none : found;
}

bool Bucket::mend(Complaint complaint, const http::Exchange& exchange) {
    if (complaint == Complaint::credentials) {
        // Others may have renewed them since this request was signed.
        const auto held = credentials_->get();
        if (held && is_signed_by(exchange.request, *held)) credentials_->refuse(*held);
        return true;
    }
    if (complaint == Complaint::past) return true;
    const auto theirs = parse_http_time(std::string(exchange.answer.header("date")));
    if (!theirs) return false;
    skew_s_ = *theirs / kSecond - clock::wall().count() / kSecond;
    return true;
}

std::vector<std::size_t> Bucket::mend_all(std::span<http::Exchange> exchanges, const std::stop_token& stop) {
    std::vector<std::size_t> again;
    std::optional<Complaint> meant;   // by those that are silent: asked once
    std::optional<Complaint> mended;  // the batch's other failures are of the same cause
    for (std::size_t at = 0; at < exchanges.size(); ++at) {
        Complaint found = complaint(exchanges[at]);
        if (found == Complaint::silent && !meant) meant = why(exchanges[at], stop);
        if (found == Complaint::silent) found = *meant;
        if (found == Complaint::none) continue;
        if (!mended && mend(found, exchanges[at])) mended = found;
        if (mended) again.push_back(at);
    }
    return again;
}

std::size_t Bucket::send_again(std::span<http::Exchange> exchanges, const std::vector<std::size_t>& which,
                               const std::stop_token& stop) {
    std::vector<http::Exchange> second;
    second.reserve(which.size());
    for (const std::size_t at : which) second.push_back({std::move(exchanges[at].request), {}, {}});
    if (!second.empty()) send_once(second, stop);
    std::size_t through = 0;
    for (std::size_t at = 0; at < which.size(); ++at) {
        if (second[at].answer.status / 100 == 2) ++through;
        exchanges[which[at]] = std::move(second[at]);
    }
    return through;
}

void Bucket::send(std::span<http::Exchange> exchanges, std::span<const Tried> tried,
                  const std::stop_token& stop) {
    send_once(exchanges, stop);
    // A long batch may outlive more than one of several credentials. Where nothing of it comes through,
    // mending was no help.
    for (int round = 0; round < kRounds; ++round) {
        if (send_again(exchanges, mend_all(exchanges, stop), stop) == 0) break;
    }
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

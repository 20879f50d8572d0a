#include "store/s3/complaint.h"

#include <algorithm>
#include <string>

#include "store/s3/answers.h"
#include "store/s3/service_error.h"

namespace haul::store::s3 {
namespace {

using std::chrono::nanoseconds;

// Services bear a quarter of an hour; some less. An answer that took this long is none of a wrong clock.
constexpr nanoseconds kFarOff = std::chrono::minutes(5);

bool is_far_off(const http::Answer& answer, nanoseconds now, std::chrono::seconds skew) {
    const auto theirs = parse_http_time(std::string(answer.header("date")));
    return theirs && std::chrono::abs(nanoseconds(*theirs) - now - skew) > kFarOff;
}

}  // namespace

Complaint complaint_of(const http::Exchange& exchange, nanoseconds now, std::chrono::seconds skew) {
    const int status = exchange.answer.status;
    if (!exchange.result.has_value() || (status != 400 && status != 403)) return Complaint::none;
    const std::string code = code_in(exchange.answer);
    if (code == "ExpiredToken" || code == "InvalidToken" || code == "TokenRefreshRequired")
        return Complaint::credentials;
    if (code == "RequestTimeTooSkewed") return Complaint::clock;
    if (!code.empty()) return Complaint::none;
    return is_far_off(exchange.answer, now, skew) ? Complaint::clock : Complaint::silent;
}

http::Request asking_why(const http::Request& refused) {
    http::Request question;
    question.url = refused.url;
    const auto payer = std::ranges::find(refused.headers, "x-amz-request-payer", &http::Header::name);
    if (payer != refused.headers.end()) question.headers.push_back(*payer);
    question.headers.push_back({"range", "bytes=0-0"});
    return question;
}

}  // namespace haul::store::s3

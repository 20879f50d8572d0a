#include "store/s3/service_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/number.h"
#include "base/text.h"

namespace haul::store::s3 {
namespace {

struct Meaning {
    std::string_view name;
    Code code;
    Retry retry = Retry::never;
    std::string_view remedy = {};
};

constexpr std::string_view kCredentials =
    "check the credentials in the environment or ~/.aws, and the endpoint";

constexpr std::array kMeanings = {
    Meaning{"NoSuchKey", Code::not_found},
    Meaning{"NoSuchUpload", Code::not_found},
    Meaning{"NoSuchVersion", Code::not_found},
    Meaning{"NoSuchBucket", Code::not_found, Retry::never,
            "make the bucket first, or check its name and the endpoint"},
    Meaning{"PreconditionFailed", Code::changed},
    Meaning{"ConditionalRequestConflict", Code::unavailable, Retry::later},
    Meaning{"OperationAborted", Code::unavailable, Retry::later},
    Meaning{"InvalidRange", Code::changed},
    Meaning{"AccessDenied", Code::denied, Retry::never, "check what these credentials are allowed to do"},
    Meaning{"AllAccessDisabled", Code::denied},
    Meaning{"AccountProblem", Code::denied},
    Meaning{"InvalidAccessKeyId", Code::denied, Retry::after_credentials, kCredentials},
    // versitygw, with status 404: it has no user with this key.
    Meaning{"XAdminUserNotFound", Code::denied, Retry::after_credentials, kCredentials},
    Meaning{"SignatureDoesNotMatch", Code::denied, Retry::never, kCredentials},
    Meaning{"ExpiredToken", Code::denied, Retry::after_credentials, kCredentials},
    Meaning{"InvalidToken", Code::denied, Retry::after_credentials, kCredentials},
    Meaning{"TokenRefreshRequired", Code::denied, Retry::after_credentials, kCredentials},
    Meaning{"RequestTimeTooSkewed", Code::denied, Retry::never, "set this machine's clock"},
    Meaning{"InvalidObjectState", Code::unsupported, Retry::never,
            "the object is in an archive class: restore it first"},
    Meaning{"ExistingObjectIsDirectory", Code::unsupported},
    Meaning{"ExistingObjectIsFile", Code::unsupported},
    Meaning{"ObjectParentIsFile", Code::unsupported},
    Meaning{"KeyTooLongError", Code::unsupported},
    Meaning{"EntityTooLarge", Code::unsupported},
    Meaning{"EntityTooSmall", Code::unsupported},
    Meaning{"NotImplemented", Code::unsupported},
    Meaning{"MethodNotAllowed", Code::unsupported},
    Meaning{"BadDigest", Code::corrupt},
    Meaning{"InvalidDigest", Code::corrupt},
    Meaning{"XAmzContentChecksumMismatch", Code::corrupt},
    Meaning{"XAmzContentSHA256Mismatch", Code::corrupt},
    Meaning{"QuotaExceeded", Code::no_space},
    Meaning{"StorageFull", Code::no_space},
    Meaning{"XMinioStorageFull", Code::no_space},
    Meaning{"SlowDown", Code::unavailable, Retry::later},
    Meaning{"ServiceUnavailable", Code::unavailable, Retry::later},
    Meaning{"InternalError", Code::unavailable, Retry::later},
    Meaning{"RequestTimeout", Code::unavailable, Retry::later},
    Meaning{"IncompleteBody", Code::unavailable, Retry::later},
    Meaning{"ThrottlingException", Code::unavailable, Retry::later},
    Meaning{"TooManyRequests", Code::unavailable, Retry::later},
};

Meaning meaning_of_status(int status) {
    switch (status) {
        case 404:
            return {"", Code::not_found};
        case 401:
        case 403:
            return {"", Code::denied, Retry::never, kCredentials};
        case 407:
            return {"", Code::denied, Retry::never, http::kProxyLogin};
        case 304:
        case 412:
        case 416:
            return {"", Code::changed};
        case 409:
        case 408:
        case 429:
            return {"", Code::unavailable, Retry::later};
        case 405:
        case 501:
            return {"", Code::unsupported};
        case 507:
            return {"", Code::no_space};
        default:
            if (status >= 500) return {"", Code::unavailable, Retry::later};
            return {"", Code::io};
    }
}

std::string_view words_of(const Meaning& meaning, int status, bool create_only) {
    if (status == 407) return "not the service, but a proxy before it";
    if (meaning.code == Code::not_found) return "it is not there";
    if (meaning.code == Code::changed)
        return create_only ? "something is there already" : "it is another version by now";
    return "";
}

std::optional<std::chrono::milliseconds> retry_after(const http::Answer& answer) {
    const auto seconds = text::whole_number<unsigned>(answer.header("retry-after"));
    if (!seconds) return std::nullopt;
    return std::chrono::seconds(std::min(*seconds, 900U));
}

}  // namespace

Error service_error(const ServiceError& said, int status, const Tried& tried) {
    const auto* const known = std::ranges::find(kMeanings, said.code, &Meaning::name);
    Meaning meaning = known != kMeanings.end() ? *known : meaning_of_status(status);
    const bool create_only = tried.create_only && meaning.code == Code::changed;
    const std::string_view words = words_of(meaning, status, tried.create_only);
    std::string detail = fmt::format("{}{}the service answered {}{}{}{}{}", words, words.empty() ? "" : ": ",
                                     status, said.code.empty() ? "" : " ", said.code,
                                     said.message.empty() ? "" : ", ", text::printable(said.message));
    if (!said.request_id.empty()) detail += fmt::format(" (request {})", text::printable(said.request_id));
    if (!said.host_id.empty()) detail += fmt::format(" (host {})", text::printable(said.host_id));
    Error error = make_error(create_only ? Code::exists : meaning.code, tried.operation, tried.subject,
                             std::move(detail));
    error.retry = meaning.retry;
    error.remedy = meaning.remedy;
    if (!said.region.empty())
        error.remedy = fmt::format(
            "the bucket is in another region: set AWS_REGION={0}, or write ?region={0} behind the address",
            text::printable(said.region));
    return error;
}

Error service_error(const http::Answer& answer, const Tried& tried) {
    ServiceError said = parse_error(answer.body).value_or(ServiceError{});
    if (said.request_id.empty()) said.request_id = answer.header("x-amz-request-id");
    if (said.host_id.empty()) said.host_id = answer.header("x-amz-id-2");
    const std::string_view region = answer.header("x-amz-bucket-region");
    const bool elsewhere = answer.status == 301 || answer.status == 400;
    if (said.region.empty() && elsewhere) said.region = region;
    // A failure inside a success says by its code what it is; without one, try again.
    const int status = answer.status < 300 && said.code.empty() ? 500 : answer.status;
    Error error = service_error(said, status, tried);
    const bool unknown_inside = answer.status < 300 && error.code == Code::io;
    if (unknown_inside) {
        error.code = Code::unavailable;
        error.retry = Retry::later;
    }
    error.retry_after = retry_after(answer);
    return error;
}

std::string code_in(const http::Answer& answer) {
    return parse_error(answer.body).value_or(ServiceError{}).code;
}

}  // namespace haul::store::s3

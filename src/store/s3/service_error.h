// A service's refusals as our errors: code, retry class, remedy; with the service's own words, request id and
// host id. Source: "Error responses", Amazon S3 API Reference. Values only.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/exchange.h"
#include "store/s3/answers.h"

namespace haul::store::s3 {

// What was tried, for the message and for codes that mean different things (a failed condition is
// Code::exists where nothing was to be there, Code::changed elsewhere).
struct Tried {
    std::string operation, subject;
    bool create_only = false;
};

// For every answer but 2xx, and for a 2xx with an <Error> body.
[[nodiscard]] Error service_error(const http::Answer& answer, const Tried& tried);
// For an error inside a document (DeleteObjects).
[[nodiscard]] Error service_error(const ServiceError& error, int status, const Tried& tried);

// The service's own code ("ExpiredToken"); empty where it says none.
[[nodiscard]] std::string code_in(const http::Answer& answer);

}  // namespace haul::store::s3

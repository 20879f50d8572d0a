// AWS Signature Version 4 in the Authorization header ("Signature Version 4 signing process", AWS General
// Reference), with the service's rule for S3 that paths are escaped once and never normalised.
//
// Works on requests whose URL is already in canonical form: escape() for each path element and each query key
// and value, query parameters sorted by key, a `=` after every key. Thread-safe; the signing key of a day is
// kept.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/exchange.h"
#include "store/s3/credentials.h"

namespace haul::store::s3 {

// All bytes but A-Z a-z 0-9 - . _ ~ as %XX, upper case. `keep_slash`: for whole keys.
[[nodiscard]] std::string escape(std::string_view text, bool keep_slash);

class Signer {
  public:
    Signer(std::string region, std::string service = "s3")
        : region_(std::move(region)), service_(std::move(service)) {}
    // Adds host, x-amz-date, x-amz-content-sha256 (UNSIGNED-PAYLOAD unless that header is there already; only
    // for s3), x-amz-security-token and authorization; every header of the request is signed except
    // user-agent, expect and content-length. Earlier ones of these names are replaced, so that a request can
    // be signed again.
    void sign(http::Request& request, const Credentials& credentials,
              std::chrono::system_clock::time_point now) const;

  private:
    std::string region_, service_;
    mutable std::mutex mutex_;
    mutable std::string key_scope_, key_;  // of the last day, secret and region
};

}  // namespace haul::store::s3

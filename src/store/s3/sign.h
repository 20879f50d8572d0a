// AWS Signature Version 4 in the Authorization header ("Signature Version 4 signing process", AWS General
// Reference), with the service's rule for S3 that paths are escaped once and never normalised.
//
// Works on requests whose URL is already in canonical form: text::percent_encoded() for each path element and
// each query key and value, query parameters sorted by key, a `=` after every key. Thread-safe; the signing
// key of a day is kept, so that a signature costs a few microseconds. The port is left out of `host` where it
// is the scheme's.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "http/exchange.h"
#include "store/s3/credentials.h"
#include "store/s3/hmac.h"

namespace haul::store::s3 {

class Signer {
  public:
    explicit Signer(std::string region, std::string service = "s3")
        : region_(std::move(region)), service_(std::move(service)) {}
    // Adds host, x-amz-date, x-amz-content-sha256 (UNSIGNED-PAYLOAD unless that header is there already; only
    // for s3: elsewhere the body's SHA-256 is signed), x-amz-security-token and authorization; every header
    // of the request is signed except user-agent, expect and content-length. Earlier ones of these names are
    // replaced, so that a request can be signed again.
    void sign(http::Request& request, const Credentials& credentials,
              std::chrono::system_clock::time_point now) const;

  private:
    [[nodiscard]] Mac key_of(const std::string& secret, std::string_view date) const;

    std::string region_, service_;
    mutable std::mutex mutex_;
    mutable std::string day_, secret_;  // that key_ was made of
    mutable Mac key_{};
};

// Whether a request bears a signature made with these.
[[nodiscard]] bool is_signed_by(const http::Request& request, const Credentials& credentials);

}  // namespace haul::store::s3

// What a bucket's address, the environment and ~/.aws/config say about how to reach it.
//
// Sources, first found wins: the address's own query (?endpoint=&region=&path-style=), AWS_ENDPOINT_URL_S3,
// AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION, then the profile (AWS_PROFILE, or `default`) in
// AWS_CONFIG_FILE or ~/.aws/config (region, endpoint_url, services sections' s3 endpoint_url, s3
// addressing_style), then us-east-1 and https://s3.REGION.amazonaws.com (.cn in China's regions).
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS leaves the address's endpoint only. AWS_CA_BUNDLE, or ca_bundle of the
// profile, names the certificates. Path style is the default wherever an endpoint was named; else
// virtual-hosted, unless the bucket's name cannot be a label of a host (dots, capitals). Values only.
#pragma once

#include <string>

#include "base/result.h"
#include "store/address.h"
#include "store/s3/profile.h"

namespace haul::store::s3 {

struct Settings {
    std::string endpoint;  // "https://s3.eu-west-1.amazonaws.com", no slash at the end, no bucket
    std::string region;
    bool path_style = false;
    std::string ca_file;  // empty: the system's
    std::string bucket;
    std::string prefix;  // of keys: "" or "a/b/", with the slash
};

// Code::usage where the address or the environment makes no sense.
[[nodiscard]] Result<Settings> settings_of(const Address& address, const Profile& profile);

// "https://host/bucket" or "https://bucket.host": what a key, escaped, is appended to with a `/` between.
[[nodiscard]] std::string bucket_url(const Settings& settings);

}  // namespace haul::store::s3

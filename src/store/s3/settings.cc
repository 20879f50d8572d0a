#include "store/s3/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

#include "store/endpoint.h"
#include "store/s3/environment.h"

namespace haul::store::s3 {
namespace {

std::unexpected<Error> no_settings(const Address& address, std::string why, std::string remedy) {
    return failure(
        make_error(Code::usage, "reach", address.canonical(), std::move(why)).with_remedy(std::move(remedy)));
}

std::optional<std::string> option(const Address& address, const std::string& key) {
    const auto found = address.options.find(key);
    if (found == address.options.end()) return std::nullopt;
    return found->second;
}

bool is_made_of(std::string_view text, std::string_view others) {
    return !text.empty() && std::ranges::all_of(text, [others](char byte) {
        return std::isalnum(static_cast<unsigned char>(byte)) != 0 || others.contains(byte);
    });
}

// What the environment or the profile names; nothing where AWS's own service is meant.
Result<std::optional<std::string>> named_endpoint(const Profile& profile) {
    if (is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) return std::nullopt;
    for (const char* name : {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}) {
        if (const auto value = variable(name)) return TRY(normal_endpoint(*value, name));
    }
    if (profile.value(profile.name, "ignore_configured_endpoint_urls") == "true") return std::nullopt;
    std::optional<std::string> value;
    if (const auto services = profile.value(profile.name, "services")) {
        const auto section = profile.services.find(*services);
        if (section != profile.services.end()) {
            const auto found = section->second.find("s3.endpoint_url");
            if (found != section->second.end()) value = found->second;
        }
    }
    if (!value) value = profile.value(profile.name, "endpoint_url");
    if (!value) return std::nullopt;
    return TRY(normal_endpoint(*value, fmt::format("{} [{}]", config_path(), profile.name)));
}

Result<std::string> region_of(const Address& address, const Profile& profile) {
    auto region = option(address, "region");
    if (!region) region = variable("AWS_REGION");
    if (!region) region = variable("AWS_DEFAULT_REGION");
    if (!region) region = profile.value(profile.name, "region");
    if (!region) return "us-east-1";
    // It becomes part of the host's name.
    if (!is_made_of(*region, "-_"))
        return no_settings(address, fmt::format("`{}` is no name of a region", *region),
                           "correct the region in the address, AWS_REGION or the profile");
    return *region;
}

std::string own_endpoint(std::string_view region) {
    return fmt::format("https://s3.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : "");
}

// Whether it can be the first label of a host that one certificate for *.host covers.
bool is_label(std::string_view bucket) {
    return bucket.size() <= 63 && std::ranges::all_of(bucket, [](char byte) {
               return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
           });
}

Result<bool> path_style(const Address& address, const Profile& profile, bool endpoint_named) {
    if (const auto given = option(address, "path-style")) return *given == "true";
    const auto style = profile.value(profile.name, "s3.addressing_style").value_or("auto");
    if (style != "path" && style != "virtual" && style != "auto") {
        return no_settings(address, fmt::format("addressing_style is `{}`", style),
                           fmt::format("set it to path, virtual or auto in {}", config_path()));
    }
    if (style != "auto") return style == "path";
    return endpoint_named || !is_label(address.authority);
}

}  // namespace

Result<Settings> settings_of(const Address& address, const Profile& profile) {
    if (address.authority.starts_with("arn:"))
        return no_settings(address, "ARNs are not supported", "give the access point's alias as the bucket");
    if (!is_made_of(address.authority, "-._"))
        return no_settings(address, fmt::format("`{}` is no name of a bucket", address.authority),
                           "buckets' names have letters, digits, `-` and `.`");
    Settings settings;
    settings.bucket = address.authority;
    settings.prefix = address.path.empty() ? "" : address.path + "/";
    settings.region = TRY(region_of(address, profile));
    auto endpoint = option(address, "endpoint");
    if (!endpoint) endpoint = TRY(named_endpoint(profile));
    settings.path_style = TRY(path_style(address, profile, endpoint.has_value()));
    settings.endpoint = endpoint.value_or(own_endpoint(settings.region));
    settings.ca_file =
        at_home(variable("AWS_CA_BUNDLE").value_or(profile.value(profile.name, "ca_bundle").value_or("")));
    return settings;
}

std::string bucket_url(const Settings& settings) {
    if (settings.path_style) return fmt::format("{}/{}", settings.endpoint, settings.bucket);
    const std::size_t host = settings.endpoint.find("://") + 3;
    return fmt::format("{}{}.{}", settings.endpoint.substr(0, host), settings.bucket,
                       settings.endpoint.substr(host));
}

}  // namespace haul::store::s3

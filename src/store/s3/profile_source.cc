// What a profile says about credentials: a role with the source that may assume it, or keys, or a program.
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "store/s3/source.h"
#include "store/s3/sts.h"

namespace haul::store::s3 {
namespace {

std::unexpected<Error> no_sense(const std::string& name, Code code, std::string why, std::string remedy) {
    return failure(make_error(code, "find credentials", fmt::format("profile {}", name), std::move(why))
                       .with_remedy(std::move(remedy)));
}

std::string in_config() { return fmt::format("correct the profile in {}", config_path()); }

class Search {
  public:
    Search(const Profile& profile, const Network& network) : profile_(profile), network_(network) {}

    Result<std::optional<Source>> of(const std::string& name, bool as_base) {
        // Where a role is assumed with a profile that has both keys and a role, its keys are meant.
        if (as_base) {
            if (auto keys = TRY(static_source(profile_, name))) return keys;
        }
        if (const auto arn = profile_.value(name, "role_arn")) return TRY(role(name, *arn));
        if (auto keys = TRY(static_source(profile_, name))) return keys;
        if (auto program = TRY(process_source(profile_, name))) return program;
        for (const char* key : {"sso_session", "sso_start_url"}) {
            if (profile_.value(name, key)) return single_sign_on(name);
        }
        return std::nullopt;
    }

  private:
    static std::unexpected<Error> single_sign_on(const std::string& name) {
        return no_sense(
            name, Code::unsupported, "single sign-on (sso_session, sso_start_url) is not supported",
            fmt::format(
                "run `aws configure export-credentials --profile {} --format env` and set what it prints, or "
                "give a profile with `credential_process = aws configure export-credentials --profile {}`",
                name, name));
    }

    Result<Source> role(const std::string& name, const std::string& arn) {
        const auto base_name = profile_.value(name, "source_profile");
        const auto kind = profile_.value(name, "credential_source");
        if (base_name && kind)
            return no_sense(name, Code::usage, "it has source_profile and credential_source", in_config());
        if (!base_name && !kind) {
            if (auto web = TRY(web_identity_profile_source(profile_, name, network_))) return *std::move(web);
            return no_sense(name, Code::usage,
                            "its role_arn has neither source_profile nor credential_source nor "
                            "web_identity_token_file",
                            in_config());
        }
        if (profile_.value(name, "mfa_serial")) {
            return no_sense(name, Code::unsupported,
                            "roles that ask for a code (mfa_serial) are not supported",
                            "run `aws configure export-credentials --format env` and set what it prints");
        }
        Source base = base_name ? TRY(base_profile(name, *base_name)) : TRY(base_source(name, *kind));
        const Role wanted{.arn = arn,
                          .session_name = profile_.value(name, "role_session_name").value_or("haul"),
                          .external_id = profile_.value(name, "external_id"),
                          .duration_seconds = profile_.value(name, "duration_seconds")};
        return Source{
            .name = fmt::format("role of profile {}", name),
            .fetch = [base = std::move(base), network = network_, wanted,
                      endpoint = TRY(sts_endpoint(profile_, network_.region))]() -> Result<Credentials> {
                const Credentials caller = TRY(base.fetch());
                return assume_role(network, endpoint, wanted, caller);
            }};
    }

    Result<Source> base_profile(const std::string& name, const std::string& base_name) {
        if (!profile_.has(base_name))
            return no_sense(name, Code::usage, fmt::format("no file has its source_profile {}", base_name),
                            in_config());
        // A profile may be its own source: its keys then.
        if (std::ranges::find(seen_, base_name) != seen_.end())
            return no_sense(name, Code::usage,
                            fmt::format("its source_profile {} leads back to it", base_name), in_config());
        seen_.push_back(base_name);
        if (auto source = TRY(of(base_name, true))) return *std::move(source);
        return no_sense(base_name, Code::denied, "it has no credentials", in_config());
    }

    Result<Source> base_source(const std::string& name, const std::string& kind) {
        std::optional<Source> source;
        if (kind == "Environment") {
            source = TRY(environment_source());
        } else if (kind == "EcsContainer") {
            source = TRY(container_source());
        } else if (kind == "Ec2InstanceMetadata") {
            source = TRY(instance_source(profile_));
        } else {
            return no_sense(name, Code::usage, fmt::format("no credential_source is called {}", kind),
                            "give Environment, Ec2InstanceMetadata or EcsContainer");
        }
        if (source) return *std::move(source);
        return no_sense(name, Code::denied,
                        fmt::format("its credential_source {} has no credentials here", kind),
                        "set the environment of that source, or correct the profile");
    }

    const Profile& profile_;
    const Network& network_;
    std::vector<std::string> seen_;
};

}  // namespace

Result<std::optional<Source>> profile_source(const Profile& profile, const std::string& name,
                                             const Network& network) {
    return Search(profile, network).of(name, false);
}

}  // namespace haul::store::s3

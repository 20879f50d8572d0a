#include "store/s3/profile.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "store/s3/environment.h"
#include "store/s3/ini.h"

namespace haul::store::s3 {
namespace {

constexpr std::uint64_t kLimit = 4U << 20U;

Result<Sections> sections_of(const std::string& path) {
    auto text = file::read_whole(path, kLimit);
    if (!text && text.error().code == Code::not_found) return Sections();
    return parse_ini(TRY(std::move(text)), path);
}

// "NAME" of "profile NAME", also where NAME stands in quotes; nothing where `title` is of another kind.
std::optional<std::string> named(std::string_view title, std::string_view kind) {
    if (!title.starts_with(kind)) return std::nullopt;
    title.remove_prefix(kind.size());
    const std::size_t first = title.find_first_not_of(" \t");
    if (first == 0 || first == std::string_view::npos) return std::nullopt;
    title.remove_prefix(first);
    const bool quoted =
        title.size() > 1 && (title.front() == '"' || title.front() == '\'') && title.front() == title.back();
    return std::string(quoted ? title.substr(1, title.size() - 2) : title);
}

void sort_config(Sections sections, Profile& profile) {
    if (auto found = sections.extract("default"); !found.empty())
        profile.config["default"] = std::move(found.mapped());
    for (auto& [title, section] : sections) {
        if (const auto name = named(title, "profile")) {
            profile.config[*name] = std::move(section);  // [profile default] replaces [default]
        } else if (const auto service = named(title, "services")) {
            profile.services[*service] = std::move(section);
        }
    }
}

}  // namespace

std::string config_path() { return at_home(variable("AWS_CONFIG_FILE").value_or("~/.aws/config")); }

std::string credentials_path() {
    return at_home(variable("AWS_SHARED_CREDENTIALS_FILE").value_or("~/.aws/credentials"));
}

bool Profile::has(const std::string& profile) const {
    return config.contains(profile) || credentials.contains(profile);
}

std::optional<std::string> Profile::value(const std::string& profile, const std::string& key) const {
    for (const auto* file : {&credentials, &config}) {
        const auto section = file->find(profile);
        if (section == file->end()) continue;
        const auto found = section->second.find(key);
        if (found != section->second.end() && !found->second.empty()) return found->second;
    }
    return std::nullopt;
}

Result<Profile> read_profile() {
    Profile profile;
    auto name = variable("AWS_PROFILE");
    if (!name) name = variable("AWS_DEFAULT_PROFILE");
    profile.named = name.has_value();
    profile.name = name.value_or("default");
    sort_config(TRY(sections_of(config_path())), profile);
    profile.credentials = TRY(sections_of(credentials_path()));
    if (profile.named && !profile.has(profile.name)) {
        return failure(make_error(Code::usage, "read profile", profile.name,
                                  fmt::format("neither {} nor {} has it", config_path(), credentials_path()))
                           .with_remedy("correct AWS_PROFILE, or make the profile with `aws configure`"));
    }
    return profile;
}

}  // namespace haul::store::s3

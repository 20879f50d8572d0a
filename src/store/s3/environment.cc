#include "store/s3/environment.h"

#include <strings.h>

#include <cstdlib>

namespace haul::store::s3 {

std::optional<std::string> variable(const char* name) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
}

bool is_true(const char* name) {
    const auto value = variable(name);
    return value && ::strcasecmp(value->c_str(), "true") == 0;
}

std::string at_home(const std::string& path) {
    const auto home = variable("HOME");
    if (!home || (path != "~" && !path.starts_with("~/"))) return path;
    return *home + path.substr(1);
}

}  // namespace haul::store::s3

#include <charconv>

#include "format/manifest.h"

namespace haul::format {
namespace {

constexpr unsigned kMajor = 1;

// The number between "haul/" and the end or a dot.
std::optional<unsigned> major_of(std::string_view format) {
    constexpr std::string_view prefix = "haul/";
    if (!format.starts_with(prefix)) return std::nullopt;
    format.remove_prefix(prefix.size());
    unsigned major = 0;
    const auto [end, problem] = std::from_chars(format.data(), format.data() + format.size(), major);
    const bool whole = end == format.data() + format.size() || *end == '.';
    if (problem != std::errc() || !whole) return std::nullopt;
    return major;
}

}  // namespace

Status check_format(std::string_view format, std::string_view subject) {
    const std::optional<unsigned> major = major_of(format);
    if (!major || *major == 0) {
        return failure(Code::corrupt, "read", std::string(subject),
                       "its format is \"" + std::string(format) + "\" and not one of Haul's");
    }
    if (*major == kMajor) return {};
    return failure(make_error(Code::unsupported, "read", std::string(subject),
                              "its format is " + std::string(format) + ", this program reads haul/1")
                       .with_remedy("use a newer haul"));
}

}  // namespace haul::format

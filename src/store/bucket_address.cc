#include "store/bucket_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/percent.h"
#include "store/endpoint.h"

namespace haul::store {
namespace {

constexpr std::array<std::string_view, 3> kKeys = {"endpoint", "region", "path-style"};

// `place` is the address without its query: an endpoint might hold a password, which no error repeats.
std::unexpected<Error> no_bucket(std::string_view place, std::string why) {
    return failure(
        make_error(Code::usage, "read address", std::string(place), std::move(why))
            .with_remedy(
                "give s3://bucket/prefix, with ?endpoint=URL&region=NAME&path-style=true|false behind it "
                "where they are needed"));
}

bool is_key(std::string_view text) { return std::ranges::find(kKeys, text) != kKeys.end(); }

Status check_elements(std::string_view path, std::string_view place) {
    if (path.find('\0') != std::string_view::npos) return no_bucket("s3://", "it has a NUL byte in it");
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view element = path.substr(0, end);
        if (element.empty()) return no_bucket(place, "its prefix has an empty element (two slashes)");
        if (element == "." || element == "..")
            return no_bucket(place, fmt::format("its prefix has an element `{}`", element));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return {};
}

Result<std::string> checked(std::string_view key, std::string value, std::string_view place) {
    if (value.empty()) return no_bucket(place, fmt::format("its option `{}` has no value", key));
    if (key == "endpoint") return normal_endpoint(value, place);
    if (key == "path-style" && value != "true" && value != "false")
        return no_bucket(place, "its option `path-style` is neither `true` nor `false`");
    return value;
}

Status read_query(std::string_view query, std::string_view place, Address& address) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view item = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const std::size_t equals = std::min(item.find('='), item.size());
        const std::string key(item.substr(0, equals));
        if (!is_key(key)) return no_bucket(place, fmt::format("no option of it is called `{}`", key));
        const auto value = text::percent_decoded(item.substr(std::min(equals + 1, item.size())));
        if (!value) return no_bucket(place, fmt::format("its option `{}` has a `%` that is no escape", key));
        if (address.options.contains(key))
            return no_bucket(place, fmt::format("its option `{}` is given twice", key));
        address.options[key] = TRY(checked(key, *value, place));
    }
    return {};
}

// A place that would be read as one with a query says that it has none.
std::string unqueried(std::string place) {
    if (part_query(place).queried) place += '?';
    return place;
}

}  // namespace

Parted part_query(std::string_view text) {
    const std::size_t mark = text.rfind('?');
    if (mark == std::string_view::npos) return {text, {}, false};
    const std::string_view query = text.substr(mark + 1);
    if (!query.empty() && query.find('=') == std::string_view::npos && !is_key(query))
        return {text, {}, false};
    return {text.substr(0, mark), query, true};
}

Result<Address> bucket_address(std::string_view rest, std::string_view text) {
    const Parted parts = part_query(rest);
    const std::string place = fmt::format("s3://{}", parts.place);
    Address address;
    address.scheme = Scheme::s3;
    const std::size_t end = std::min(parts.place.find('/'), parts.place.size());
    address.authority = parts.place.substr(0, end);
    if (address.authority.empty()) return no_bucket(place, "it names no bucket");
    std::string_view path = parts.place.substr(std::min(end + 1, parts.place.size()));
    TRY(check_elements(path, place));
    if (path.ends_with('/')) path.remove_suffix(1);
    address.path = path;
    address.as_given = text;
    TRY(read_query(parts.query, place, address));
    return address;
}

std::string with_endpoint(const std::string& place, const Address& address) {
    const auto endpoint = address.options.find("endpoint");
    if (endpoint == address.options.end()) return unqueried(place);
    std::string escaped;
    for (const char byte : endpoint->second) {
        if (byte == '%' || byte == '&') {
            escaped += byte == '%' ? "%25" : "%26";
        } else {
            escaped += byte;
        }
    }
    return fmt::format("{}?endpoint={}", place, escaped);
}

std::string with_child(std::string_view text, std::string_view name) {
    const Parted parts = part_query(text);
    std::string place(parts.place);
    if (!place.ends_with('/')) place += '/';
    place += name;
    return parts.query.empty() ? unqueried(std::move(place)) : fmt::format("{}?{}", place, parts.query);
}

}  // namespace haul::store

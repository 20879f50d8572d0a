#include "store/address.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/percent.h"
#include "store/bucket_address.h"

namespace haul::store {
namespace {

constexpr const char* kParse = "read address";
constexpr const char* kForms =
    "give /path, ./path, file:///path, s3://bucket/prefix, rclone:REMOTE:path or https://…";

std::unexpected<Error> no_address(std::string_view text, std::string why) {
    return failure(make_error(Code::usage, kParse, std::string(text), std::move(why)).with_remedy(kForms));
}

std::string without_slashes_around(std::string_view path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    return std::string(path);
}

Result<Address> local_address(const std::string& path, std::string_view text) {
    if (path.empty()) return no_address(text, "it is empty");
    if (path.find('\0') != std::string::npos) return no_address(text, "it has a NUL byte in it");
    std::error_code problem;
    const std::filesystem::path absolute = std::filesystem::absolute(path, problem);
    if (problem) return failure(os_error(problem.value(), kParse, std::string(text)));
    const std::filesystem::path resolved = std::filesystem::weakly_canonical(absolute, problem);
    if (problem) return failure(os_error(problem.value(), kParse, std::string(text)));
    Address address;
    address.path = resolved.lexically_normal().string();
    while (address.path.size() > 1 && address.path.ends_with('/')) address.path.pop_back();
    address.as_given = text;
    return address;
}

Result<Address> file_address(std::string_view rest, std::string_view text) {
    const std::string_view host = rest.substr(0, rest.find('/'));
    if (!host.empty() && host != "localhost")
        return no_address(text, "a file:// address names no other machine");
    auto path = text::percent_decoded(rest.substr(host.size()));
    if (!path || !path->starts_with('/')) return no_address(text, "a file:// address needs an absolute path");
    return local_address(*path, text);
}

Result<Address> remote_address(Scheme scheme, char separator, std::string_view rest, std::string_view text) {
    Address address;
    address.scheme = scheme;
    const std::size_t end = std::min(rest.find(separator), rest.size());
    address.authority = rest.substr(0, end);
    if (address.authority.empty()) return no_address(text, "it names no bucket, remote or host");
    address.path = without_slashes_around(rest.substr(std::min(end + 1, rest.size())));
    address.as_given = text;
    return address;
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
    if (text.starts_with("rclone:")) return remote_address(Scheme::rclone, ':', text.substr(7), text);
    const std::size_t end = text.find("://");
    if (end == std::string_view::npos || text.substr(0, end).find('/') != std::string_view::npos) {
        return local_address(std::string(text), text);
    }
    const std::string_view scheme = text.substr(0, end);
    const std::string_view rest = text.substr(end + 3);
    if (scheme == "file") return file_address(rest, text);
    if (scheme == "s3") return bucket_address(rest, text);
    if (scheme == "http" || scheme == "https") return remote_address(Scheme::http, '/', rest, text);
    return no_address(text, fmt::format("no kind of place is called `{}`", scheme));
}

std::string Address::canonical() const {
    const std::string slash_path = path.empty() ? "" : "/" + path;
    switch (scheme) {
        case Scheme::local:
            return path;
        case Scheme::s3:
            return with_endpoint(fmt::format("s3://{}{}", authority, slash_path), *this);
        case Scheme::rclone:
            return fmt::format("rclone:{}:{}", authority, path);
        case Scheme::http:
            return fmt::format("{}://{}{}", as_given.starts_with("https:") ? "https" : "http", authority,
                               slash_path);
    }
    return path;
}

std::string Address::last_element() const { return path.substr(path.rfind('/') + 1); }

Address Address::child(std::string_view name) const {
    Address address = *this;
    const auto append = [name](std::string& to, bool separate) {
        if (separate && !to.ends_with('/')) to += '/';
        to += name;
    };
    append(address.path, !path.empty());
    if (scheme == Scheme::s3) {
        address.as_given = with_child(as_given, name);
    } else {
        append(address.as_given, scheme != Scheme::rclone || !path.empty());
    }
    return address;
}

bool contains(const Address& outer, const Address& inner) {
    const auto endpoint = [](const Address& address) {
        const auto found = address.options.find("endpoint");
        return found == address.options.end() ? std::string() : found->second;
    };
    if (outer.scheme != inner.scheme || outer.authority != inner.authority ||
        endpoint(outer) != endpoint(inner))
        return false;
    if (outer.path.empty() || outer.path == inner.path) return true;
    const std::string folder = outer.path.ends_with('/') ? outer.path : outer.path + "/";
    return inner.path.starts_with(folder);
}

}  // namespace haul::store

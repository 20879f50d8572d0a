#include "zip/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "base/digest.h"
#include "base/percent.h"
#include "base/text.h"

namespace haul::zip {
namespace {

constexpr std::string_view mark = "%haul/";
constexpr std::string_view hash_mark = "%haul/%sha256/";
constexpr std::size_t longest_name = 65'535;
constexpr std::string_view digits = "0123456789ABCDEF";

bool has_drive_letter(std::string_view path) {
    return path.size() >= 2 && path[1] == ':' &&
           ((path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z'));
}

template <class Test>
bool any_element(std::string_view path, Test test) {
    for (;;) {
        const std::size_t slash = path.find('/');
        if (test(path.substr(0, slash))) return true;
        if (slash == std::string_view::npos) return false;
        path.remove_prefix(slash + 1);
    }
}

// `%haul` itself counts: as a file it would stand where the escaped names need a folder.
bool looks_escaped(std::string_view path) {
    return path.starts_with(mark) || path == mark.substr(0, mark.size() - 1);
}

bool stays(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" !#$&'()+,-.;=@[]^_`{}~").find(c) != std::string_view::npos;
}

// A slash stays only where it parts two elements that are not empty.
bool slash_stays(std::string_view path, std::size_t at) {
    return at > 0 && at + 1 < path.size() && path[at - 1] != '/' && path[at + 1] != '/';
}

bool is_dots(std::string_view element) { return element == "." || element == ".."; }

void append_escaped(char c, std::string& to) {
    const auto value = static_cast<unsigned char>(c);
    to += '%';
    to += digits[value >> 4U];
    to += digits[value & 15U];
}

std::string escape(std::string_view path) {
    std::string escaped;
    bool dots = is_dots(path.substr(0, path.find('/')));  // the element that we are in
    for (std::size_t i = 0; i < path.size(); ++i) {
        const bool slash = path[i] == '/';
        if (slash ? slash_stays(path, i) : stays(path[i]) && !dots) {
            escaped += path[i];
        } else {
            append_escaped(path[i], escaped);
        }
        if (slash) dots = is_dots(path.substr(i + 1, path.find('/', i + 1) - (i + 1)));
    }
    return escaped;
}

}  // namespace

bool is_plain(std::string_view path) {
    return !path.empty() && path.size() < longest_name && text::is_utf8(path) && !looks_escaped(path) &&
           !has_drive_letter(path) && path.find('\0') == std::string_view::npos &&
           path.find('\\') == std::string_view::npos &&
           !any_element(path, [](std::string_view element) { return element.empty() || is_dots(element); });
}

std::string archive_name(std::string_view path, bool folder, bool collides) {
    const std::string_view slash = folder ? "/" : "";
    if (!collides && is_plain(path)) return fmt::format("{}{}", path, slash);
    // A lone `%` ends what would else be the name of a folder as well, or of nothing.
    const std::string_view leaf = collides || path.empty() ? "%" : "";
    std::string name = fmt::format("{}{}{}{}", mark, escape(path), leaf, slash);
    if (name.size() <= longest_name) return name;
    return fmt::format("{}{}{}{}", hash_mark, digest::sha256_hex(path), leaf, slash);
}

std::optional<std::string> unescape(std::string_view name) {
    if (!name.starts_with(mark)) return std::nullopt;
    std::string_view escaped = name.substr(mark.size());
    const bool folder = escaped.ends_with('/');
    if (folder) escaped.remove_suffix(1);
    const bool leaf = escaped.ends_with('%');
    if (leaf) escaped.remove_suffix(1);
    auto path = text::percent_decoded(escaped);
    // Only what archive_name() makes: else two names could stand for one path.
    if (!path || archive_name(*path, folder, leaf) != name) return std::nullopt;
    return path;
}

std::optional<std::string> refuse(std::string_view name) {
    if (name.empty()) return "its name is empty";
    if (name.find('\0') != std::string_view::npos) return "its name has a NUL byte";
    if (name.find('\\') != std::string_view::npos) return "its name has a backslash";
    if (name.front() == '/') return "its name is absolute";
    if (has_drive_letter(name)) return "its name begins with a drive letter";
    if (name.ends_with('/')) name.remove_suffix(1);
    if (any_element(name, [](std::string_view element) { return element == ".."; }))
        return "its name leads out of the destination (`..`)";
    if (any_element(name, [](std::string_view element) { return element.empty(); }))
        return "its name has an empty element";
    return std::nullopt;
}

}  // namespace haul::zip

#include "zip/entry_name.h"

#include "base/text.h"
#include "zip/cp437.h"

namespace haul::zip {
namespace {

std::optional<std::string> to_utf8(const RawName& raw) {
    if (raw.flagged_utf8) {
        if (!text::is_utf8(raw.bytes)) return std::nullopt;
        return std::string(raw.bytes);
    }
    if (const auto path = unicode_path_of(raw.extra, raw.bytes)) return std::string(*path);
    if (raw.made_on_unix && text::is_utf8(raw.bytes)) return std::string(raw.bytes);
    return from_cp437(raw.bytes);
}

std::string without_dots(std::string_view name) {
    std::string kept;
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t end = std::min(name.find('/', at), name.size() - 1) + 1;  // behind the slash
        const std::string_view element = name.substr(at, end - at);
        if (element != "./" && element != ".") kept += element;
        at = end;
    }
    if (kept.empty() && name.ends_with('/')) return "./";
    return kept;
}

bool has_dot_element(std::string_view name) {
    return name.starts_with("./") || name.find("/./") != std::string_view::npos || name.ends_with("/.") ||
           name == ".";
}

}  // namespace

std::optional<std::string> decode_name(const RawName& raw) {
    auto name = to_utf8(raw);
    if (name && has_dot_element(*name)) return without_dots(*name);
    return name;
}

}  // namespace haul::zip

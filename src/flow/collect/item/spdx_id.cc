// Ids as in the SPDX License List (spdx.org/licenses), of licences that recordings are published under.
#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "flow/collect/item/item.h"
#include "flow/collect/item/licence_words.h"

namespace haul::collect {
namespace {

// All of Creative Commons that the list has; ported licences that are not here have no id.
constexpr std::array<std::string_view, 63> kCreativeCommons = {"CC-BY-1.0",
                                                               "CC-BY-2.0",
                                                               "CC-BY-2.5",
                                                               "CC-BY-2.5-AU",
                                                               "CC-BY-3.0",
                                                               "CC-BY-3.0-AT",
                                                               "CC-BY-3.0-AU",
                                                               "CC-BY-3.0-DE",
                                                               "CC-BY-3.0-IGO",
                                                               "CC-BY-3.0-NL",
                                                               "CC-BY-3.0-US",
                                                               "CC-BY-4.0",
                                                               "CC-BY-NC-1.0",
                                                               "CC-BY-NC-2.0",
                                                               "CC-BY-NC-2.5",
                                                               "CC-BY-NC-3.0",
                                                               "CC-BY-NC-3.0-DE",
                                                               "CC-BY-NC-4.0",
                                                               "CC-BY-NC-ND-1.0",
                                                               "CC-BY-NC-ND-2.0",
                                                               "CC-BY-NC-ND-2.5",
                                                               "CC-BY-NC-ND-3.0",
                                                               "CC-BY-NC-ND-3.0-DE",
                                                               "CC-BY-NC-ND-3.0-IGO",
                                                               "CC-BY-NC-ND-4.0",
                                                               "CC-BY-NC-SA-1.0",
                                                               "CC-BY-NC-SA-2.0",
                                                               "CC-BY-NC-SA-2.0-DE",
                                                               "CC-BY-NC-SA-2.0-FR",
                                                               "CC-BY-NC-SA-2.0-UK",
                                                               "CC-BY-NC-SA-2.5",
                                                               "CC-BY-NC-SA-3.0",
                                                               "CC-BY-NC-SA-3.0-DE",
                                                               "CC-BY-NC-SA-3.0-IGO",
                                                               "CC-BY-NC-SA-4.0",
                                                               "CC-BY-ND-1.0",
                                                               "CC-BY-ND-2.0",
                                                               "CC-BY-ND-2.5",
                                                               "CC-BY-ND-3.0",
                                                               "CC-BY-ND-3.0-DE",
                                                               "CC-BY-ND-4.0",
                                                               "CC-BY-SA-1.0",
                                                               "CC-BY-SA-2.0",
                                                               "CC-BY-SA-2.0-UK",
                                                               "CC-BY-SA-2.1-JP",
                                                               "CC-BY-SA-2.5",
                                                               "CC-BY-SA-3.0",
                                                               "CC-BY-SA-3.0-AT",
                                                               "CC-BY-SA-3.0-DE",
                                                               "CC-BY-SA-3.0-IGO",
                                                               "CC-BY-SA-4.0",
                                                               "CC-PDDC",
                                                               "CC-PDM-1.0",
                                                               "CC-SA-1.0",
                                                               "CC0-1.0",
                                                               "CDLA-Permissive-1.0",
                                                               "CDLA-Permissive-2.0",
                                                               "CDLA-Sharing-1.0",
                                                               "DL-DE-BY-2.0",
                                                               "DL-DE-ZERO-2.0",
                                                               "etalab-2.0",
                                                               "GFDL-1.2-only",
                                                               "GFDL-1.3-only"};
constexpr std::array<std::string_view, 17> kOthers = {
    "0BSD",         "Apache-2.0",       "BSD-2-Clause", "BSD-3-Clause", "GPL-2.0-only", "GPL-2.0-or-later",
    "GPL-3.0-only", "GPL-3.0-or-later", "LAL-1.2",      "LAL-1.3",      "MIT",          "ODbL-1.0",
    "ODC-By-1.0",   "OGL-UK-2.0",       "OGL-UK-3.0",   "PDDL-1.0",     "Unlicense"};

std::string listed(std::string_view id) {
    for (const std::string_view each : kCreativeCommons)
        if (text::lower(each) == text::lower(id)) return std::string(each);
    for (const std::string_view each : kOthers)
        if (text::lower(each) == text::lower(id)) return std::string(each);
    return {};
}

// The order of the parts in an id does not follow that in names and addresses ("by-nd-nc/1.0").
std::string id_of(const LicenceParts& parts) {
    if (parts.zero) {
        const bool more = parts.attribution || parts.share_alike || parts.non_commercial ||
                          parts.no_derivatives || !parts.jurisdiction.empty();
        // There is one version, so that a name without it is clear.
        return !more && (parts.version.empty() || parts.version == "1.0") ? "CC0-1.0" : "";
    }
    if (parts.version.empty() || !parts.attribution) return {};
    std::string id = "CC-BY";
    if (parts.non_commercial) id += "-NC";
    if (parts.no_derivatives) id += "-ND";
    if (parts.share_alike) id += "-SA";
    id += "-" + parts.version;
    if (!parts.jurisdiction.empty()) id += "-" + parts.jurisdiction;
    return listed(id);
}

}  // namespace

std::string spdx_id(std::string_view statement) {
    statement = text::trimmed(statement);
    if (statement.empty()) return {};
    if (std::string id = listed(statement); !id.empty()) return id;
    if (std::string id = id_of(parts_of_address(statement)); !id.empty()) return id;
    return id_of(parts_named(statement));
}

std::vector<std::string> known_licences() {
    std::vector<std::string> ids(kCreativeCommons.begin(), kCreativeCommons.end());
    ids.insert(ids.end(), kOthers.begin(), kOthers.end());
    return ids;
}

}  // namespace haul::collect

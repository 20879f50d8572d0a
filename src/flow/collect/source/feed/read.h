// RSS 2.0 and Atom (RFC 4287) as candidates. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "flow/collect/item/item.h"

namespace haul::collect::feed {

struct Page {
    std::vector<Candidate> candidates{};
    std::vector<std::string> passed_over{};
    std::string next{};  // the page behind this one (RFC 5005: "next", or "prev-archive"); empty: none
};

// `source_url`: the feed as the plan has it, which is its items' channel, too; `page_url`: where `xml` was
// read, which its references are seen from. Code::corrupt: no feed, or more than 50000 items on a page.
// Memory and time grow with `xml` alone: texts of the channel, which all its items have, are cut.
[[nodiscard]] Result<Page> read(std::string xml, const std::string& source_url, const std::string& page_url);

}  // namespace haul::collect::feed

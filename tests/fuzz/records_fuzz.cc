// Any text as a set's record, signed first so that its digest is right, and as a claim.
//
// Beyond not crashing: what is read can be written, and reads back as the same document.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "demand.h"
#include "format/claim_record.h"
#include "format/set_record.h"

namespace {

using haul::fuzz::demand;

// The rule of docs/format.md, F21.
std::string signed_text(std::string_view text) {
    constexpr std::string_view closing = "\n}\n";
    if (!text.ends_with(closing)) return std::string(text);
    std::string made(text.substr(0, text.size() - closing.size()));
    made += ",\n  \"digest\": \"sha256:" + haul::digest::sha256_hex(text) + "\"";
    made += closing;
    return made;
}

template <class Parse>
void read_twice(const std::string& text, Parse parse) {
    const auto record = parse(text, "fuzz");
    if (!record) {
        demand(!record.error().message().empty());
        return;
    }
    const std::string document = haul::format::to_document(*record);
    const auto back = parse(document, "fuzz");
    demand(back.has_value());
    demand(haul::format::to_document(*back) == document);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    read_twice(signed_text(input), haul::format::parse_record);
    read_twice(std::string(input), haul::format::parse_claim);
    return 0;
}

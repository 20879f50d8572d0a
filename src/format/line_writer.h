// One JSON object on one line, written straight into a string: no value tree, no allocation a field.
// Manifests have millions of lines.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace haul::format {

// Appends `{` when made; close() appends `}`. Keys are ASCII without anything to escape and are written in
// the order of the calls.
class LineWriter {
  public:
    // `out` outlives the writer.
    explicit LineWriter(std::string& out) : out_(out) { out_.push_back('{'); }
    // Invalid UTF-8 is replaced by U+FFFD.
    void text(std::string_view key, std::string_view value);
    // As "key" where it is UTF-8, else as "key_b64".
    void bytes(std::string_view key, std::string_view value);
    void number(std::string_view key, std::uint64_t value);
    void signed_number(std::string_view key, std::int64_t value);
    // Eight lower-case hex digits in quotes.
    void checksum(std::string_view key, std::uint32_t value);
    void flag(std::string_view key, bool value);
    void texts(std::string_view key, const std::map<std::string, std::string>& values);
    void close() { out_.push_back('}'); }

  private:
    void begin_field(std::string_view key, std::string_view suffix = {});
    std::string& out_;
    bool first_ = true;
};

// Eight lower-case hex digits.
[[nodiscard]] std::string checksum_text(std::uint32_t crc32);

}  // namespace haul::format

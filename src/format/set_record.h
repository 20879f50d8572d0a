// The set's record `haul-NNNNN.json`: its presence means that this generation of the set is complete. Format
// haul/1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace haul::format {

// The options that shape a set's bytes; part of the record, of the claim and of the job's id.
struct SetOptions {
    std::uint64_t part_size = 20'000'000'000;
    std::string digest = "xxh128";     // xxh128 sha256 md5 none
    std::string symlinks = "store";    // store follow skip
    std::string folders = "empty";     // empty all
    std::vector<std::string> filters;  // "include GLOB", "exclude GLOB" in the order given
    std::uint64_t min_size = 0;
    std::optional<std::uint64_t> max_size;
    std::optional<std::int64_t> newer_ns;
    std::string files_from_digest;  // of the contents of --files-from; empty: none
    bool operator==(const SetOptions&) const = default;
};
[[nodiscard]] json::Ordered to_json(const SetOptions& options);
[[nodiscard]] Result<SetOptions> parse_options(const json::Value& value, std::string_view subject);
// "--part-size 20GB there, 64MB asked now" for each that differs; empty: equal.
[[nodiscard]] std::vector<std::string> differences(const SetOptions& there, const SetOptions& here);

struct PartRecord {
    std::string name;      // "part-00001.zip"
    std::string manifest;  // "part-00001.jsonl.zst"
    std::uint64_t size = 0;
    std::uint32_t crc32 = 0;
    std::uint64_t members = 0, folders = 0, bytes = 0;
    std::string manifest_digest;  // "sha256:…" of the manifest file's bytes
    bool oversize = false;
};
struct PathInPart {
    std::string path;
    std::string part;
};
struct ItemNote {  // skipped or failed
    std::string path;
    std::string reason;
    std::string detail;
    bool operator==(const ItemNote&) const = default;
};

struct SetRecord {
    std::uint32_t generation = 1;
    std::string name;
    std::string source;  // canonical address
    SetOptions options;
    std::vector<PartRecord> parts;
    std::vector<PathInPart> superseded, gone;
    std::vector<ItemNote> skipped, failed;  // at most 100,000 of each are listed; counts are whole
    std::uint64_t skipped_count = 0, failed_count = 0;
    std::uint64_t files = 0, folders = 0, symlinks = 0, folder_lines = 0, bytes = 0;  // totals of what counts
};

[[nodiscard]] std::string file_name(std::uint32_t generation);  // "haul-00001.json"
[[nodiscard]] std::optional<std::uint32_t> generation_of(std::string_view file_name);
[[nodiscard]] std::string part_name(std::uint32_t number);      // "part-00001.zip"
[[nodiscard]] std::string manifest_name(std::uint32_t number);  // "part-00001.jsonl.zst"
[[nodiscard]] std::optional<std::uint32_t> part_number(std::string_view part_name);

// Indented JSON with a last field "digest": "sha256:…" over the same document without it (rule in
// docs/format.md).
[[nodiscard]] std::string to_document(const SetRecord& record);
// Checks format and digest. Code::corrupt / unsupported.
[[nodiscard]] Result<SetRecord> parse_record(std::string_view document, std::string_view subject);

}  // namespace haul::format

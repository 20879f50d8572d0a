#include "flow/pack/checkpoint.h"

#include <fmt/format.h>

#include <charconv>
#include <memory>

#include "base/json.h"

namespace haul::pack {
namespace {

constexpr std::string_view kSubject = "part checkpoint";
constexpr std::string_view kUnsent = "--------";  // stands where a tile's CRC would
constexpr std::size_t kDigits = 8;

std::string tiles_text(const std::vector<SentTile>& sent) {
    std::string text;
    for (const SentTile& tile : sent) {
        while (text.size() < tile.index * kDigits) text += kUnsent;
        text += fmt::format("{:08x}", tile.crc32);
    }
    return text;
}

Result<std::vector<SentTile>> parse_tiles(std::string_view text) {
    std::vector<SentTile> sent;
    for (std::size_t at = 0; at + kDigits <= text.size(); at += kDigits) {
        const std::string_view digits = text.substr(at, kDigits);
        if (digits == kUnsent) continue;
        SentTile tile{at / kDigits, 0};
        const auto [end, error] =
            std::from_chars(std::to_address(digits.begin()), std::to_address(digits.end()), tile.crc32, 16);
        if (error != std::errc() || end != std::to_address(digits.end())) {
            return failure(Code::corrupt, "read", std::string(kSubject), "field tiles is no list of CRCs");
        }
        sent.push_back(tile);
    }
    return sent;
}

}  // namespace

std::string to_text(const FillCheckpoint& checkpoint) {
    json::Ordered value;
    value["revision"] = checkpoint.revision;
    value["tile_size"] = checkpoint.tile_size;
    json::put_bytes(value, "upload", checkpoint.upload);
    value["log"] = checkpoint.log_length;
    value["meta"] = checkpoint.meta_length;
    value["tiles"] = tiles_text(checkpoint.sent);
    json::Ordered versions = json::Ordered::array();
    for (const auto& [entry, tag] : checkpoint.versions)
        versions.push_back({{"entry", entry}, {"version", tag}});
    value["versions"] = std::move(versions);
    return json::dump(value);
}

Result<FillCheckpoint> parse_checkpoint(const std::string& text) {
    const json::Value value = TRY(json::parse(text, kSubject));
    FillCheckpoint checkpoint;
    checkpoint.revision = static_cast<std::uint32_t>(TRY(json::uint_at(value, "revision", kSubject)));
    checkpoint.tile_size = TRY(json::uint_at(value, "tile_size", kSubject));
    checkpoint.upload = TRY(json::find_bytes(value, "upload", kSubject)).value_or("");
    checkpoint.log_length = TRY(json::uint_at(value, "log", kSubject));
    checkpoint.meta_length = TRY(json::find_uint(value, "meta", kSubject)).value_or(0);
    checkpoint.sent = TRY(parse_tiles(TRY(json::string_at(value, "tiles", kSubject))));
    const auto versions = value.find("versions");
    if (versions == value.end() || !versions->is_array()) return checkpoint;
    for (const json::Value& version : *versions) {
        checkpoint.versions.emplace(TRY(json::uint_at(version, "entry", kSubject)),
                                    TRY(json::string_at(version, "version", kSubject)));
    }
    return checkpoint;
}

}  // namespace haul::pack

#include "flow/collect/decisions/object.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/digest.h"
#include "base/json.h"
#include "base/number.h"
#include "format/line_writer.h"

namespace haul::collect {
namespace {

constexpr std::uint64_t kLongest = 64ULL << 20U;
constexpr std::string_view kSuffix = ".jsonl";
constexpr std::string_view kSeal = ",\"crc32\":\"";
constexpr std::size_t kSealLength = kSeal.size() + 8 + 2;  // digits, `"}`
constexpr const char* kHead = "decisions";

std::string crc_of(std::string_view text) {
    return format::checksum_text(digest::crc32(0, std::as_bytes(std::span(text))));
}

// `text` is a JSON object with at least one field.
std::string sealed(std::string_view text) {
    return fmt::format("{}{}{}\"}}\n", text.substr(0, text.size() - 1), kSeal, crc_of(text));
}

Result<std::string> unsealed(std::string_view line, const std::string& subject) {
    const auto bad = [&](const char* why) { return failure(Code::corrupt, "read", subject, why); };
    if (line.size() <= kSealLength) return bad("it has no checksum");
    const std::string_view seal = line.substr(line.size() - kSealLength);
    if (!seal.starts_with(kSeal) || !seal.ends_with("\"}")) return bad("it has no checksum");
    std::string text(line.substr(0, line.size() - kSealLength));
    text += '}';
    if (seal.substr(kSeal.size(), 8) != crc_of(text)) return bad("its checksum is another");
    return text;
}

// How many lines the first says that follow.
Result<std::uint64_t> lines_of(std::string_view line, const std::string& subject) {
    const json::Value value = TRY(json::parse(TRY(unsealed(line, subject)), subject));
    if (TRY(json::string_at(value, "what", subject)) != kHead)
        return json::bad_field(subject, "what", "is not that of a first line");
    return json::uint_at(value, "lines", subject);
}

Result<Decision> decision_in(std::string_view line, const std::string& subject) {
    return decision_from(TRY(unsealed(line, subject)), subject);
}

std::vector<std::string_view> lines_in(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

}  // namespace

std::string object_name(std::uint64_t number) {
    return fmt::format("{}/{:06}{}", kDecisionsFolder, number, kSuffix);
}

std::optional<std::uint64_t> object_number(std::string_view name) {
    const std::string front = std::string(kDecisionsFolder) + "/";
    if (!name.starts_with(front) || !name.ends_with(kSuffix)) return std::nullopt;
    name.remove_prefix(front.size());
    if (name.size() <= kSuffix.size()) return std::nullopt;
    const auto number = text::whole_number<std::uint64_t>(name.substr(0, name.size() - kSuffix.size()));
    return number && object_name(*number) == front + std::string(name) ? number : std::nullopt;
}

std::string object_text(const std::vector<std::string>& decisions) {
    std::string text = sealed(json::dump(json::Ordered{{"what", kHead}, {"lines", decisions.size()}}));
    for (const std::string& decision : decisions) text += sealed(decision);
    return text;
}

ReadObject parse_object(std::string_view text, const std::string& name) {
    ReadObject read;
    const std::vector<std::string_view> lines = lines_in(text);
    const auto head = lines_of(lines.empty() ? "" : lines.front(), name + " line 1");
    if (!head) read.damaged.push_back(head.error());
    for (std::size_t at = 1; at < lines.size(); ++at) {
        auto decision = decision_in(lines[at], fmt::format("{} line {}", name, at + 1));
        if (decision) {
            read.decisions.push_back(*std::move(decision));
        } else {
            read.damaged.push_back(std::move(decision).error());
        }
    }
    const std::size_t there = lines.empty() ? 0 : lines.size() - 1;
    if (head && *head != there)
        read.damaged.push_back(make_error(Code::corrupt, "read", name,
                                          fmt::format("it had {} lines, and has {}", *head, there)));
    return read;
}

Result<ReadObject> read_decisions(store::Store& out, const std::string& name, const std::stop_token& stop) {
    const auto text = store::read_object(out, name, kLongest, stop);
    if (!text && text.error().code == Code::corrupt) return ReadObject{.damaged = {text.error()}};
    if (!text) return failure(Error(text.error()));
    return parse_object(*text, name);
}

Result<ListedDecisions> list_decisions(store::Store& out, const std::stop_token& stop) {
    ListedDecisions listed;
    for (const store::Object& object : TRY(store::list_folder(out, kDecisionsFolder, stop))) {
        if (object.kind != store::Kind::file) continue;
        if (const auto number = object_number(object.name)) listed.numbers.push_back(*number);
        if (object.name.starts_with(kDecisionsTemporary)) listed.temporaries.push_back(object.name);
    }
    std::ranges::sort(listed.numbers);
    return listed;
}

}  // namespace haul::collect

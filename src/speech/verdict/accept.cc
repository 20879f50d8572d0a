#include <toml++/toml.h>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "speech/verdict/verdict.h"

namespace haul::speech {
namespace {

constexpr std::uint64_t kMostBytes = 1U << 20U;

Error wrong(const std::string& subject, const toml::source_region& where, std::string_view key,
            const std::string& detail) {
    return make_error(Code::usage, "read the plan", subject,
                      fmt::format("line {}: accept.{} {}", where.begin.line,
                                  text::printable(std::string(key)), detail))
        .with_remedy("docs/listen.md lists the keys of [accept]");
}

Result<std::vector<std::string>> texts(const toml::node& node, const std::string& subject,
                                       std::string_view key) {
    const toml::array* array = node.as_array();
    if (array == nullptr) return failure(wrong(subject, node.source(), key, "is no list of texts"));
    std::vector<std::string> found;
    for (const toml::node& element : *array) {
        const auto one = element.value_exact<std::string>();
        if (!one || one->empty())
            return failure(wrong(subject, element.source(), key, "holds what is no text"));
        found.push_back(*one);
    }
    return found;
}

Result<double> number(const toml::node& node, const std::string& subject, std::string_view key, double most) {
    const auto value = node.is_number() ? node.value<double>() : std::nullopt;
    if (!value || !std::isfinite(*value)) return failure(wrong(subject, node.source(), key, "is no number"));
    if (*value < 0 || *value > most)
        return failure(wrong(subject, node.source(), key, fmt::format("is not between 0 and {}", most)));
    return *value;
}

Status take(Accept& accept, std::string_view key, const toml::node& node, const std::string& subject) {
    constexpr double kDay = 86'400;
    if (key == "licences") {
        accept.licences = TRY(texts(node, subject, key));
    } else if (key == "languages") {
        accept.languages = TRY(texts(node, subject, key));
    } else if (key == "child_score") {
        accept.child_score = TRY(number(node, subject, key, 1));
    } else if (key == "speech_seconds") {
        accept.speech_seconds = TRY(number(node, subject, key, kDay));
    } else {
        return failure(wrong(subject, node.source(), key, "is no key that it has"));
    }
    return {};
}

}  // namespace

Result<Accept> parse_accept(std::string_view toml, const std::string& subject) {
    Accept accept;
    try {
        const toml::table document = toml::parse(toml, subject);
        const toml::node* node = document.get("accept");
        if (node == nullptr) return accept;
        const toml::table* table = node->as_table();
        if (table == nullptr) return failure(wrong(subject, node->source(), "", "is no table"));
        for (const auto& [key, value] : *table) TRY(take(accept, key.str(), value, subject));
    } catch (const toml::parse_error& thrown) {
        return failure(
            make_error(Code::usage, "read the plan", subject,
                       fmt::format("line {}: {}", thrown.source().begin.line, thrown.description())));
    }
    return accept;
}

Result<Accept> read_accept(const std::string& path) {
    return parse_accept(TRY(file::read_whole(path, kMostBytes)), path);
}

}  // namespace haul::speech

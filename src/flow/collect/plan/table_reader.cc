#include "flow/collect/plan/table_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/units.h"

namespace haul::collect {

std::string TableReader::named(std::string_view key) const {
    const std::string shown = text::printable(key);
    return name_.empty() ? shown : name_ + "." + shown;
}

void TableReader::problem(std::string_view key, const std::string& what, const std::string& remedy) {
    const toml::node* const node = table_.get(key);
    problems_.add(node != nullptr ? line_of(*node) : line(), named(key) + " " + what, remedy);
}

const toml::node* TableReader::find(std::string_view key, Need need) {
    asked_.emplace_back(key);
    const toml::node* const node = table_.get(key);
    if (node == nullptr && need == Need::required)
        problem(key, "is missing", fmt::format("write {} = …", key));
    return node;
}

void TableReader::text(std::string_view key, std::string& into, Need need) {
    const toml::node* const node = find(key, need);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::string>();
    if (!value || value->empty() || !text::is_utf8(*value)) {
        problem(key, "is no text", "write a text in quotes");
        return;
    }
    into = *value;
}

void TableReader::texts(std::string_view key, std::vector<std::string>& into, Need need) {
    const toml::node* const node = find(key, need);
    if (node == nullptr) return;
    const toml::array* const array = node->as_array();
    const std::string remedy = R"(write a list of texts: ["…", "…"])";
    if (array == nullptr) return problem(key, "is no list of texts", remedy);
    std::vector<std::string> found;
    for (const toml::node& element : *array) {
        const auto one = element.value_exact<std::string>();
        if (!one || one->empty()) {
            problems_.add(line_of(element), named(key) + " holds what is no text", remedy);
            return;
        }
        found.push_back(*one);
    }
    if (found.empty() && need == Need::required) return problem(key, "is empty", remedy);
    into = std::move(found);
}

void TableReader::flag(std::string_view key, bool& into) {
    const toml::node* const node = find(key, Need::optional);
    if (node == nullptr) return;
    const auto value = node->value_exact<bool>();
    if (!value) return problem(key, "is neither true nor false", "write true or false, without quotes");
    into = *value;
}

void TableReader::number(std::string_view key, double& into, double least, double most) {
    const toml::node* const node = find(key, Need::optional);
    if (node == nullptr) return;
    const auto value = node->is_number() ? node->value<double>() : std::nullopt;
    const std::string remedy = fmt::format("write a number from {} to {}, without quotes", least, most);
    if (!value || !std::isfinite(*value)) return problem(key, "is no number", remedy);
    if (*value < least || *value > most) return problem(key, "is out of bounds", remedy);
    into = *value;
}

void TableReader::whole(std::string_view key, unsigned& into, unsigned least, unsigned most) {
    const toml::node* const node = find(key, Need::optional);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::int64_t>();
    const std::string remedy = fmt::format("write a whole number from {} to {}, without quotes", least, most);
    if (!value) return problem(key, "is no whole number", remedy);
    if (*value < least || *value > most) return problem(key, "is out of bounds", remedy);
    into = static_cast<unsigned>(*value);
}

void TableReader::size(std::string_view key, std::optional<std::uint64_t>& into) {
    const toml::node* const node = find(key, Need::optional);
    if (node == nullptr) return;
    const std::string remedy = R"(write a size with its unit, such as "200GB")";
    const auto value = node->value_exact<std::string>();
    const auto size = value ? units::parse_size(*value) : failure(Code::usage, "", "", "");
    if (!size || *size == 0) return problem(key, "is no size", remedy);
    into = *size;
}

const toml::table* TableReader::table(std::string_view key) {
    const toml::node* const node = find(key, Need::optional);
    if (node == nullptr) return nullptr;
    const toml::table* const found = node->as_table();
    if (found == nullptr)
        problem(key, "is no table", fmt::format("write [{}] on a line of its own, and its keys below", key));
    return found;
}

std::vector<const toml::table*> TableReader::tables(std::string_view key) {
    const std::string remedy =
        fmt::format("write [[{}]] on a line of its own for each, and its keys below", key);
    const toml::node* const node = find(key, Need::optional);
    if (node == nullptr) {
        problem(key, "is missing", remedy);
        return {};
    }
    std::vector<const toml::table*> found;
    const toml::array* const array = node->as_array();
    if (array != nullptr) {
        for (const toml::node& element : *array) found.push_back(element.as_table());
    }
    if (found.empty() || std::ranges::find(found, nullptr) != found.end()) {
        problem(key, "is no list of tables", remedy);
        return {};
    }
    return found;
}

void TableReader::refuse_the_rest() {
    for (const auto& [key, value] : table_) {
        if (std::ranges::find(asked_, key.str()) != asked_.end()) continue;
        problems_.add(static_cast<int>(key.source().begin.line), named(key.str()) + " is no key of a plan",
                      fmt::format("here may stand: {}", fmt::join(asked_, ", ")));
    }
}

}  // namespace haul::collect

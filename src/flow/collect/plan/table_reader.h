// Takes values out of one TOML table, by key and type. What is missing, of another type, out of bounds or not
// known at all is added to the problems with its line; the value then stays as it was. One thread.
#pragma once

#include <toml++/toml.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/collect/plan/problems.h"

namespace haul::collect {

class TableReader {
  public:
    // `name` stands before keys in messages: "limits"; empty: the document itself.
    TableReader(const toml::table& table, std::string name, Problems& problems)
        : table_(table), name_(std::move(name)), problems_(problems) {}

    enum class Need : std::uint8_t { optional, required };

    void text(std::string_view key, std::string& into, Need need = Need::optional);
    // Each of them not empty; with `required`, at least one.
    void texts(std::string_view key, std::vector<std::string>& into, Need need = Need::optional);
    void flag(std::string_view key, bool& into);
    // From `least` to `most`, both included.
    void number(std::string_view key, double& into, double least, double most);
    void whole(std::string_view key, unsigned& into, unsigned least, unsigned most);
    // "200GB"
    void size(std::string_view key, std::optional<std::uint64_t>& into);

    // The table itself, where it is one.
    const toml::table* table(std::string_view key);
    // The tables of `[[key]]`.
    std::vector<const toml::table*> tables(std::string_view key);

    // Whatever was not asked for is unknown. Call last.
    void refuse_the_rest();

    [[nodiscard]] int line() const { return line_of(table_); }
    [[nodiscard]] static int line_of(const toml::node& node) {
        return static_cast<int>(node.source().begin.line);
    }
    void problem(std::string_view key, const std::string& what, const std::string& remedy);

  private:
    const toml::node* find(std::string_view key, Need need);
    [[nodiscard]] std::string named(std::string_view key) const;

    const toml::table& table_;
    std::string name_;
    Problems& problems_;
    std::vector<std::string> asked_;
};

}  // namespace haul::collect

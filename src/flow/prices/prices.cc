#include "flow/prices/prices.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>

#include <cmath>
#include <vector>

#include "base/text.h"

namespace haul::prices {
namespace {

constexpr std::string_view kExample =
    R"(# A price list for `haul estimate --prices FILE`. All numbers are made up: put in
# those of your service. What has no line costs nothing.

currency = "USD"

[requests]     # of 1,000 requests
list = 0.01
put = 0.01     # objects, and beginnings, pieces and ends of uploads
get = 0.001    # HEAD too
copy = 0.01

[storage]      # of a GB (10^9 bytes) for a month, by storage class
STANDARD = 0.02     # the class of what is written without --storage-class
STANDARD_IA = 0.01

[transfer]
out = 0.05     # of a GB that leaves the service
)";

Error refused(const std::string& file, const toml::source_region& where, const std::string& detail,
              const std::string& remedy) {
    return make_error(Code::usage, "read prices", fmt::format("{}, line {}", file, where.begin.line), detail)
        .with_remedy(remedy);
}

class Reader {
  public:
    explicit Reader(const std::string& file) : file_(file) {}

    // The keys that a table may have; "" stands for the document itself.
    Status check_keys(const toml::table& table, std::string_view name,
                      const std::vector<std::string_view>& known) const {
        for (const auto& [key, value] : table) {
            bool found = false;
            for (const std::string_view one : known) found = found || one == key.str();
            if (found) continue;
            return failure(refused(file_, key.source(),
                                   fmt::format("unknown key '{}'{}", text::printable(key.str()),
                                               name.empty() ? "" : fmt::format(" in [{}]", name)),
                                   fmt::format("it may have: {}; `haul estimate --example-prices` shows all",
                                               fmt::join(known, ", "))));
        }
        return {};
    }

    // nullptr: it is not there.
    Result<const toml::table*> table_at(const toml::table& document, std::string_view name) const {
        const toml::node* const node = document.get(name);
        if (node == nullptr) return nullptr;
        if (const toml::table* const table = node->as_table()) return table;
        return failure(refused(file_, node->source(), fmt::format("'{}' is no table", name),
                               fmt::format("write [{}] on a line of its own, and its prices below", name)));
    }

    Result<double> price(const toml::node& node, std::string_view key) const {
        const auto value = node.is_number() ? node.value<double>() : std::nullopt;
        if (value && std::isfinite(*value) && *value >= 0) return *value;
        return failure(refused(file_, node.source(), fmt::format("'{}' is no price", text::printable(key)),
                               "write a number that is not negative, such as 0.023, without quotes"));
    }

    Status price_at(const toml::table& table, std::string_view key, double& into) const {
        if (const toml::node* const node = table.get(key)) into = TRY(price(*node, key));
        return {};
    }

  private:
    const std::string& file_;
};

Status read_requests(const Reader& reader, const toml::table& document, Prices& prices) {
    const toml::table* const table = TRY(reader.table_at(document, "requests"));
    if (table == nullptr) return {};
    TRY(reader.check_keys(*table, "requests", {"list", "put", "get", "copy"}));
    TRY(reader.price_at(*table, "list", prices.list));
    TRY(reader.price_at(*table, "put", prices.put));
    TRY(reader.price_at(*table, "get", prices.get));
    return reader.price_at(*table, "copy", prices.copy);
}

Status read_storage(const Reader& reader, const toml::table& document, Prices& prices) {
    const toml::table* const table = TRY(reader.table_at(document, "storage"));
    if (table == nullptr) return {};
    for (const auto& [key, value] : *table)
        prices.storage[std::string(key.str())] = TRY(reader.price(value, key.str()));
    return {};
}

Status read_transfer(const Reader& reader, const toml::table& document, Prices& prices) {
    const toml::table* const table = TRY(reader.table_at(document, "transfer"));
    if (table == nullptr) return {};
    TRY(reader.check_keys(*table, "transfer", {"out"}));
    return reader.price_at(*table, "out", prices.out);
}

Status read_currency(const std::string& file, const toml::table& document, Prices& prices) {
    const toml::node* const node = document.get("currency");
    const std::string remedy = "write, before the tables, a line such as: currency = \"USD\"";
    if (node == nullptr) return failure(refused(file, document.source(), "it has no currency", remedy));
    prices.currency = node->value_exact<std::string>().value_or("");
    if (!prices.currency.empty() && prices.currency.size() <= 16) return {};
    return failure(refused(file, node->source(), "'currency' is no name of a currency", remedy));
}

Result<toml::table> parse_document(std::string_view text, const std::string& file) {
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        return failure(refused(file, error.source(), std::string(error.description()),
                               "`haul estimate --example-prices` prints a list to begin with"));
    }
}

}  // namespace

std::string_view example() { return kExample; }

Result<Prices> parse(std::string_view text, const std::string& file) {
    const toml::table document = TRY(parse_document(text, file));
    const Reader reader(file);
    Prices prices;
    prices.file = file;
    TRY(reader.check_keys(document, "", {"currency", "requests", "storage", "transfer"}));
    TRY(read_currency(file, document, prices));
    TRY(read_requests(reader, document, prices));
    TRY(read_storage(reader, document, prices));
    TRY(read_transfer(reader, document, prices));
    return prices;
}

Result<Cost> cost_of(const Usage& usage, const Prices& prices) {
    constexpr double kGigabyte = 1e9, kThousand = 1e3;
    Cost cost;
    cost.currency = prices.currency;
    cost.requests =
        (static_cast<double>(usage.lists) * prices.list + static_cast<double>(usage.puts) * prices.put +
         static_cast<double>(usage.gets) * prices.get + static_cast<double>(usage.copies) * prices.copy) /
        kThousand;
    cost.out = static_cast<double>(usage.bytes_out) / kGigabyte * prices.out;
    if (usage.bytes_stored == 0) return cost;
    cost.storage_class = usage.storage_class;
    const auto price = prices.storage.find(usage.storage_class);
    if (price == prices.storage.end()) {
        return failure(
            make_error(Code::usage, "read prices", prices.file,
                       fmt::format("it has no price for the storage class {}", usage.storage_class))
                .with_remedy(
                    fmt::format("add a line to [storage]: {} = 0.01, with your price", usage.storage_class)));
    }
    cost.storage = static_cast<double>(usage.bytes_stored) / kGigabyte * price->second;
    return cost;
}

}  // namespace haul::prices

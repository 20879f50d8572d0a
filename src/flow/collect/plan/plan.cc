#include "flow/collect/plan/plan.h"

#include <toml++/toml.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "flow/collect/plan/listed_words.h"
#include "flow/collect/plan/problems.h"
#include "flow/collect/plan/read_source.h"
#include "flow/collect/plan/table_reader.h"

namespace haul::collect {
namespace {

using Need = TableReader::Need;

constexpr std::uint64_t kMostBytes = 1U << 20U;
constexpr double kDay = 86'400;

// A name stands in paths and messages.
bool is_name(std::string_view name) {
    const auto fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    return name.size() <= 100 && !name.starts_with('.') && std::ranges::all_of(name, fine);
}

bool is_contact(std::string_view contact) {
    const auto printable = [](char c) { return c > ' ' && c < 0x7f && c != '(' && c != ')'; };
    return std::ranges::all_of(contact, printable) &&
           (contact.find('@') != std::string_view::npos || contact.starts_with("https://") ||
            contact.starts_with("http://"));
}

void read_accept(const toml::table* table, speech::Accept& accept, Problems& problems) {
    if (table == nullptr) return;
    TableReader reader(*table, "accept", problems);
    reader.texts("licences", accept.licences);
    check_licence_ids(reader, "licences", accept.licences);
    reader.texts("languages", accept.languages);
    check_languages(reader, "languages", accept.languages);
    reader.number("child_score", accept.child_score, 0, 1);
    reader.number("speech_seconds", accept.speech_seconds, 0, kDay);
    reader.refuse_the_rest();
}

void read_limits(const toml::table* table, Limits& limits, Problems& problems) {
    if (table == nullptr) return;
    TableReader reader(*table, "limits", problems);
    reader.whole("downloads", limits.downloads, 1, 64);
    reader.whole("per_host", limits.per_host, 1, 64);
    reader.number("requests_per_second", limits.requests_per_second, 0.001, 1000);
    reader.size("bytes", limits.bytes);
    if (table->contains("hours")) reader.number("hours", limits.hours.emplace(0), 0.001, 1e6);
    reader.flag("allow_private", limits.allow_private);
    reader.refuse_the_rest();
}

void read_probe(const toml::table* table, Probe& probe, Problems& problems) {
    if (table == nullptr) return;
    TableReader reader(*table, "probe", problems);
    reader.number("seconds", probe.seconds, 5, kDay);
    reader.number("accept_channel_above", probe.accept_channel_above, 0, 1);
    reader.refuse_the_rest();
}

void read_sources(TableReader& document, const std::string& folder, Plan& plan, Problems& problems) {
    for (const toml::table* const table : document.tables("source"))
        plan.sources.push_back(read_source(*table, folder, problems));
}

void read_out(TableReader& reader, const std::string& folder, Plan& plan) {
    std::string out;
    reader.text("out", out, Need::required);
    if (out.empty()) return;
    const bool is_path = out.find("://") == std::string::npos && !out.starts_with("rclone:");
    auto address = store::parse_address(is_path ? beneath_plan(folder, out) : out);
    if (!address) {
        reader.problem("out", "is no place: " + address.error().detail, address.error().remedy);
        return;
    }
    plan.out = *std::move(address);
}

void check_as_a_whole(TableReader& reader, const toml::table* accept, const Plan& plan) {
    if (!plan.name.empty() && !is_name(plan.name))
        reader.problem("name", "is no name", "write letters, digits, -, _ and . alone, at most 100");
    if (!plan.contact.empty() && !is_contact(plan.contact))
        reader.problem("contact", "is no address", "write an e-mail or web address of yours");
    const bool web = std::ranges::any_of(plan.sources, [](const auto& one) { return one.kind != "files"; });
    if (web && plan.contact.empty())
        reader.problem("contact", "is missing",
                       "write an e-mail or web address of yours: servers that are asked can see it");
    if (plan.accept.licences.empty())
        reader.problem(accept == nullptr ? "" : "accept", "allows no licence, so nothing could be accepted",
                       R"(write licences = ["CC0-1.0", …] into [accept])");
}

Plan plan_of(const toml::table& document, const std::string& folder, Problems& problems) {
    Plan plan;
    TableReader reader(document, "", problems);
    reader.text("name", plan.name, Need::required);
    read_out(reader, folder, plan);
    reader.text("contact", plan.contact);
    read_sources(reader, folder, plan, problems);
    const toml::table* const accept = reader.table("accept");
    read_accept(accept, plan.accept, problems);
    read_limits(reader.table("limits"), plan.limits, problems);
    read_probe(reader.table("probe"), plan.probe, problems);
    reader.refuse_the_rest();
    check_as_a_whole(reader, accept, plan);
    return plan;
}

}  // namespace

Result<Plan> parse_plan(std::string_view toml, const std::string& path) {
    Problems problems;
    try {
        const toml::table document = toml::parse(toml, path);
        const auto folder = std::filesystem::absolute(path).parent_path().string();
        Plan plan = plan_of(document, folder, problems);
        if (!problems.none()) return failure(problems.as_error(path));
        plan.text = toml;
        return plan;
    } catch (const toml::parse_error& thrown) {
        problems.add(static_cast<int>(thrown.source().begin.line), std::string(thrown.description()),
                     "correct the TOML there");
    } catch (const std::filesystem::filesystem_error& thrown) {
        return failure(os_error(thrown.code().value(), "find the folder of", path));
    }
    return failure(problems.as_error(path));
}

Result<Plan> read_plan(const std::string& path) {
    auto text = file::read_whole(path, kMostBytes);
    if (!text) {
        return failure(std::move(text)
                           .error()
                           .within("read the plan", path)
                           .with_remedy("`haul collect --example > plan.toml` writes one to begin with"));
    }
    return parse_plan(*text, path);
}

}  // namespace haul::collect

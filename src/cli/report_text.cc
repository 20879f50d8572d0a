// The answers of verify and estimate, in words and as data.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/summary.h"

namespace haul::cli {
namespace {

std::string finding_text(const set::Finding& finding) {
    std::string where = text::printable(finding.object);
    if (finding.offset) where += fmt::format(" at byte {}", *finding.offset);
    if (!finding.path.empty()) where += fmt::format(", {}", text::printable(finding.path));
    return fmt::format("  {}: {}\n", where, text::printable(finding.what));
}

std::string counted(std::uint64_t count, std::string_view one) {
    return fmt::format("{} {}{}", units::count_text(count), one, count == 1 ? "" : "s");
}

// Where the set itself is whole, nothing is to be restored.
std::string remedy_of(const set::VerifyReport& report) {
    const auto of_set = [](const set::Finding& finding) { return !finding.of_source; };
    const bool damaged = std::ranges::any_of(report.findings, of_set);
    const bool differs = !std::ranges::all_of(report.findings, of_set);
    std::string text;
    if (damaged) {
        text +=
            "To do: restore the damaged objects from another copy, or pack the source again under another "
            "--name.\n";
    }
    if (differs) {
        text += std::string(damaged ? "" : "The set itself is whole. ") +
                "The source is not as it was when the set was made: to keep it as it is now, pack it under "
                "another "
                "--name.\n";
    }
    return text;
}

}  // namespace

std::string verify_text(const std::string& set, const set::VerifyReport& report, bool quick) {
    const bool nothing_read = report.parts == 0 && report.finding_count > 0;
    const std::string what =
        nothing_read ? "no part was checked"
                     : fmt::format("{}, {}, {}", counted(report.parts, "part"),
                                   counted(report.members, "member"), units::size_text(report.bytes));
    if (report.finding_count == 0) {
        return fmt::format("{}: {}.\n{}\n", text::printable(set), what,
                           quick ? "Sizes and records agree; members' bytes were not read (--quick)."
                                 : "Every byte was read and agrees with its records.");
    }
    std::string text = fmt::format(
        "{}: {}.\n{} wrong:\n", text::printable(set), what,
        report.finding_count == 1 ? "1 thing is" : units::count_text(report.finding_count) + " things are");
    for (const set::Finding& finding : report.findings) text += finding_text(finding);
    if (report.finding_count > report.findings.size()) {
        text +=
            fmt::format("  and {} more\n", units::count_text(report.finding_count - report.findings.size()));
    }
    return text + remedy_of(report);
}

json::Ordered verify_json(const set::VerifyReport& report, int exit_code) {
    json::Ordered findings = json::Ordered::array();
    for (const set::Finding& finding : report.findings) {
        json::Ordered object;
        object["object"] = finding.object;
        if (finding.offset) object["offset"] = *finding.offset;
        if (!finding.path.empty()) object["path"] = finding.path;
        if (!text::is_utf8(finding.path)) object["path_b64"] = text::base64(finding.path);
        object["what"] = finding.what;
        findings.push_back(std::move(object));
    }
    return {{"time", clock::utc_text(clock::wall())},
            {"event", "verified"},
            {"exit_code", exit_code},
            {"parts", report.parts},
            {"members", report.members},
            {"bytes", report.bytes},
            {"finding_count", report.finding_count},
            {"findings", std::move(findings)}};
}

// What a pack would make of what is there already.
std::string there_text(const pack::Estimate& estimate) {
    if (estimate.there == "complete")
        return "There:     the set, complete, and its source has not changed: a pack does nothing\n";
    if (estimate.there == "growing")
        return "There:     the set; what failed then and can be read now would be added to it\n";
    if (estimate.there == "unfinished")
        return "There:     an unfinished set: the command that began it continues it\n";
    if (estimate.there == "other")
        return fmt::format("There:     a pack would be refused: {}\n",
                           text::printable(estimate.there_problem));
    return {};
}

std::string requests_text(const pack::Requests& requests) {
    return fmt::format("{} ({} LIST, {} GET, {} HEAD, {} PUT, {} DELETE)", units::count_text(requests.all()),
                       units::count_text(requests.lists), units::count_text(requests.gets),
                       units::count_text(requests.heads), units::count_text(requests.puts),
                       units::count_text(requests.removes));
}

std::string requests_text(const pack::Estimate& estimate) {
    if (!estimate.source_is_service && !estimate.destination_is_service)
        return "Requests:  none, both are local folders\n";
    std::string text;
    if (estimate.source_is_service)
        text += fmt::format("Requests:  {} to the source\n", requests_text(estimate.from_source));
    if (estimate.destination_is_service) {
        text += fmt::format("{}{} to the destination\n", text.empty() ? "Requests:  " : "           ",
                            requests_text(estimate.to_destination));
    }
    return text;
}

// Small amounts matter where there are many parts.
std::string money_text(double amount, const std::string& currency) {
    return fmt::format("{:.{}f} {}", amount, amount > 0 && amount < 1 ? 4 : 2, text::printable(currency));
}

std::string cost_text(const prices::Cost& cost) {
    std::string text =
        fmt::format("Costs:     {} once: {} for requests, {} for what leaves the service\n",
                    money_text(cost.requests + cost.out, cost.currency),
                    money_text(cost.requests, cost.currency), money_text(cost.out, cost.currency));
    if (!cost.storage_class.empty()) {
        text += fmt::format("           {} a month to keep the parts as {}\n",
                            money_text(cost.storage, cost.currency), cost.storage_class);
    }
    return text;
}

std::string estimate_text(const pack::Request& request, const pack::Estimate& estimate,
                          const std::optional<prices::Cost>& cost) {
    std::string text = fmt::format("{} -> {}\n", text::printable(request.source.canonical()),
                                   text::printable(request.destination.child(request.name).canonical()));
    text += fmt::format("To pack:   {} ({}), {}, {}\n", counted(estimate.files, "file"),
                        units::size_text(estimate.bytes), counted(estimate.folders, "folder"),
                        counted(estimate.symlinks, "symlink"));
    text += fmt::format("Makes:     {}, {}\n", counted(estimate.parts, "part"),
                        units::size_text(estimate.image_bytes));
    if (estimate.oversize > 0) {
        text += fmt::format("           {} of them above the part size, each for one larger file\n",
                            units::count_text(estimate.oversize));
    }
    text += requests_text(estimate);
    if (cost) text += cost_text(*cost);
    if (estimate.skipped > 0) text += fmt::format("Skipped:   {}\n", counted(estimate.skipped, "item"));
    if (estimate.failed > 0)
        text += fmt::format("Failed:    {} that cannot be read\n", counted(estimate.failed, "item"));
    if (estimate.free_bytes) {
        text += fmt::format("Free:      {}{}\n", units::size_text(*estimate.free_bytes),
                            *estimate.free_bytes < estimate.image_bytes ? ", which is not enough" : "");
    }
    text += there_text(estimate);
    text += estimate.destination_writable ? "The destination can be written to.\n"
                                          : fmt::format("The destination cannot be written to: {}\n",
                                                        text::printable(estimate.destination_problem));
    return text;
}

json::Ordered requests_json(const pack::Requests& requests) {
    return {{"lists", requests.lists},
            {"gets", requests.gets},
            {"heads", requests.heads},
            {"puts", requests.puts},
            {"removes", requests.removes}};
}

json::Ordered cost_json(const prices::Cost& cost) {
    json::Ordered object = {{"currency", cost.currency},
                            {"requests", cost.requests},
                            {"out", cost.out},
                            {"once", cost.requests + cost.out},
                            {"storage_month", cost.storage}};
    if (!cost.storage_class.empty()) object["storage_class"] = cost.storage_class;
    return object;
}

json::Ordered estimate_json(const pack::Estimate& estimate, const std::optional<prices::Cost>& cost) {
    json::Ordered object = {{"time", clock::utc_text(clock::wall())},
                            {"event", "estimate"},
                            {"files", estimate.files},
                            {"folders", estimate.folders},
                            {"symlinks", estimate.symlinks},
                            {"bytes", estimate.bytes},
                            {"parts", estimate.parts},
                            {"oversize", estimate.oversize},
                            {"skipped", estimate.skipped},
                            {"failed", estimate.failed},
                            {"image_bytes", estimate.image_bytes},
                            {"write_requests", estimate.to_destination.all()},
                            {"read_requests", estimate.from_source.all()},
                            {"requests",
                             {{"source", requests_json(estimate.from_source)},
                              {"destination", requests_json(estimate.to_destination)}}},
                            {"destination_writable", estimate.destination_writable}};
    if (cost) object["cost"] = cost_json(*cost);
    if (estimate.free_bytes) object["free_bytes"] = *estimate.free_bytes;
    if (!estimate.destination_problem.empty()) object["destination_problem"] = estimate.destination_problem;
    object["there"] = estimate.there;
    if (!estimate.there_problem.empty()) object["there_problem"] = estimate.there_problem;
    return object;
}

}  // namespace haul::cli

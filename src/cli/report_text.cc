// The answers of verify and estimate, in words and as data.
#include <cstdint>
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

}  // namespace

std::string verify_text(const std::string& set, const set::VerifyReport& report, bool quick) {
    const std::string what = fmt::format("{}, {}, {}", counted(report.parts, "part"),
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
    return text +
           "To do: restore the damaged objects from another copy, or pack the source again under another "
           "--name.\n";
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

std::string estimate_text(const pack::Request& request, const pack::Estimate& estimate) {
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
    text += fmt::format("Requests:  {} to write, {} to read\n", units::count_text(estimate.write_requests),
                        units::count_text(estimate.read_requests));
    if (estimate.skipped > 0) text += fmt::format("Skipped:   {}\n", counted(estimate.skipped, "item"));
    if (estimate.failed > 0)
        text += fmt::format("Failed:    {} that cannot be read\n", counted(estimate.failed, "item"));
    if (estimate.free_bytes) {
        text += fmt::format("Free:      {}{}\n", units::size_text(*estimate.free_bytes),
                            *estimate.free_bytes < estimate.image_bytes ? ", which is not enough" : "");
    }
    text += estimate.destination_writable ? "The destination can be written to.\n"
                                          : fmt::format("The destination cannot be written to: {}\n",
                                                        text::printable(estimate.destination_problem));
    return text;
}

json::Ordered estimate_json(const pack::Estimate& estimate) {
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
                            {"write_requests", estimate.write_requests},
                            {"read_requests", estimate.read_requests},
                            {"destination_writable", estimate.destination_writable}};
    if (estimate.free_bytes) object["free_bytes"] = *estimate.free_bytes;
    if (!estimate.destination_problem.empty()) object["destination_problem"] = estimate.destination_problem;
    return object;
}

}  // namespace haul::cli

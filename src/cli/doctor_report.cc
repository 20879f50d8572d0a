#include "cli/doctor_report.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/exit_code.h"

namespace haul::cli {
namespace {

using doctor::Outcome;

std::uint64_t count_of(const doctor::Examination& examination, Outcome outcome) {
    return static_cast<std::uint64_t>(
        std::ranges::count(examination.findings, outcome, &doctor::Finding::outcome));
}

std::string value_text(const std::string& name, const json::Ordered& value) {
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value.is_string()) return value.get<std::string>();
    const auto number = value.get<std::uint64_t>();
    if (name == "free_bytes" || name == "min_piece" || name == "max_piece")
        return number == 0 && name != "free_bytes" ? "no limit" : units::size_text(number);
    return number == 0 ? "no limit" : units::count_text(number);
}

}  // namespace

json::Ordered capabilities_json(const store::Capabilities& can) {
    json::Ordered object = {{"order", can.order == store::Order::bytes ? "bytes" : "stable"},
                            {"conditional_read", can.conditional_read},
                            {"create_only", can.create_only},
                            {"replace_if", can.replace_if},
                            {"full_object_checksum", can.full_object_checksum},
                            {"ranged_copy", can.ranged_copy},
                            {"lists_pieces", can.lists_pieces},
                            {"durable_pieces", can.durable_pieces},
                            {"keeps_modes", can.keeps_modes},
                            {"keeps_metadata", can.keeps_metadata},
                            {"any_names", can.any_names},
                            {"random_pieces", can.random_pieces},
                            {"min_piece", can.min_piece},
                            {"max_piece", can.max_piece},
                            {"max_pieces", can.max_pieces},
                            {"max_name", can.max_name}};
    if (can.free_bytes) object["free_bytes"] = *can.free_bytes;
    return object;
}

std::string capabilities_text(const std::string& place, const store::Capabilities& can) {
    std::string text = fmt::format("{} says that it can do this:\n", text::printable(place));
    const json::Ordered object = capabilities_json(can);
    for (const auto& [name, value] : object.items())
        text += fmt::format("  {:<22}{}\n", name, value_text(name, value));
    return text + "What it promises:\n";
}

std::string finding_text(const doctor::Finding& finding) {
    switch (finding.outcome) {
        case Outcome::kept:
            return fmt::format("  kept         {}\n", finding.promise);
        case Outcome::broken:
            return fmt::format("  BROKEN       {}: {}\n", finding.promise, text::printable(finding.detail));
        case Outcome::not_claimed:
            return fmt::format("  not claimed  {}\n", finding.promise);
    }
    return {};
}

int exit_code_of(const doctor::Examination& examination) {
    if (examination.interrupted) return kInterrupted;
    if (count_of(examination, Outcome::broken) > 0) return kWrongData;
    return examination.left.empty() ? kProven : kIncomplete;
}

std::string examined_text(const doctor::Examination& examination) {
    std::string text;
    if (examination.interrupted) {
        text = fmt::format("Interrupted after {} of its promises.\n", examination.findings.size());
    } else {
        text = fmt::format("{} kept, {} broken, {} not claimed by this store.\n",
                           count_of(examination, Outcome::kept), count_of(examination, Outcome::broken),
                           count_of(examination, Outcome::not_claimed));
    }
    if (count_of(examination, Outcome::broken) > 0)
        text += "To do: do not trust it with a set; docs/stores.md says what each promise means.\n";
    if (examination.left.empty()) return text + "Everything that was made for this is gone again.\n";
    text +=
        fmt::format("Not everything in {} could be removed again; remove it by hand:\n", examination.scratch);
    constexpr std::size_t kMostTold = 5;
    for (std::size_t i = 0; i < std::min(kMostTold, examination.left.size()); ++i)
        text += fmt::format("  {}\n", text::printable(examination.left[i]));
    if (examination.left.size() > kMostTold)
        text += fmt::format("  and {} more\n", examination.left.size() - kMostTold);
    return text;
}

json::Ordered examined_json(const std::string& place, const store::Capabilities& can,
                            const doctor::Examination& examination) {
    json::Ordered promises = json::Ordered::array();
    for (const doctor::Finding& finding : examination.findings) {
        json::Ordered object = {{"promise", finding.promise}, {"outcome", doctor::name_of(finding.outcome)}};
        if (!finding.detail.empty()) object["detail"] = finding.detail;
        promises.push_back(std::move(object));
    }
    return {{"time", clock::utc_text(clock::wall())},
            {"store", place},
            {"scratch", examination.scratch},
            {"exit_code", exit_code_of(examination)},
            {"interrupted", examination.interrupted},
            {"kept", count_of(examination, Outcome::kept)},
            {"broken", count_of(examination, Outcome::broken)},
            {"not_claimed", count_of(examination, Outcome::not_claimed)},
            {"capabilities", capabilities_json(can)},
            {"promises", std::move(promises)},
            {"left", examination.left}};
}

std::string cleaned_text(const std::string& place, const doctor::Cleaning& cleaning) {
    const std::string where = text::printable(place);
    if (!cleaning.claimed) {
        return fmt::format(
            "No job is under way or left behind in {}: nothing to end.\n"
            "(--clean looks at one set, DEST/NAME, or at what is unpacked into.)\n",
            where);
    }
    if (cleaning.recorded == 0) return fmt::format("No upload is recorded in {}: nothing to end.\n", where);
    std::string text = fmt::format("Uploads ended in {}, their records removed: {}\n", where,
                                   units::count_text(cleaning.ended.size()));
    for (const store::PendingUpload& upload : cleaning.ended)
        text += fmt::format("  {}\n", text::printable(upload.name));
    return text + "The command that began them, given again, goes on and sends these anew.\n";
}

json::Ordered cleaned_json(const std::string& place, const doctor::Cleaning& cleaning) {
    json::Ordered ended = json::Ordered::array();
    for (const store::PendingUpload& upload : cleaning.ended) {
        json::Ordered object;
        json::put_bytes(object, "object", upload.name);
        json::put_bytes(object, "upload", upload.id);
        ended.push_back(std::move(object));
    }
    return {{"time", clock::utc_text(clock::wall())},
            {"store", place},
            {"exit_code", kProven},
            {"claimed", cleaning.claimed},
            {"recorded", cleaning.recorded},
            {"ended", std::move(ended)}};
}

}  // namespace haul::cli

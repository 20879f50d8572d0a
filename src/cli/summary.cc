#include "cli/summary.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/exit_code.h"
#include "report/account.h"

namespace haul::cli {
namespace {

std::string counted(std::uint64_t count, std::string_view one) {
    return fmt::format("{} {}{}", units::count_text(count), one, count == 1 ? "" : "s");
}

// "3,037 files (12.3 MB), 10 folders, 2 symlinks": folders and symlinks where there are entries of them.
std::string contents_text(std::uint64_t files, std::uint64_t bytes, std::uint64_t folders,
                          std::uint64_t symlinks) {
    std::string text = fmt::format("{} ({})", counted(files, "file"), units::size_text(bytes));
    if (folders > 0) text += ", " + counted(folders, "folder");
    if (symlinks > 0) text += ", " + counted(symlinks, "symlink");
    return text;
}

std::string capitalised(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

// Failed items are in a complete job; units set aside keep it from being complete.
void set_end(Ending& ending) {
    if (ending.set_aside > 0) ending.phase = job::Phase::incomplete;
    if (ending.set_aside > 0 || ending.failed > 0) ending.exit_code = kIncomplete;
}

// Each remedy once: most items of a run fail for the same reason.
std::string remedies_text(const std::vector<Failures::Item>& items) {
    std::vector<std::pair<const Failures::Item*, std::size_t>> remedies;  // the first item, and how many
    for (const Failures::Item& item : items) {
        if (item.remedy.empty()) continue;
        const auto same = [&](const auto& known) { return known.first->remedy == item.remedy; };
        const auto known = std::ranges::find_if(remedies, same);
        if (known == remedies.end()) {
            remedies.emplace_back(&item, 1);
        } else {
            ++known->second;
        }
    }
    std::string text;
    for (const auto& [item, count] : remedies) {
        text += "  to do";
        if (count < items.size()) text += " for " + text::printable(item->path);
        if (count > 1 && count < items.size()) text += fmt::format(" and {} more", count - 1);
        text += ": " + text::printable(item->remedy) + "\n";
    }
    return text;
}

// `with_accounts`: of each, what became of it.
std::string list_text(const std::string& title, const std::vector<Failures::Item>& items, std::uint64_t count,
                      const RunFacts& run, bool with_accounts) {
    if (count == 0) return {};
    std::string text = title + (items.empty() ? "" : ":") + "\n";
    for (const Failures::Item& item : items) {
        text += fmt::format("  {}: {}\n", text::printable(item.path), item.reason);
        if (with_accounts && item.error) text += "    " + report::account_text(*item.error) + "\n";
    }
    if (count > items.size()) {
        text += items.empty() ? fmt::format("  they are listed in {}\n", text::printable(run.log))
                              : fmt::format("  and {} more, in {}\n", units::count_text(count - items.size()),
                                            text::printable(run.log));
    }
    return text + remedies_text(items);
}

}  // namespace

Ending ending_of(const pack::Request& request, const pack::Totals& totals) {
    Ending ending;
    ending.files = totals.files;
    ending.bytes = totals.bytes;
    ending.failed = totals.failed;
    ending.skipped = totals.skipped;
    ending.set_aside = totals.set_aside;
    ending.did_nothing = totals.nothing_to_do;
    set_end(ending);
    const std::string what =
        fmt::format("{} in {}", contents_text(totals.files, totals.bytes, totals.folders, totals.symlinks),
                    counted(totals.parts, "part"));
    if (totals.nothing_to_do) {
        ending.outcome = "nothing to do: the set is complete and its source has not changed, " + what;
    } else if (totals.set_aside > 0) {
        ending.outcome = "packed " + what + "; the set is not complete";
    } else {
        ending.outcome = "packed " + what;
    }
    ending.where = {"set: " + text::printable(request.destination.child(request.name).canonical())};
    ending.totals = {{"files", totals.files},
                     {"folders", totals.folders},
                     {"symlinks", totals.symlinks},
                     {"bytes", totals.bytes},
                     {"parts", totals.parts},
                     {"failed", totals.failed},
                     {"skipped", totals.skipped},
                     {"set_aside", totals.set_aside},
                     {"nothing_to_do", totals.nothing_to_do}};
    return ending;
}

Ending ending_of(const unpack::Request& request, const unpack::Totals& totals) {
    Ending ending;
    ending.files = totals.files;
    ending.bytes = totals.bytes;
    ending.failed = totals.failed;
    ending.skipped = totals.skipped;
    ending.set_aside = totals.set_aside;
    ending.did_nothing = request.dry_run;
    set_end(ending);
    ending.outcome = fmt::format("{} {}", request.dry_run ? "would unpack" : "unpacked",
                                 contents_text(totals.files, totals.bytes, totals.folders, totals.symlinks));
    ending.where = {"to: " + text::printable(request.destination.canonical())};
    ending.totals = {{"files", totals.files},        {"folders", totals.folders},
                     {"symlinks", totals.symlinks},  {"bytes", totals.bytes},
                     {"failed", totals.failed},      {"skipped", totals.skipped},
                     {"set_aside", totals.set_aside}};
    return ending;
}

json::Ordered corpus_json(const collect::Totals& totals) {
    json::Ordered left_out = json::Ordered::object();
    std::uint64_t skipped = 0;
    for (const auto& [why, count] : totals.left_out) {
        left_out[why] = count;
        skipped += count;
    }
    return {{"files", totals.accepted + totals.rejected + totals.unheard},
            {"bytes", totals.bytes},
            {"failed", totals.failed},
            {"skipped", skipped},
            {"set_aside", totals.set_aside},
            {"candidates", totals.candidates},
            {"accepted", totals.accepted},
            {"rejected", totals.rejected},
            {"unheard", totals.unheard},
            {"accepted_seconds", totals.accepted_seconds},
            {"channels",
             {{"accepted", totals.channels_accepted},
              {"closed", totals.channels_closed},
              {"open", totals.channels_open}}},
            {"left_out", left_out},
            {"waiting", totals.waiting}};
}

Ending ending_of(const collect::Request& request, const collect::Totals& totals) {
    Ending ending;
    ending.files = totals.fetched;
    ending.bytes = totals.fetched_bytes;
    ending.failed = totals.failed;
    ending.set_aside = totals.set_aside;
    ending.proves_bytes = false;
    for (const auto& [why, count] : totals.left_out) ending.skipped += count;
    set_end(ending);
    constexpr double kNsPerSecond = 1e9;
    const std::chrono::nanoseconds speech(static_cast<std::int64_t>(totals.accepted_seconds * kNsPerSecond));
    ending.outcome = fmt::format("the corpus has {} with {} of speech, {} fetched in this run ({})",
                                 counted(totals.accepted, "recording"), units::duration_text(speech),
                                 units::count_text(totals.fetched), units::size_text(totals.fetched_bytes));
    ending.where = {"corpus: " + text::printable(request.plan.out.canonical()),
                    fmt::format("found: {}; not accepted: {}", counted(totals.candidates, "candidate"),
                                units::count_text(totals.rejected)),
                    fmt::format("channels: {} accepted, {} closed, {} open", totals.channels_accepted,
                                totals.channels_closed, totals.channels_open)};
    std::string reasons;
    for (const auto& [why, count] : totals.left_out) {
        reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", units::count_text(count), why);
    }
    if (!reasons.empty()) ending.where.push_back("left out: " + reasons);
    if (totals.limit_reached)
        ending.where.push_back(
            fmt::format("stopped at a limit; {} waiting", counted(totals.waiting, "unit")));
    if (!totals.state.empty()) ending.where.push_back("exports: exports/" + totals.state);
    ending.totals = corpus_json(totals);
    ending.totals["fetched"] = totals.fetched;
    ending.totals["fetched_bytes"] = totals.fetched_bytes;
    ending.totals["probe_bytes"] = totals.probe_bytes;
    ending.totals["swept"] = totals.swept;
    ending.totals["limit_reached"] = totals.limit_reached;
    ending.totals["state"] = totals.state;
    return ending;
}

Ending ending_of(const Error& error, bool cancelled) {
    Ending ending;
    const bool interrupted = error.code == Code::interrupted;
    ending.phase = interrupted ? job::Phase::interrupted : job::Phase::failed;
    ending.exit_code = exit_code_of(error.code);
    ending.outcome = error.message();
    if (interrupted)
        ending.outcome = cancelled ? "stopped by haul cancel" : "interrupted; the same command continues";
    return ending;
}

std::string summary_text(const Ending& ending, const Failures& failures, const RunFacts& run) {
    std::string text = capitalised(ending.outcome);
    text += fmt::format(", {}", units::duration_text(run.took));
    const double seconds = std::chrono::duration<double>(run.took).count();
    if (run.fresh && !ending.did_nothing && ending.bytes > 0 && seconds > 0.01) {
        const auto rate = static_cast<std::uint64_t>(static_cast<double>(ending.bytes) / seconds);
        text += fmt::format(", {}/s", units::size_text(rate));
    }
    text += ".\n";
    for (const std::string& line : ending.where) text += capitalised(line) + "\n";
    if (ending.skipped > 0) {
        text += fmt::format("{} skipped; {} is in {}\n", counted(ending.skipped, "item"),
                            ending.skipped == 1 ? "the reason" : "each reason", text::printable(run.log));
    }
    text += list_text(counted(ending.failed, "item") + " failed", failures.failed, ending.failed, run, false);
    text += list_text(counted(ending.set_aside, "unit") + " set aside", failures.set_aside, ending.set_aside,
                      run, true);
    if (ending.failed > 0 || ending.set_aside > 0) {
        text += fmt::format("To try just these again: the same command, or haul resume {}\n", run.job);
    } else if (ending.exit_code == kProven && !ending.did_nothing && ending.proves_bytes) {
        text += "Every byte is proven to be there.\n";
    }
    return text;
}

json::Ordered summary_json(const Ending& ending, const Failures& failures, const RunFacts& run) {
    json::Ordered object;
    object["time"] = clock::utc_text(clock::wall());
    object["event"] = "summary";
    object["job"] = run.job;
    object["phase"] = job::name_of(ending.phase);
    object["outcome"] = ending.outcome;
    object["exit_code"] = ending.exit_code;
    object["seconds"] = std::chrono::duration<double>(run.took).count();
    object["totals"] = ending.totals;
    object["failed_items"] = to_json(failures.failed);
    object["units_set_aside"] = to_json(failures.set_aside);
    object["log"] = run.log;
    return object;
}

}  // namespace haul::cli

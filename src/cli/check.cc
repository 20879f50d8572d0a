#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "base/text.h"
#include "base/units.h"
#include "cli/command.h"
#include "cli/corpus_ledger.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/service_options.h"
#include "engine/shutdown.h"
#include "flow/collect/look.h"
#include "store/open_store.h"

namespace haul::cli {
namespace {

struct Options {
    std::string plan;
    std::optional<std::string> state;
    ServiceWords service;
};

json::Ordered json_of(const collect::CheckReport& report) {
    json::Ordered findings = json::Ordered::array();
    for (const collect::Finding& one : report.findings)
        findings.push_back({{"what", one.what}, {"name", one.name}, {"detail", one.detail}});
    return {{"recordings", report.recordings},
            {"bytes", report.bytes},
            {"finding_count", report.finding_count},
            {"findings", findings}};
}

std::string text_of(const collect::CheckReport& report) {
    std::string text;
    for (const collect::Finding& one : report.findings)
        text += fmt::format("{}: {}: {}\n", one.what, text::printable(one.name), text::printable(one.detail));
    if (report.finding_count > report.findings.size())
        text += fmt::format("and {} more\n", report.finding_count - report.findings.size());
    return text + fmt::format("{} recordings ({}) looked at, {} findings\n",
                              units::count_text(report.recordings), units::size_text(report.bytes),
                              units::count_text(report.finding_count));
}

Result<int> run_check(const Options& options, bool json) {
    const engine::Shutdown shutdown(true);
    const CorpusLedger corpus = TRY(open_corpus_ledger(options.plan, options.state));
    store::OpenOptions opening;
    opening.service = TRY(service_of(options.service, ""));
    opening.stop = shutdown.drain();
    const auto store = TRY(store::open_store(corpus.plan.out, opening));
    const auto report = TRY(collect::check(*corpus.looked.ledger, *store, shutdown.drain()));
    TRY(print(json ? json::dump(json_of(report)) + "\n" : text_of(report)));
    return report.finding_count > 0 ? exit_code_of(Code::corrupt) : kProven;
}

}  // namespace

Handler declare_check(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    arguments.positional("PLAN", options->plan, "the plan that the corpus was collected by");
    declare_state(arguments, options->state);
    declare_access(arguments, options->service);
    return [options, &arguments](const std::vector<std::string>&) {
        return run_check(*options, arguments.json());
    };
}

}  // namespace haul::cli

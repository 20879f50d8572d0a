#include <memory>
#include <optional>
#include <string>

#include "base/text.h"
#include "cli/command.h"
#include "cli/corpus_ledger.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/places.h"
#include "flow/collect/look.h"

namespace haul::cli {
namespace {

struct Options {
    std::string plan;
    std::optional<std::string> state;
};

Result<int> run_urls(const Options& options, bool json) {
    const CorpusLedger corpus = TRY(open_corpus_ledger(options.plan, options.state));
    Output output;
    TRY(collect::for_each_recording(
        *corpus.looked.ledger, [&](const collect::Recording& recording) -> Status {
            if (!recording.accepted) return {};
            const std::string& page =
                recording.candidate.page.empty() ? recording.candidate.media : recording.candidate.page;
            if (json)
                return output.write(json::dump(json::Ordered{{"id", recording.id}, {"url", page}}) + "\n");
            return output.write(text::printable(page) + "\n");
        }));
    TRY(output.flush());
    return kProven;
}

}  // namespace

Handler declare_urls(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    arguments.positional("PLAN", options->plan, "the plan that the corpus was collected by");
    declare_state(arguments, options->state);
    return [options, &arguments](const std::vector<std::string>&) {
        return run_urls(*options, arguments.json());
    };
}

}  // namespace haul::cli

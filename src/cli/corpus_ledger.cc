#include "cli/corpus_ledger.h"

#include <utility>

#include "base/text.h"
#include "flow/collect/collect.h"

namespace haul::cli {

Result<CorpusLedger> open_corpus_ledger(const std::string& plan, const std::optional<std::string>& state) {
    collect::Request request;
    request.plan = TRY(collect::read_plan(plan));
    const std::string folder = TRY(job::open_state(state));
    job::Request job;
    job.flow = "collect";
    job.meaning = collect::meaning_of(request);
    auto looked = job::look_at_ledger(folder, job::id_of(job));
    if (!looked && looked.error().code == Code::not_found)
        return failure(
            make_error(Code::not_found, "look at the corpus of", plan, "this machine has no ledger of it yet")
                .with_remedy("`haul collect " + text::printable(plan) +
                             "` begins it; where the corpus is there already, as another machine "
                             "collected it, it takes its ledger up from there"));
    if (!looked && looked.error().code == Code::busy)
        return failure(
            std::move(looked)
                .error()
                .within("look at the corpus of", plan)
                .with_remedy("wait until it is done; exports/current shows what it had exported before"));
    return CorpusLedger{std::move(request.plan), TRY(std::move(looked))};
}

}  // namespace haul::cli

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "base/text.h"
#include "cli/command.h"
#include "cli/corpus_ledger.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/summary.h"
#include "flow/collect/look.h"

namespace haul::cli {
namespace {

struct Options {
    std::string action, plan, item;
    std::optional<std::string> state;
};

// "child.score: 0.99", a line a value.
void add_lines(const json::Ordered& value, const std::string& name, std::string& text) {
    if (value.is_object()) {
        for (const auto& [key, inner] : value.items())
            add_lines(inner, name.empty() ? key : fmt::format("{}.{}", name, key), text);
        return;
    }
    const std::string shown = value.is_string() ? value.get<std::string>() : json::dump(value);
    text += fmt::format("{}: {}\n", name, text::printable(shown));
}

Result<int> say(const json::Ordered& value, bool json) {
    std::string text = json::dump(value) + "\n";
    if (!json) {
        text.clear();
        add_lines(value, "", text);
    }
    TRY(print(text));
    return kProven;
}

Result<int> run_corpus(const Options& options, bool json) {
    if ((options.action == "show") == options.item.empty()) {
        return failure(make_error(Code::usage, "haul corpus", options.action,
                                  options.item.empty() ? "no ITEM was given" : "it takes no ITEM")
                           .with_remedy("`haul corpus stats PLAN` or `haul corpus show PLAN ITEM`"));
    }
    const CorpusLedger corpus = TRY(open_corpus_ledger(options.plan, options.state));
    if (options.action == "show") return say(TRY(collect::show(*corpus.looked.ledger, options.item)), json);
    return say(corpus_json(TRY(collect::stock_of(*corpus.looked.ledger))), json);
}

}  // namespace

Handler declare_corpus(Arguments& arguments) {
    auto options = std::make_shared<Options>();
    arguments.positional("ACTION", options->action, "stats or show");
    arguments.among({"stats", "show"});
    arguments.positional("PLAN", options->plan, "the plan that the corpus was collected by");
    arguments.positional("ITEM", options->item, "show: the id, page or media address of what was found",
                         false);
    declare_state(arguments, options->state);
    return [options, &arguments](const std::vector<std::string>&) {
        return run_corpus(*options, arguments.json());
    };
}

}  // namespace haul::cli

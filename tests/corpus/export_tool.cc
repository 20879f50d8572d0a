// Exports the views of a corpus as `haul collect` does, for suite corpus:
//
//   corpus_export_tool OUT SCRATCH NAME RECORDINGS.jsonl
//
// OUT: any store. RECORDINGS.jsonl: a recording a line, as the ledger keeps them, in the order of ids. Writes
// one JSON object: what was exported, or the error; and the most memory that it took.
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/process.h"
#include "flow/collect/export/export.h"
#include "store/address.h"
#include "store/open_store.h"

namespace {

using namespace haul;

Status visit_lines(const std::string& path, const std::function<Status(const collect::Recording&)>& visit) {
    std::ifstream lines(path);
    for (std::string line; std::getline(lines, line);) {
        const json::Value value = TRY(json::parse(line, path));
        TRY(visit(TRY(collect::recording_from(value, path))));
    }
    return {};
}

Result<collect::Exported> run(const std::vector<std::string>& words) {
    const store::Address out = TRY(store::parse_address(words.at(0)));
    store::OpenOptions options;
    options.create = true;
    const auto corpus = TRY(store::open_store(out, options));
    collect::ExportRequest request;
    request.scratch = words.at(1);
    request.corpus = words.at(2);
    return collect::export_views(*corpus, [&](const auto& visit) { return visit_lines(words.at(3), visit); },
                                 request, {});
}

}  // namespace

int main(int argc, char** argv) {
    const auto exported = run({argv + 1, argv + argc});
    json::Ordered object;
    if (exported) {
        object = {{"state", exported->state},
                  {"recordings", exported->recordings},
                  {"speech_seconds", exported->speech_seconds},
                  {"unchanged", exported->unchanged}};
    } else {
        const Error& error = exported.error();
        object["error"] = {{"code", name_of(error.code)}, {"message", error.message()}, {"kept", error.kept}};
    }
    object["peak_rss"] = process::peak_rss();
    std::cout << json::dump(object) << '\n';
    return exported ? 0 : 1;
}

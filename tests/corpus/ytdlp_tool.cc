// Searches, describes and fetches through the source yt-dlp, for suite corpus:
//
//   corpus_ytdlp_tool YTDLP FOLDER [--public] [--terms] URL…
//
// A line for each item, and one for each search that failed. Files go into FOLDER. --public: private
// addresses are refused, as in a plan that says nothing of them.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "base/json.h"
#include "flow/collect/source/source.h"

namespace {

using namespace haul;
using namespace haul::collect;

json::Ordered as_json(const Error& error) {
    return {{"code", name_of(error.code)},
            {"retry", name_of(error.retry)},
            {"message", error.message()},
            {"remedy", error.remedy}};
}

void say(const json::Ordered& line) { std::cout << json::dump(line) << std::endl; }

json::Ordered try_item(Source& source, const Candidate& found, const std::string& path) {
    json::Ordered line = {{"found", json_of(found)}};
    const auto described = source.describe(found, {});
    if (!described) {
        line["error"] = as_json(described.error());
        return line;
    }
    line["described"] = json_of(*described);
    FetchTo to;
    to.path = path;
    const auto fetched = source.fetch(*described, to, {});
    if (!fetched) {
        line["error"] = as_json(fetched.error());
        return line;
    }
    line["fetched"] = {{"path", path}, {"bytes", fetched->bytes}, {"extension", fetched->extension}};
    return line;
}

void try_search(Source& source, const std::string& which, const std::string& folder) {
    std::string cursor;
    for (bool last = false; !last;) {
        const auto page = source.search(which, cursor, {});
        if (!page) return say({{"search", which}, {"error", as_json(page.error())}});
        for (const std::string& each : page->passed_over) say({{"passed_over", each}});
        for (const Candidate& found : page->candidates)
            say(try_item(source, found, folder + "/" + id_of(found)));
        last = page->last;
        cursor = page->cursor;
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> words(argv + 1, argv + argc);
    const auto given = [&](const char* word) { return std::erase(words, word) > 0; };
    SourcePlan plan;
    plan.kind = "yt-dlp";
    plan.line = 1;
    plan.accept_terms = given("--terms");
    const bool allow_private = !given("--public");
    plan.urls.assign(words.begin() + 2, words.end());
    WebOptions options;
    options.requests_per_second = 1000;
    options.allow_private = allow_private;
    Web web(options);
    const SourceTools tools{.web = web,
                            .scratch = words.at(1),
                            .user_agent = "haul/test (+mailto:nobody@example.org)",
                            .ytdlp = words.at(0)};
    const auto source = make_source(plan, tools);
    if (!source) {
        say({{"error", as_json(source.error())}});
        return 1;
    }
    for (const std::string& which : (*source)->searches()) try_search(**source, which, words.at(1));
    return 0;
}

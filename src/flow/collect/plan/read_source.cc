#include "flow/collect/plan/read_source.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "flow/collect/plan/listed_words.h"
#include "flow/collect/plan/table_reader.h"

namespace haul::collect {
namespace {

using Need = TableReader::Need;

bool is_web_address(std::string_view url) {
    const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
    return scheme != 0 && url.size() > scheme && url[scheme] != '/' &&
           url.find_first_of(" \t\r\n\"<>") == std::string_view::npos;
}

constexpr const char* kWebRemedy = R"(write its address: "https://…")";

void read_url(TableReader& reader, SourcePlan& source) {
    reader.text("url", source.url, Need::required);
    if (!source.url.empty() && !is_web_address(source.url))
        reader.problem("url", "is no web address", kWebRemedy);
}

void read_files(TableReader& reader, SourcePlan& source, const std::string& folder) {
    reader.text("path", source.path, Need::required);
    if (!source.path.empty()) source.path = beneath_plan(folder, source.path);
    reader.text("licence", source.licence, Need::required);
    check_licence(reader, "licence", source.licence);
    reader.text("licence_evidence", source.licence_evidence, Need::required);
}

void read_peertube(TableReader& reader, SourcePlan& source) {
    read_url(reader, source);
    reader.texts("search", source.search, Need::required);
}

void read_ytdlp(TableReader& reader, SourcePlan& source) {
    reader.texts("urls", source.urls, Need::required);
    reader.flag("accept_terms", source.accept_terms);
    if (!std::ranges::all_of(source.urls, is_web_address))
        reader.problem("urls", "holds what is no web address", kWebRemedy);
}

}  // namespace

std::string beneath_plan(const std::string& folder, const std::string& path) {
    return (std::filesystem::path(folder) / path).lexically_normal().string();
}

SourcePlan read_source(const toml::table& table, const std::string& folder, Problems& problems) {
    TableReader reader(table, "source", problems);
    SourcePlan source;
    source.line = reader.line();
    reader.text("kind", source.kind, Need::required);
    if (source.kind == "files") {
        read_files(reader, source, folder);
    } else if (source.kind == "feed") {
        read_url(reader, source);
    } else if (source.kind == "peertube") {
        read_peertube(reader, source);
    } else if (source.kind == "yt-dlp") {
        read_ytdlp(reader, source);
    } else if (source.kind == "archive") {
        reader.text("query", source.query, Need::required);
    } else {
        if (!source.kind.empty())
            reader.problem("kind", "is none that there is",
                           R"(write "files", "feed", "peertube" or "yt-dlp")");
        return source;
    }
    reader.refuse_the_rest();
    return source;
}

}  // namespace haul::collect

#include "flow/collect/source/files/files.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "flow/collect/source/files/copy.h"
#include "store/open_store.h"

namespace haul::collect {
namespace {

// Names by which media is known; what is in a file shows when it is decoded.
constexpr std::array kMediaExtensions = std::to_array<std::string_view>(
    {".aac", ".aif",  ".aiff", ".amr", ".au",   ".avi", ".caf",  ".flac", ".m4a", ".m4b",
     ".mka", ".mkv",  ".mov",  ".mp2", ".mp3",  ".mp4", ".mpeg", ".mpg",  ".oga", ".ogg",
     ".ogv", ".opus", ".ts",   ".wav", ".webm", ".wma", ".wmv",  ".wv"});

bool is_media(const std::string& name) {
    const std::string extension = text::lower(std::filesystem::path(name).extension().string());
    return std::ranges::find(kMediaExtensions, extension) != kMediaExtensions.end();
}

class Files : public Source {
  public:
    explicit Files(const SourcePlan& plan) : plan_(plan) {}

    std::vector<std::string> searches() const override { return {plan_.path}; }

    std::vector<std::string> would_ask() const override {
        return {fmt::format("this machine: the folder {} with all beneath it", plan_.path)};
    }

    Result<FoundPage> search(const std::string&, const std::string& cursor,
                             const std::stop_token& stop) override {
        auto address = TRY(store::parse_address(plan_.path));
        const auto store = TRY(store::open_store(address, {}));
        const auto listing = TRY(store->list({.prefix = {}, .after = cursor}));
        store::Page page = TRY(listing->next(stop));
        FoundPage found;
        found.cursor = std::move(page.cursor);
        found.last = page.last;
        for (const store::Object& object : page.objects) take(object, found);
        return found;
    }

    // The search finds every file.
    Result<FoundPage> list_channel(const Candidate&, const std::string&, const std::stop_token&) override {
        FoundPage none;
        none.last = true;
        return none;
    }

    Result<Candidate> describe(const Candidate& candidate, const std::stop_token&) override {
        Candidate described = candidate;
        const auto status = file::stat_at(AT_FDCWD, candidate.media, true);
        if (!status) return failure(of_file(Error(status.error()), candidate.media));
        described.size = static_cast<std::uint64_t>(status->st_size);
        take_from_plan(described);
        return described;
    }

    // Evidence that says the same as before is not new.
    void take_from_plan(Candidate& candidate) const override {
        Licence licence = planned_licence();
        const Licence& known = candidate.licence;
        if (known.id != licence.id || known.statement != licence.statement)
            candidate.licence = std::move(licence);
    }

    Result<Fetched> fetch(const Candidate& candidate, const FetchTo& to,
                          const std::stop_token& stop) override {
        return copy_file(candidate.media, to, stop);
    }

  private:
    void take(const store::Object& object, FoundPage& found) const {
        if (object.kind == store::Kind::folder) return;
        if (object.kind == store::Kind::unreadable) {
            found.passed_over.push_back(object.name + ": " +
                                        (object.problem ? object.problem->message() : "it cannot be read"));
        } else if (object.kind != store::Kind::file) {
            found.passed_over.push_back(object.name + ": it is no file");
        } else if (!text::is_utf8(object.name) || object.name.find('\n') != std::string::npos) {
            found.passed_over.push_back(object.name + ": its name is not UTF-8, or has a line break in it");
        } else if (!is_media(object.name)) {
            found.passed_over.push_back(object.name + ": its name is not that of audio or video");
        } else {
            found.candidates.push_back(candidate_of(object));
        }
    }

    [[nodiscard]] Candidate candidate_of(const store::Object& object) const {
        const std::filesystem::path name = object.name;
        Candidate candidate;
        candidate.kind = "files";
        candidate.source_url = plan_.path;
        candidate.item = object.name;
        candidate.channel = name.has_parent_path() ? name.parent_path().string() : ".";
        candidate.channel_title = candidate.channel;
        candidate.title = name.stem().string();
        candidate.media = plan_.path + "/" + object.name;
        candidate.page = candidate.media;
        candidate.size = object.size;
        candidate.licence = planned_licence();
        return candidate;
    }

    [[nodiscard]] Licence planned_licence() const {
        const std::string known = spdx_id(plan_.licence);
        return {.id = known.empty() ? plan_.licence : known,
                .statement = plan_.licence_evidence,
                .page = fmt::format("the plan, line {}", plan_.line),
                .field = "licence_evidence"};
    }

    SourcePlan plan_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_files(const SourcePlan& plan, const SourceTools&) {
    return std::make_unique<Files>(plan);
}

}  // namespace haul::collect

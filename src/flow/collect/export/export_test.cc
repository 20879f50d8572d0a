#include "flow/collect/export/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/test_folder.h"
#include "flow/collect/export/export_harness.h"
#include "flow/collect/export/publish.h"
#include "store/memory/memory_store.h"

namespace haul::collect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Export : public testing::Test {
  protected:
    Result<Exported> run(const std::vector<Recording>& recordings) {
        return export_views(*store_, harness::listing(recordings), request_, {});
    }
    std::string state_of(const std::vector<Recording>& recordings) {
        const auto exported = run(recordings);
        EXPECT_TRUE(exported) << exported.error().message();
        return exported ? exported->state : "";
    }

    test::Folder folder_;
    std::unique_ptr<store::Store> store_ = harness::local_store(folder_.path("out"));
    ExportRequest request_{.corpus = "stories", .scratch = folder_.path("scratch")};
};

TEST_F(Export, ShowsWhatItWasGiven) {
    const auto exported = run(harness::recordings(20));
    ASSERT_TRUE(exported) << exported.error().message();
    EXPECT_EQ(exported->recordings, 20U);
    EXPECT_DOUBLE_EQ(exported->speech_seconds, 20 * 7.57);
    EXPECT_FALSE(exported->unchanged);
    harness::expect_whole(folder_.path("out"), exported->state);
    const std::string views = folder_.path("out/exports/" + exported->state + "/");
    EXPECT_EQ(harness::lines_of(views + "manifest.jsonl").size(), 20U);
    EXPECT_EQ(harness::lines_of(views + "metadata.jsonl").size(), 20U);
    EXPECT_EQ(harness::lines_of(views + "recordings.jsonl").size(), 20U);
    EXPECT_EQ(harness::lines_of(views + "supervisions.jsonl").size(), 60U);
    EXPECT_EQ(harness::lines_of(views + "urls.txt").size(), 20U);
    EXPECT_TRUE(std::filesystem::is_empty(request_.scratch));
}

TEST_F(Export, OfNothing) {
    const auto exported = run({});
    ASSERT_TRUE(exported) << exported.error().message();
    EXPECT_EQ(exported->recordings, 0U);
    harness::expect_whole(folder_.path("out"), exported->state);
}

TEST_F(Export, TheSameStateIsTheSameBytes) {
    const auto recordings = harness::recordings(5);
    const std::string state = state_of(recordings);
    auto later = recordings;
    for (Recording& one : later) {
        one.fetched_ns += 5'000'000'000;
        one.candidate.licence.seen_ns += 7;
        // A ledger may keep fields in any order.
        const json::Value sorted = one.heard;
        one.heard = sorted;
    }
    const auto again = run(later);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->state, state);
    EXPECT_TRUE(again->unchanged);
    test::Folder elsewhere;
    const auto other = harness::local_store(elsewhere.path("out"));
    const auto there = export_views(*other, harness::listing(recordings),
                                    {.corpus = "stories", .scratch = elsewhere.path("scratch")}, {});
    ASSERT_TRUE(there);
    EXPECT_EQ(there->state, state);
}

TEST_F(Export, EachFieldThatIsShownChangesTheState) {
    const auto recordings = harness::recordings(3);
    std::vector<std::string> states{state_of(recordings)};
    const std::function<void(Recording&)> changes[] = {
        [](Recording& one) { one.bytes += 1; },
        [](Recording& one) { one.sha256[5] = 'b'; },
        [](Recording& one) { one.extension = "mp3"; },
        [](Recording& one) { one.heard["duration"] = 12.6; },
        [](Recording& one) { one.heard["segments"][0]["child"] = 0.5; },
        [](Recording& one) { one.heard["child"]["score"] = 0.94; },
        [](Recording& one) { one.heard["language"]["code"] = "en"; },
        [](Recording& one) { one.heard["quality"]["lufs"] = -20.0; },
        [](Recording& one) { one.heard["vad"]["name"] = "another"; },
        [](Recording& one) { one.candidate.title += "!"; },
        [](Recording& one) { one.candidate.page += "!"; },
        [](Recording& one) { one.candidate.channel += "!"; },
        [](Recording& one) { one.candidate.language = "fr"; },
        [](Recording& one) { one.candidate.published = ""; },
        [](Recording& one) { one.candidate.licence.id = "CC0-1.0"; },
        [](Recording& one) { one.candidate.licence.field = "cc:license"; },
    };
    for (const auto& change : changes) {
        auto changed = recordings;
        change(changed[1]);
        states.push_back(state_of(changed));
    }
    states.push_back(state_of({recordings.begin(), recordings.begin() + 2}));
    request_.corpus = "other stories";
    states.push_back(state_of(recordings));
    std::ranges::sort(states);
    EXPECT_EQ(std::ranges::adjacent_find(states), states.end());
}

TEST_F(Export, KeepsTheStateBeforeAndNoMore) {
    std::vector<std::string> states;
    for (const unsigned count : {1U, 2U, 3U, 4U}) states.push_back(state_of(harness::recordings(count)));
    const std::string exports = folder_.path("out/exports");
    EXPECT_EQ(harness::states_in(exports), harness::sorted({states[2], states[3]}));
    harness::expect_whole(folder_.path("out"), states[3]);
    // Back to the one before: it is there already.
    EXPECT_EQ(state_of(harness::recordings(3)), states[2]);
    EXPECT_EQ(harness::states_in(exports), harness::sorted({states[2], states[3]}));
    harness::expect_whole(folder_.path("out"), states[2]);
}

TEST_F(Export, LeavesAloneWhatIsNotItsOwn) {
    state_of(harness::recordings(1));
    const std::string exports = folder_.path("out/exports/");
    std::ofstream(exports + "README.md") << "mine";
    std::filesystem::create_directory(exports + "my-own-view");
    std::ofstream(exports + ".haul-export-view-0") << "half of a view";
    std::filesystem::create_directory(exports + std::string(26, 'a'));
    std::ofstream(exports + std::string(26, 'a') + "/manifest.jsonl") << "half of a state";
    state_of(harness::recordings(2));
    EXPECT_TRUE(std::filesystem::exists(exports + "README.md"));
    EXPECT_TRUE(std::filesystem::exists(exports + "my-own-view"));
    EXPECT_FALSE(std::filesystem::exists(exports + ".haul-export-view-0"));
    EXPECT_FALSE(std::filesystem::exists(exports + std::string(26, 'a')));
}

TEST_F(Export, MakesGoodWhatWasLost) {
    const std::string state = state_of(harness::recordings(4));
    const std::string views = folder_.path("out/exports/" + state + "/");
    std::filesystem::remove(views + "urls.txt");
    std::ofstream(views + "manifest.jsonl", std::ios::app) << "{}\n";
    std::filesystem::remove(folder_.path("out/exports/current"));
    const auto again = run(harness::recordings(4));
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_TRUE(again->unchanged);
    const std::string name = "exports/" + state + "/";
    EXPECT_THAT(again->mended, UnorderedElementsAre(name + "urls.txt", name + "manifest.jsonl"));
    harness::expect_whole(folder_.path("out"), state);

    // Of the same length.
    std::fstream(views + "manifest.jsonl", std::ios::in | std::ios::out) << "#";
    EXPECT_THAT(run(harness::recordings(4)).value().mended, ElementsAre(name + "manifest.jsonl"));
    harness::expect_whole(folder_.path("out"), state);
    EXPECT_THAT(run(harness::recordings(4)).value().mended, IsEmpty());

    std::ofstream(folder_.path("out/exports/current.json")) << "no JSON";
    EXPECT_EQ(state_of(harness::recordings(4)), state);
    harness::expect_whole(folder_.path("out"), state);
}

TEST_F(Export, WhatCannotBeReadSwitchesNothing) {
    const std::string state = state_of(harness::recordings(2));
    auto broken = harness::recordings(3);
    broken[1].heard = nullptr;
    const auto exported = run(broken);
    ASSERT_FALSE(exported);
    EXPECT_EQ(exported.error().code, Code::corrupt);
    EXPECT_THAT(exported.error().message(), HasSubstr(broken[1].id));
    EXPECT_THAT(exported.error().kept, HasSubstr("exports/current"));
    harness::expect_whole(folder_.path("out"), state);
    EXPECT_TRUE(std::filesystem::is_empty(request_.scratch));
}

TEST_F(Export, RefusesDisorder) {
    auto recordings = harness::recordings(3);
    std::swap(recordings[0], recordings[2]);
    EXPECT_EQ(run(recordings).error().code, Code::internal);
    recordings = harness::recordings(3);
    recordings[1] = recordings[0];
    EXPECT_EQ(run(recordings).error().code, Code::internal);
    recordings = harness::recordings(3);
    recordings[2].accepted = false;
    EXPECT_EQ(run(recordings).error().code, Code::internal);
}

TEST_F(Export, AStopSwitchesNothing) {
    const std::string state = state_of(harness::recordings(2));
    std::stop_source stop;
    const auto recordings = harness::recordings(9);
    const auto stops_within = [&](const auto& visit) -> Status {
        for (const Recording& one : recordings) {
            TRY(visit(one));
            stop.request_stop();
        }
        return {};
    };
    const auto exported = export_views(*store_, stops_within, request_, stop.get_token());
    ASSERT_FALSE(exported);
    EXPECT_EQ(exported.error().code, Code::interrupted);
    harness::expect_whole(folder_.path("out"), state);
}

TEST(ExportToAService, InPiecesAndWithoutLinks) {
    const test::Folder folder;
    store::memory::MemoryOptions options;
    options.strict = true;
    options.min_piece = 5U << 20U;
    store::memory::MemoryStore service(options);
    const ExportRequest request{.corpus = "stories", .scratch = folder.path("scratch")};
    auto many = harness::recordings(30);
    for (Recording& one : many) one.candidate.title.append(400'000, '.');
    const auto exported = export_views(service, harness::listing(many), request, {});
    ASSERT_TRUE(exported) << exported.error().message();
    const auto found = store::list_folder(service, "exports");
    ASSERT_TRUE(found);
    std::vector<std::string> names;
    for (const store::Object& one : *found) {
        names.push_back(one.name);
        if (one.name.ends_with("/manifest.jsonl")) {
            EXPECT_GT(one.size, 8U << 20U) << "it went in one piece";
        }
    }
    const std::string views = "exports/" + exported->state + "/";
    std::ranges::sort(names);
    EXPECT_EQ(names,
              harness::sorted({"exports/current.json", views + "datasheet.md", views + "manifest.jsonl",
                               views + "metadata.jsonl", views + "recordings.jsonl",
                               views + "supervisions.jsonl", views + "urls.txt"}));
    const auto again = export_views(service, harness::listing(many), request, {});
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_TRUE(again->unchanged);
    // The same on a folder.
    const auto local = harness::local_store(folder.path("out"));
    const auto there = export_views(*local, harness::listing(many), request, {});
    ASSERT_TRUE(there);
    EXPECT_EQ(there->state, exported->state);
}

TEST(ExportToAService, PiecesOfARunThatDiedAreEnded) {
    const test::Folder folder;
    store::memory::MemoryOptions options;
    options.strict = true;
    store::memory::MemoryStore service(options);
    const std::string state(26, 'a');
    const std::string name = "exports/" + state + "/manifest.jsonl";
    store::UploadRequest upload;
    upload.name = name;
    upload.size = 10;
    ASSERT_TRUE(service.open_upload(upload));
    ASSERT_EQ(service.uploads_of(name)->size(), 1U);
    std::filesystem::create_directory(folder.path("scratch"));
    std::ofstream(folder.path("scratch/sending")) << state;
    const auto exported = export_views(service, harness::listing(harness::recordings(1)),
                                       {.corpus = "stories", .scratch = folder.path("scratch")}, {});
    ASSERT_TRUE(exported) << exported.error().message();
    EXPECT_TRUE(service.uploads_of(name)->empty());
}

}  // namespace
}  // namespace haul::collect

// Packs to a service: whatever dies, and whenever, the set becomes the same, nothing is sent twice that need
// not be, and no upload is left.
#include "flow/pack/part_upload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <latch>
#include <string>
#include <thread>

#include "flow/pack/service_harness.h"

namespace haul::pack {
namespace {

using harness::Life;
using harness::OneRun;
using harness::Scene;
using testing::ElementsAre;
using testing::IsEmpty;

// What an uninterrupted run leaves, and how much it sends.
struct Whole {
    std::map<std::string, std::string> objects;
    OneRun run;
};
const Whole& whole() {
    static const Whole& made = *new Whole([] {
        Scene scene;
        OneRun run = scene.run();
        EXPECT_TRUE(run.result) << run.result.error().message();
        return Whole{scene.objects(), std::move(run)};
    }());
    return made;
}

void expect_whole(const Scene& scene) {
    EXPECT_EQ(scene.uploads(), 0U);
    const auto there = scene.objects();
    EXPECT_EQ(scene.names(), [] {
        std::vector<std::string> names;
        for (const auto& [name, bytes] : whole().objects) names.push_back(name);
        return names;
    }());
    EXPECT_TRUE(there == whole().objects);
}

TEST(PackToService, LeavesTheSetAndNothingElse) {
    Scene scene;
    const OneRun run = scene.run();
    ASSERT_TRUE(run.result) << run.result.error().message();
    EXPECT_THAT(scene.names(), ElementsAre("haul-00001.json", "part-00001.jsonl.zst", "part-00001.zip",
                                           "part-00002.jsonl.zst", "part-00002.zip", "part-00003.jsonl.zst",
                                           "part-00003.zip", "part-00004.jsonl.zst", "part-00004.zip"));
    EXPECT_EQ(scene.uploads(), 0U);
    const OneRun again = scene.run();
    ASSERT_TRUE(again.result) << again.result.error().message();
    EXPECT_TRUE(again.result->nothing_to_do);
    EXPECT_EQ(again.changes, 0U);
}

// Dies at every single change of the destination, before it is made or after.
class DiesAtEveryChange : public testing::TestWithParam<std::tuple<bool, bool, bool>> {};

TEST_P(DiesAtEveryChange, TheSetBecomesTheSame) {
    const auto [change_is_made, state_lost, checksums] = GetParam();
    for (std::uint64_t change = 1; change <= whole().run.changes; ++change) {
        SCOPED_TRACE("change " + std::to_string(change));
        Scene scene({.piece_checksums = checksums, .object_checksums = checksums});
        auto life = std::make_shared<Life>();
        life->dies_at = change;
        life->change_is_made = change_is_made;
        const OneRun died = scene.run(life);
        if (change + 8 < whole().run.changes) {  // beats and the order of parts move the end a little
            ASSERT_TRUE(life->dead) << died.changes << (died.result ? "" : died.result.error().message());
            ASSERT_FALSE(died.result);
        }
        if (state_lost) scene.lose_state();
        const OneRun next = scene.run();
        ASSERT_TRUE(next.result) << next.result.error().message();
        expect_whole(scene);
        if (testing::Test::HasFailure()) return;
    }
}

INSTANTIATE_TEST_SUITE_P(All, DiesAtEveryChange,
                         testing::Combine(testing::Bool(), testing::Bool(), testing::Bool()));

#ifdef HAUL_FAULT_POINTS

constexpr int kSome = 3;  // the time that a point is reached at which several pieces have arrived

// What both runs send beyond what an uninterrupted one does.
enum class Again { nothing, some, all };  // of the pieces that had arrived
struct Resent {
    const char* description;
    const char* point;
    int nth;
    bool state_lost, checksums;
    Again again;
};

class PackToServiceDies : public testing::TestWithParam<Resent> {};

TEST_P(PackToServiceDies, OnlyWhatTheServiceLacksIsSentAgain) {
    const Resent& row = GetParam();
    Scene scene({.piece_checksums = row.checksums, .object_checksums = true});
    const OneRun died = scene.run_until(row.point, row.nth);
    ASSERT_FALSE(died.result);
    if (row.state_lost) scene.lose_state();
    const OneRun next = scene.run();
    ASSERT_TRUE(next.result) << next.result.error().message();
    const std::uint64_t sent = died.pieces + next.pieces;
    const std::uint64_t most = whole().run.pieces + (row.again == Again::nothing ? 0 : died.pieces);
    const std::uint64_t least = row.again == Again::some ? whole().run.pieces + 1 : most;
    EXPECT_THAT(sent, testing::AllOf(testing::Ge(least), testing::Le(most)));
    expect_whole(scene);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PackToServiceDies,
    testing::Values(
        Resent{"before_intent", "pack.upload.before_intent", 1, false, true, Again::nothing},
        Resent{"intent", "pack.upload.after_intent", 1, false, true, Again::nothing},
        Resent{"intent_state_lost", "pack.upload.after_intent", 1, true, true, Again::nothing},
        Resent{"created", "pack.upload.after_create", 1, false, true, Again::nothing},
        Resent{"created_state_lost", "pack.upload.after_create", 1, true, true, Again::nothing},
        Resent{"recorded", "pack.upload.after_id", 1, false, true, Again::nothing},
        Resent{"recorded_state_lost", "pack.upload.after_id", 1, true, true, Again::nothing},
        Resent{"pieces", "pack.part.after_send", kSome, false, true, Again::nothing},
        Resent{"pieces_state_lost", "pack.part.after_send", kSome, true, true, Again::nothing},
        // The checkpoint does not name what came after it, and the list cannot vouch for that.
        Resent{"pieces_no_checksums", "pack.part.after_send", kSome, false, false, Again::some},
        Resent{"all_pieces_no_checksums", "pack.part.before_publish", 1, false, false, Again::nothing},
        Resent{"pieces_no_checksums_state_lost", "pack.part.after_send", kSome, true, false, Again::all},
        Resent{"finished", "pack.part.after_publish", 1, false, true, Again::nothing},
        Resent{"finished_state_lost", "pack.part.after_publish", 1, true, true, Again::nothing},
        Resent{"cleaning", "pack.upload.before_forget", 1, true, true, Again::nothing}),
    [](const auto& row) { return std::string(row.param.description); });

// With state, members that were finished before are not read again.
TEST(PackToServiceAgain, FinishedMembersAreNotReadAgain) {
    std::map<bool, std::uint64_t> read;
    for (const bool state_lost : {false, true}) {
        Scene scene;
        // Every piece has arrived: before that, what is finished and not sent is read again.
        static_cast<void>(scene.run_until("pack.part.before_publish"));
        if (state_lost) scene.lose_state();
        read[state_lost] = scene.run().bytes_read;
        expect_whole(scene);
    }
    EXPECT_GT(read[true], read[false] + 4096);
}

// Dies with every piece of a part in a checkpoint; then something happens to what the service holds: two
// pieces at least.
struct Runs {
    OneRun died, next;
};
Runs after(Scene& scene, const std::function<void(store::memory::Place&)>& happens) {
    OneRun died = scene.run_until("pack.part.before_publish");
    {
        const std::lock_guard lock(scene.place->mutex);
        EXPECT_EQ(scene.place->uploads.size(), 1U);
        EXPECT_GE(scene.place->uploads.begin()->second.pieces.size(), 2U);
        happens(*scene.place);
    }
    return {std::move(died), scene.run()};
}

TEST(PackToServiceAgain, PiecesThatTheServiceLacksAreSentAgain) {
    Scene scene;
    const auto [died, next] =
        after(scene, [](auto& place) { place.uploads.begin()->second.pieces.erase(2); });
    ASSERT_TRUE(next.result) << next.result.error().message();
    EXPECT_EQ(next.pieces, whole().run.pieces - died.pieces + 1);
    expect_whole(scene);
}

TEST(PackToServiceAgain, PiecesThatAreOthersThanWeSentAreSentAgain) {
    Scene scene;
    const auto [died, next] = after(scene, [](auto& place) {
        auto& pieces = place.uploads.begin()->second.pieces;
        pieces[1].crc32 ^= 1;
        pieces[2].bytes.pop_back();
    });
    ASSERT_TRUE(next.result) << next.result.error().message();
    EXPECT_EQ(next.pieces, whole().run.pieces - died.pieces + 2);
    expect_whole(scene);
}

TEST(PackToServiceAgain, AnUploadThatIsGoneBeginsAgain) {
    Scene scene;
    const auto [died, next] = after(scene, [](auto& place) { place.uploads.clear(); });
    ASSERT_TRUE(next.result) << next.result.error().message();
    EXPECT_EQ(next.pieces, whole().run.pieces);
    expect_whole(scene);
}

// A lost piece is made again from a source that changed and does not show it: nothing finished before holds.
TEST(PackToServiceAgain, APieceThatCannotBeMadeAgainBeginsThePartAgain) {
    Scene scene;
    const auto [died, next] = after(scene, [&](auto& place) {
        place.uploads.begin()->second.pieces.erase(2);
        for (auto& [name, entry] : scene.source_place->entries) {
            for (char& byte : entry.bytes) byte = static_cast<char>(byte ^ 1);
        }
    });
    ASSERT_TRUE(next.result) << next.result.error().message();
    EXPECT_EQ(next.pieces, whole().run.pieces);
    EXPECT_EQ(scene.uploads(), 0U);
    Scene other;
    other.source_place = scene.source_place;
    ASSERT_TRUE(other.run().result);
    EXPECT_TRUE(scene.objects() == other.objects());
}

// The uploads of part 1 that are there have to be aborted before a new one is created.
OneRun run_and_see_old_ones_go(Scene& scene) {
    const std::string part = "part-00001.zip";
    const std::set<std::string> old = scene.upload_ids(part);
    EXPECT_FALSE(old.empty());
    std::atomic<bool> began = false;
    Scene::at_points([&](std::string_view name) {
        if (name != "pack.upload.after_create") return;
        bool any_old = false, any_new = false;
        for (const std::string& id : scene.upload_ids(part)) (old.contains(id) ? any_old : any_new) = true;
        EXPECT_FALSE(any_old && any_new);
        began = began || any_new;
    });
    OneRun run = scene.run();
    EXPECT_TRUE(began);
    return run;
}

TEST(PackToServiceAgain, AnUploadOfOtherTilesIsAborted) {
    Scene scene;
    static_cast<void>(scene.run_until_arrived("part-00001.zip", kSome));
    scene.lose_state();
    scene.request.tile_size = 5000;
    const OneRun next = run_and_see_old_ones_go(scene);
    ASSERT_TRUE(next.result) << next.result.error().message();
    expect_whole(scene);
}

TEST(PackToServiceAgain, OfTwoRecordedUploadsNoneIsContinued) {
    Scene scene;
    static_cast<void>(scene.run_until_arrived("part-00001.zip", kSome));
    scene.lose_state();
    store::memory::MemoryStore service(scene.place, 100);
    const std::string first = store::read_object(service, id_name(1, 1), 1U << 20U).value();
    UploadId second = parse_upload_id(first, "id").value();
    second.id = service.open_upload({.name = "part-00001.zip", .id = {}}).value()->id();
    ASSERT_TRUE(store::create_object(service, id_name(1, 2), to_document(second)));
    const std::uint64_t done = scene.done_pieces();
    const OneRun next = run_and_see_old_ones_go(scene);
    ASSERT_TRUE(next.result) << next.result.error().message();
    EXPECT_EQ(next.pieces, whole().run.pieces - done);
    expect_whole(scene);
}

TEST(PackToServiceAgain, AnUploadWithoutIdIsFoundAndAborted) {
    Scene scene;
    static_cast<void>(scene.run_until("pack.upload.after_create",
                                      [&] { return !scene.upload_ids("part-00001.zip").empty(); }));
    EXPECT_EQ(scene.uploads(), 1U);
    scene.lose_state();
    ASSERT_TRUE(run_and_see_old_ones_go(scene).result);
    expect_whole(scene);
}

TEST(PackToServiceAgain, UploadsOfOthersStay) {
    Scene scene;
    store::memory::MemoryStore service(scene.place, 100);
    ASSERT_TRUE(service.open_upload({.name = "large/part-00001.zip", .id = {}}));
    ASSERT_TRUE(scene.run().result);
    EXPECT_EQ(scene.uploads(), 1U);
}

TEST(PackToServiceAgain, CancelEndsUploadsRecordedAndFound) {
    for (const char* point : {"pack.upload.after_intent", "pack.upload.after_create", "pack.upload.after_id",
                              "pack.part.after_send", "pack.part.after_publish"}) {
        SCOPED_TRACE(point);
        Scene scene;
        static_cast<void>(scene.run_until(point));
        const Status cancelled = scene.cancel();
        ASSERT_TRUE(cancelled) << cancelled.error().message();
        EXPECT_EQ(scene.uploads(), 0U);
        EXPECT_THAT(scene.names(), IsEmpty());
    }
}

// The service's own checksum proves a finished image where we know what it has to be; else it is read.
TEST(PackToServiceAgain, AFinishedImageIsReadOnlyWhereNothingElseProvesIt) {
    for (const bool state_lost : {false, true}) {
        for (const bool checksums : {false, true}) {
            Scene scene({.object_checksums = checksums});
            static_cast<void>(scene.run_until("pack.part.after_publish"));
            if (state_lost) scene.lose_state();
            const OneRun next = scene.run();
            ASSERT_TRUE(next.result) << next.result.error().message();
            EXPECT_EQ(next.image_reads == 0, checksums && !state_lost) << next.image_reads;
            expect_whole(scene);
        }
    }
}

TEST(PackToServiceAgain, APartWithoutManifestThatIsNotOursIsMadeAgain) {
    Scene scene;
    static_cast<void>(scene.run_until_first_is_published());
    store::memory::MemoryStore service(scene.place, 100);
    std::string image = scene.objects()["part-00001.zip"];
    image[image.size() / 2] ^= 1;
    ASSERT_TRUE(store::replace_object(service, "part-00001.zip", image));
    scene.lose_state();
    const std::uint64_t done = scene.done_pieces();
    const OneRun next = scene.run();
    ASSERT_TRUE(next.result) << next.result.error().message();
    EXPECT_EQ(next.pieces, whole().run.pieces - done);
    expect_whole(scene);
}

// A slow owner wakes up after another has finished its work.
TEST(PackToServiceTwice, WhoWasSupersededTouchesNothing) {
    for (const char* point :
         {"pack.upload.after_intent", "pack.upload.after_create", "pack.upload.after_id",
          "pack.part.before_send", "pack.part.before_publish", "pack.part.after_publish",
          "pack.part.before_manifest", "pack.set.before_record", "pack.upload.before_forget"}) {
        SCOPED_TRACE(point);
        Scene scene;
        std::latch held(1), released(1);
        // The one that is held up is so as a whole: another thread of it could be at its listing still, and
        // write a list after its successor is done.
        std::latch listed(std::ranges::count_if(whole().objects,
                                                [](const auto& one) { return one.first.ends_with(".zip"); }));
        std::atomic<bool> first = true, superseded = false;
        Scene::at_points([&](std::string_view name) {
            if (name == "pack.list.after_write" && !superseded) listed.count_down();
            if (name != point || !first.exchange(false)) return;
            held.count_down();
            released.wait();
        });
        auto slow =
            std::async(std::launch::async, [&] { return scene.run(std::make_shared<Life>(), "slow"); });
        held.wait();
        listed.wait();
        superseded = true;
        scene.bury_owners();
        const OneRun fast = scene.run(std::make_shared<Life>(), "fast");
        EXPECT_TRUE(fast.result) << fast.result.error().message();
        released.count_down();
        const OneRun woken = slow.get();
        ASSERT_FALSE(woken.result);
        EXPECT_EQ(woken.result.error().code, Code::fenced) << woken.result.error().message();
        expect_whole(scene);
    }
}

#endif

TEST(PackToServiceReplies, AFinishWhoseReplyWasLostIsResolvedByLooking) {
    for (const Code code : {Code::unavailable, Code::exists, Code::not_found, Code::timed_out}) {
        SCOPED_TRACE(name_of(code));
        Scene scene;
        auto life = std::make_shared<Life>();
        life->finish_fails_once = true;
        life->finish_reply = code;
        const OneRun run = scene.run(life);
        ASSERT_TRUE(run.result) << run.result.error().message();
        EXPECT_EQ(run.pieces, whole().run.pieces);
        expect_whole(scene);
    }
}

TEST(PackToServiceReplies, UploadsOfPartsThatAreSetAsideEnd) {
    Scene scene;
    auto life = std::make_shared<Life>();
    life->refuses_pieces = true;
    const OneRun run = scene.run(life);
    ASSERT_TRUE(run.result) << run.result.error().message();
    EXPECT_GT(run.result->set_aside, 0U);
    EXPECT_EQ(scene.uploads(), 0U);
    EXPECT_THAT(scene.names(".haul/uploads"), IsEmpty());
    ASSERT_TRUE(scene.run().result);
    expect_whole(scene);
}

}  // namespace
}  // namespace haul::pack

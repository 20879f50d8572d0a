// Claims over a store that loses replies and refuses beats.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "flow/claim/claim.h"
#include "flow/claim/claim_files.h"
#include "flow/claim/release.h"
#include "store/memory/memory_store.h"

namespace haul::claim {
namespace {

using std::chrono::milliseconds;

class FaultyStore final : public store::Store {
  public:
    std::function<void(store::Write&)> after_write = [](store::Write&) {};
    std::atomic<bool> refuse_beats = false;
    std::atomic<int> old_pages = 0;  // so many listings show nothing of what was written since
    std::atomic<int> stats = 0;
    std::string asked;  // "stat NAME read NAME", and whether folders would be looked for

    // What it says of create-only writes; it has them all the same.
    bool create_only = true, creates_by_looking = false;

    store::Capabilities capabilities() const override {
        store::Capabilities can = inner_.capabilities();
        can.create_only = create_only;
        can.creates_by_looking = creates_by_looking;
        return can;
    }
    Result<std::unique_ptr<store::Listing>> list(const store::ListRequest& request) override {
        return old_pages-- > 0 ? before_.list(request) : inner_.list(request);
    }
    Result<store::Stat> stat(const store::StatRequest& request) override {
        ++stats;
        asked += (request.only_objects ? "stat " : "stat-or-folder ") + request.name + " ";
        return inner_.stat(request);
    }
    void read_many(std::span<store::Read> reads, const std::stop_token& stop) override {
        for (const store::Read& read : reads) asked += "read " + std::string(read.name) + " ";
        inner_.read_many(reads, stop);
    }
    void write_many(std::span<store::Write> writes, const store::WriteOptions& options,
                    const std::stop_token& stop) override {
        for (store::Write& write : writes) {
            if (refuse_beats && write.name.contains("beat-")) {
                write.result = failure(Code::unavailable, "write", write.name, "503");
                continue;
            }
            inner_.write_many(std::span(&write, 1), options, stop);
            after_write(write);
        }
    }
    Result<std::unique_ptr<store::Upload>> open_upload(const store::UploadRequest& request) override {
        return inner_.open_upload(request);
    }
    Result<std::vector<store::PendingUpload>> uploads_of(const std::string& name) override {
        return inner_.uploads_of(name);
    }
    void remove_many(std::span<store::Remove> removes, const std::stop_token& stop) override {
        inner_.remove_many(removes, stop);
    }

  private:
    store::memory::MemoryStore inner_, before_;
};

class Notes final : public report::Sink {
  public:
    explicit Notes(std::vector<std::string>& texts) : texts_(texts) {}
    void on(const report::Event& event) override { texts_.push_back(event.text); }

  private:
    std::vector<std::string>& texts_;
};

Request request(const std::string& token, std::chrono::nanoseconds timeout = std::chrono::minutes(15)) {
    Request made;
    made.claim.flow = "pack";
    made.claim.source = "/data/in";
    made.claim.name = "in";
    made.claim.token = token;
    made.timeout = timeout;
    return made;
}

format::ClaimRecord claim_of_a_dead_owner(std::uint64_t number) {
    format::ClaimRecord record = request("gone").claim;
    record.number = number;
    record.owner = process::self();
    record.owner.boot_id = "00000000-0000-0000-0000-000000000000";
    return record;
}

TEST(ClaimFaults, AReplyThatWasLostIsResolvedByLooking) {
    for (const Code code : {Code::unavailable, Code::timed_out, Code::exists, Code::io}) {
        FaultyStore store;
        report::Hub hub;
        store.after_write = [code](store::Write& write) {
            write.result = failure(code, "write", write.name, "reply lost");
        };
        const auto claim = Claim::take(store, request("a"), hub, {});
        ASSERT_TRUE(claim) << claim.error().message();
        EXPECT_EQ((*claim)->number(), 1U);
        EXPECT_TRUE((*claim)->check());
    }
}

TEST(ClaimFaults, AnOldPageDoesNotLeaveTheClaim) {
    for (const int old_pages : {1, 2}) {
        FaultyStore store;
        report::Hub hub;
        const auto claim = Claim::take(store, request("a"), hub, {});
        ASSERT_TRUE(claim);
        store.old_pages = old_pages;
        ASSERT_TRUE(remove_claims(store, 1));
        store.old_pages = 0;
        EXPECT_TRUE(store::list_folder(store, kOwnFolder)->empty()) << old_pages;
    }
}

// docs/decisions/0006: the order is part of the format.
TEST(ClaimFaults, ACheckIsTwoRequestsTheSuccessorsNumberFirst) {
    FaultyStore store;
    report::Hub hub;
    const auto claim = Claim::take(store, request("a"), hub, {});
    ASSERT_TRUE(claim) << claim.error().message();
    store.asked.clear();
    EXPECT_TRUE((*claim)->check());
    EXPECT_EQ(store.asked, "stat " + claim_path(2) + " read " + claim_path(1) + " ");
}

TEST(ClaimFaults, AShorterOrLongerClaimOfTheSameNumberIsAnothers) {
    FaultyStore store;
    report::Hub hub;
    for (const std::string_view text : {"{}\n", "{\"format\": \"haul/1\", \"claim\": 1}\n"}) {
        const auto claim = Claim::take(store, request("a"), hub, {});
        ASSERT_TRUE(claim) << claim.error().message();
        const std::string path = claim_path((*claim)->number());
        std::string other(text);
        if (text != "{}\n") other += std::string(4096, ' ');
        ASSERT_TRUE(store::remove_object(store, path));
        ASSERT_TRUE(store::create_object(store, path, other));
        const Status checked = (*claim)->check();
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code, Code::fenced) << checked.error().message();
        ASSERT_TRUE(store::remove_object(store, path));
    }
}

TEST(ClaimFaults, ACreateThatReallyFailedIsAnError) {
    FaultyStore store;
    report::Hub hub;
    store.after_write = [&store](store::Write& write) {
        EXPECT_TRUE(store::remove_object(store, write.name));
        write.result = failure(Code::denied, "write", write.name, "403");
    };
    const auto claim = Claim::take(store, request("a"), hub, {});
    ASSERT_FALSE(claim);
    EXPECT_EQ(claim.error().code, Code::denied);
    EXPECT_THAT(claim.error().message(), testing::HasSubstr("memory://test"));
}

TEST(ClaimFaults, ALostRaceIsLookedAtAgain) {
    FaultyStore store;
    report::Hub hub;
    // Another creates claim 1 right before us and dies; what we wrote is as if it had never been.
    int writes = 0;
    store.after_write = [&](store::Write& write) {
        if (++writes > 1) return;
        EXPECT_TRUE(store::remove_object(store, write.name));
        EXPECT_TRUE(store::create_object(store, write.name, format::to_document(claim_of_a_dead_owner(1))));
        write.result = failure(Code::exists, "write", write.name, "it is there");
    };
    const auto claim = Claim::take(store, request("a"), hub, {});
    ASSERT_TRUE(claim) << claim.error().message();
    EXPECT_EQ((*claim)->number(), 2U);
    ASSERT_EQ((*claim)->earlier().size(), 1U);
    EXPECT_EQ((*claim)->earlier()[0].token, "gone");
}

TEST(ClaimFaults, AClaimBelowOneThatIsThereIsGivenUp) {
    FaultyStore store;
    report::Hub hub;
    int writes = 0;
    store.after_write = [&](store::Write&) {
        if (++writes > 1) return;
        EXPECT_TRUE(
            store::create_object(store, claim_path(5), format::to_document(claim_of_a_dead_owner(5))));
    };
    const auto claim = Claim::take(store, request("a"), hub, {});
    ASSERT_TRUE(claim) << claim.error().message();
    EXPECT_EQ((*claim)->number(), 6U);
    EXPECT_FALSE(store::find_object(store, claim_path(1)).value());
}

TEST(ClaimFaults, BeatsThatFailAreSaidAndThenEachCallLooks) {
    FaultyStore store;
    std::vector<std::string> texts;
    report::Hub hub;
    hub.add(std::make_unique<Notes>(texts));
    store.refuse_beats = true;
    const auto claim = Claim::take(store, request("a", milliseconds(300)), hub, {}).value();
    clock::sleep(milliseconds(350), {});
    const int before = store.stats;
    EXPECT_TRUE(claim->check_if_stale());
    EXPECT_GT(store.stats, before);
    // The beat comes back: no more looking.
    store.refuse_beats = false;
    EXPECT_TRUE(claim->check_if_stale());
    EXPECT_TRUE(store::find_object(store, beat_path(1)).value());
    store.refuse_beats = true;
    ASSERT_TRUE(store::create_object(store, claim_path(2), format::to_document(claim_of_a_dead_owner(2))));
    clock::sleep(milliseconds(350), {});
    EXPECT_EQ(claim->check_if_stale().error().code, Code::fenced);
    EXPECT_EQ(claim->check_if_stale().error().code, Code::fenced);
    hub.close();
    EXPECT_THAT(texts, testing::Contains(testing::HasSubstr("beat could not be renewed")));
}

TEST(ClaimFaults, AStopEndsTaking) {
    FaultyStore store;
    report::Hub hub;
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(Claim::take(store, request("a"), hub, stop.get_token()).error().code, Code::interrupted);
    EXPECT_TRUE(read_claims(store).value().empty());
}

// A service tells whole seconds, cut off, in Date and in Last-Modified: what it says may be a second too
// much.
TEST(ClaimFaults, WholeSecondsOfAServiceNeverMakeAnOwnerLookOlder) {
    constexpr std::int64_t second = 1'000'000'000, midday = 1'600'000'000 * second;
    struct Row {
        std::int64_t claimed, seen;  // milliseconds behind midday
        bool taken;
    };
    constexpr std::int64_t timeout = 2000;
    for (const Row& row : {Row{990, 1010, false},
                           {990, 2980, false},
                           {990, 3010, false},
                           {0, 2999, false},
                           {10, 3990, false},
                           {10, 4010, true},
                           {990, 9000, true}}) {
        SCOPED_TRACE(std::to_string(row.claimed) + " to " + std::to_string(row.seen));
        store::memory::MemoryStore store({.habits = {.whole_seconds = true, .content_tags = true}});
        report::Hub hub;
        store.place()->habits.clock_ns = midday + row.claimed * 1'000'000;
        format::ClaimRecord elsewhere = request("other").claim;
        elsewhere.owner = process::self();
        elsewhere.owner.machine_id = "another";
        ASSERT_TRUE(store::create_object(store, claim_path(1), format::to_document(elsewhere)));
        store.place()->habits.clock_ns = midday + row.seen * 1'000'000;
        const auto claim = Claim::take(store, request("a", milliseconds(timeout)), hub, {});
        EXPECT_EQ(claim.has_value(), row.taken);
        EXPECT_TRUE(claim || claim.error().code == Code::busy) << claim.error().message();
    }
}

TEST(ClaimFaults, WithoutCreateOnlyTheUsersWordIsNeeded) {
    FaultyStore store;
    store.create_only = false;
    report::Hub hub;
    const auto refused = Claim::take(store, request("a"), hub, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unsupported);
    EXPECT_TRUE(refused.error().remedy.contains("--take-over")) << refused.error().remedy;
    EXPECT_EQ(store.asked, "");
    store.creates_by_looking = true;
    const auto claim = Claim::take(store, request("a"), hub, {});
    ASSERT_TRUE(claim) << claim.error().message();
    // It is no leave to take from who lives.
    const auto second = Claim::take(store, request("b"), hub, {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::busy);
}

// Every beat has the same bytes, so a version that is a digest of them never changes: the times tell.
TEST(ClaimFaults, BeatsAreSeenWhereVersionsAreDigests) {
    store::memory::MemoryStore store({.habits = {.content_tags = true}});
    report::Hub hub;
    format::ClaimRecord elsewhere = request("other").claim;
    elsewhere.owner = process::self();
    elsewhere.owner.machine_id = "another";
    ASSERT_TRUE(store::create_object(store, claim_path(1), format::to_document(elsewhere)));
    // Its beats are dated so far in the future that the owner is watched.
    std::atomic<std::int64_t> time = clock::wall().count() + 3'600'000'000'000;
    std::jthread beating([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const std::string document = format::beat_document(1);
            store::Write write;
            write.name = beat_path(1);
            write.bytes = std::as_bytes(std::span(document));
            write.attributes.mtime_ns = time += 1'000'000'000;
            store.write_many(std::span(&write, 1), {}, {});
            clock::sleep(milliseconds(1), stop);
        }
    });
    while (!store::find_object(store, beat_path(1)).value()) std::this_thread::yield();
    const auto claim = Claim::take(store, request("a", milliseconds(300)), hub, {});
    ASSERT_FALSE(claim);
    EXPECT_EQ(claim.error().code, Code::busy) << claim.error().message();
}

}  // namespace
}  // namespace haul::claim

#include "flow/claim/claim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "flow/claim/claim_files.h"
#include "store/local/local_store.h"
#include "store/memory/memory_store.h"

namespace haul::claim {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// Makes this process look like one of another machine.
class OtherMachine {
  public:
    explicit OtherMachine(const char* id) { ::setenv("HAUL_TEST_MACHINE_ID", id, 1); }
    ~OtherMachine() { ::unsetenv("HAUL_TEST_MACHINE_ID"); }
    OtherMachine(const OtherMachine&) = delete;
    OtherMachine& operator=(const OtherMachine&) = delete;
};

class ClaimTest : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        if (std::string_view(GetParam()) == "memory") {
            store_ = std::make_unique<store::memory::MemoryStore>();
            return;
        }
        folder_ = std::filesystem::temp_directory_path() / ("haul-claim-" + random::token_hex(8));
        store::local::LocalOptions options;
        options.create = true;
        store_ = store::local::LocalStore::open(folder_.string(), options).value();
    }
    void TearDown() override {
        store_.reset();
        if (!folder_.empty()) std::filesystem::remove_all(folder_);
    }

    static Request request(const std::string& token,
                           std::chrono::nanoseconds timeout = std::chrono::minutes(15)) {
        Request made;
        made.claim.flow = "pack";
        made.claim.source = "/data/in";
        made.claim.name = "in";
        made.claim.token = token;
        made.timeout = timeout;
        return made;
    }
    Result<std::unique_ptr<Claim>> take(const Request& wanted) {
        return Claim::take(*store_, wanted, hub_, {});
    }
    std::unique_ptr<Claim> must_take(const Request& wanted) {
        auto claim = take(wanted);
        EXPECT_TRUE(claim) << claim.error().message();
        return claim ? *std::move(claim) : nullptr;
    }
    // What an owner that is gone left behind.
    void leave_claim(std::uint64_t number, const std::string& token, const process::Identity& owner,
                     const std::string& unpack_request = {}) {
        format::ClaimRecord record = request(token).claim;
        record.number = number;
        record.request = unpack_request;
        record.owner = owner;
        ASSERT_TRUE(store::create_object(*store_, claim_path(number), format::to_document(record)));
    }
    static process::Identity dead_owner() {
        process::Identity owner = process::self();
        owner.boot_id = "00000000-0000-0000-0000-000000000000";
        return owner;
    }
    std::vector<std::string> files() {
        std::vector<std::string> names;
        const auto objects = store::list_folder(*store_, kOwnFolder).value();
        for (const store::Object& object : objects) names.push_back(object.name);
        return names;
    }
    void expect_nothing_left() {
        EXPECT_THAT(files(), testing::IsEmpty());
        EXPECT_FALSE(store::find_object(*store_, kOwnFolder).value());
    }

    std::filesystem::path folder_;
    std::unique_ptr<store::Store> store_;
    report::Hub hub_;
};

TEST_P(ClaimTest, TakesAnEmptyPlaceAndLeavesNothingWhenItEnds) {
    const auto claim = must_take(request("a"));
    EXPECT_EQ(claim->number(), 1U);
    EXPECT_TRUE(claim->earlier().empty());
    EXPECT_TRUE(claim->check());
    const auto claims = read_claims(*store_).value();
    ASSERT_EQ(claims.size(), 1U);
    EXPECT_EQ(claims[0].token, "a");
    EXPECT_EQ(claims[0].owner, process::self());
    EXPECT_TRUE(claim->release());
    expect_nothing_left();
}

TEST_P(ClaimTest, IsBusyWhileItsOwnerLives) {
    const auto claim = must_take(request("a"));
    const auto second = take(request("b"));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::busy);
    EXPECT_THAT(second.error().message(), HasSubstr("of this machine"));
    EXPECT_THAT(second.error().message(),
                HasSubstr("claim 1 belongs to process " + std::to_string(process::self().pid)));
    EXPECT_THAT(second.error().message(), HasSubstr("which is running"));
    EXPECT_THAT(second.error().remedy, HasSubstr("or end it: the same command continues the work at once"));
    EXPECT_TRUE(claim->check());
}

TEST_P(ClaimTest, SaysWhichRequestItIsClaimedFor) {
    leave_claim(1, "a", dead_owner());  // also when its owner is dead
    struct Case {
        const char* says;
        std::function<void(format::ClaimRecord&)> change;
    };
    const Case cases[] = {
        {"source /data/in there, /other asked now", [](auto& claim) { claim.source = "/other"; }},
        {"there, x asked now", [](auto& claim) { claim.name = "x"; }},
        {"another request: command pack there, unpack asked now", [](auto& claim) { claim.flow = "unpack"; }},
        {"--part-size 20GB there, 5 asked now", [](auto& claim) { claim.options.part_size = 5; }},
        {"options that this program does not know", [](auto& claim) { claim.request = "{}"; }},
    };
    for (const Case& c : cases) {
        Request wanted = request("b");
        c.change(wanted.claim);
        const auto claim = take(wanted);
        ASSERT_FALSE(claim) << c.says;
        EXPECT_EQ(claim.error().code, Code::usage);
        EXPECT_THAT(claim.error().message(), HasSubstr(c.says));
        EXPECT_THAT(claim.error().remedy, HasSubstr("haul cancel"));
    }
    EXPECT_EQ(read_claims(*store_).value().size(), 1U);
}

// An unpack's claim holds its options as one text, which nobody should have to read.
TEST_P(ClaimTest, SaysWhichOptionsOfAnUnpackDiffer) {
    leave_claim(1, "a", dead_owner(),
                "{\"source\":\"/s\",\"if_exists\":\"same\",\"owner\":false,\"max_ratio\":200}");
    Request wanted = request("b");
    wanted.claim.request =
        "{\"source\":\"/"
        "s\",\"if_exists\":\"newer\",\"owner\":true,\"max_ratio\":200,\"symlinks_inside\":true}";
    const auto claim = take(wanted);
    ASSERT_FALSE(claim);
    EXPECT_THAT(
        claim.error().message(),
        HasSubstr("another request: --if-exists same there, newer asked now; --owner not given there, "
                  "given asked now; --symlinks=inside not given there, given asked now"));
}

TEST_P(ClaimTest, SupersedesOnesThatAreDead) {
    process::Identity gone = process::self();
    gone.pid_start += 1;
    struct Case {
        const char* what;
        std::string token;
        process::Identity owner;
    };
    process::Identity elsewhere = process::self();
    elsewhere.machine_id = "ffffffffffffffffffffffffffffffff";
    const Case cases[] = {
        {"boot is over", "a", dead_owner()},
        {"process is gone", "a", gone},
        {"our own token", "b", elsewhere},
    };
    std::uint64_t number = 0;
    for (const Case& c : cases) {
        leave_claim(++number, c.token, c.owner);
        const auto claim = must_take(request("b"));
        EXPECT_EQ(claim->number(), ++number) << c.what;
        ASSERT_EQ(claim->earlier().size(), number - 1);
        EXPECT_EQ(claim->earlier()[number - 2].owner, c.owner);
    }
    const auto last = must_take(request("b"));
    EXPECT_TRUE(last->release());
    expect_nothing_left();
}

TEST_P(ClaimTest, OfAnotherMachineLivesUntilItsBeatIsOld) {
    std::unique_ptr<Claim> theirs;
    {
        const OtherMachine other("11111111111111111111111111111111");
        theirs = must_take(request("a", milliseconds(1200)));
    }
    // It beats each 400 ms.
    for (int i = 0; i < 10; ++i) {
        clock::sleep(milliseconds(150), {});
        const auto ours = take(request("b", milliseconds(1200)));
        ASSERT_FALSE(ours) << "round " << i;
        EXPECT_EQ(ours.error().code, Code::busy);
        EXPECT_THAT(ours.error().message(), HasSubstr("machine 11111111"));
    }
    EXPECT_TRUE(store::find_object(*store_, beat_path(1)).value());
    theirs.reset();  // dies: no more beats, the claim stays
    clock::sleep(milliseconds(1500), {});
    const auto ours = must_take(request("b", milliseconds(1200)));
    EXPECT_EQ(ours->number(), 2U);
}

TEST_P(ClaimTest, AnOwnerThatWasPausedFindsItsSuccessorAndHarmsNothing) {
    // Its own idea of the time-out is long, so it does not beat: as if it were stopped.
    const auto paused = must_take(request("a"));
    clock::sleep(milliseconds(150), {});
    const auto successor = must_take(request("b", milliseconds(100)));
    EXPECT_EQ(successor->number(), 2U);
    const Status checked = paused->check();
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Code::fenced);
    EXPECT_THAT(checked.error().message(), HasSubstr("claim 2 has superseded ours, 1"));
    // Else its first beat may come between the two looks.
    while (!store::find_object(*store_, beat_path(2)).value()) clock::sleep(milliseconds(5), {});
    const auto before = files();
    EXPECT_EQ(paused->release().error().code, Code::fenced);
    EXPECT_EQ(files(), before);
    EXPECT_TRUE(successor->check());
    EXPECT_TRUE(successor->release());
    expect_nothing_left();
}

TEST_P(ClaimTest, AnOwnerThatSleepsPastItsSuccessorsEndIsFencedToo) {
    const auto paused = must_take(request("a"));
    clock::sleep(milliseconds(150), {});
    EXPECT_TRUE(must_take(request("b", milliseconds(100)))->release());
    EXPECT_EQ(paused->check().error().code, Code::fenced);
    // The number is used again, by another.
    const auto third = must_take(request("c"));
    EXPECT_EQ(third->number(), 1U);
    EXPECT_EQ(paused->check().error().code, Code::fenced);
    EXPECT_EQ(paused->release().error().code, Code::fenced);
    EXPECT_TRUE(third->check());
}

TEST_P(ClaimTest, AnotherOwnerOfTheSameNumberFencesWithoutASuccessor) {
    const auto paused = must_take(request("a"));
    ASSERT_TRUE(store::remove_object(*store_, claim_path(1)));
    leave_claim(1, "b", dead_owner());
    EXPECT_THAT(paused->check().error().message(), HasSubstr("another's now"));
}

TEST_P(ClaimTest, AnOldBeatOfTheSameNumberDoesNotMakeAClaimOld) {
    ASSERT_TRUE(store::replace_object(*store_, beat_path(1), format::beat_document(1)));
    clock::sleep(milliseconds(400), {});
    const auto claim = must_take(request("a"));
    EXPECT_EQ(take(request("b", milliseconds(300))).error().code, Code::busy);
}

TEST_P(ClaimTest, OfManyThreadsOneWins) {
    constexpr int kThreads = 6, kRounds = 5;
    for (int round = 0; round < kRounds; ++round) {
        std::atomic<int> won = 0, busy = 0;
        std::vector<std::unique_ptr<Claim>> claims(kThreads);
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < kThreads; ++i) {
                threads.emplace_back([&, i] {
                    auto claim = take(request("t" + std::to_string(i)));
                    if (claim) {
                        claims[static_cast<std::size_t>(i)] = *std::move(claim);
                        ++won;
                    } else if (claim.error().code == Code::busy) {
                        ++busy;
                    } else {
                        ADD_FAILURE() << claim.error().message();
                    }
                });
            }
        }
        EXPECT_EQ(won, 1);
        EXPECT_EQ(busy, kThreads - 1);
        for (const auto& claim : claims) {
            if (claim == nullptr) continue;
            EXPECT_TRUE(claim->release());
        }
        expect_nothing_left();
    }
}

TEST_P(ClaimTest, OfManyThreadsOneSupersedesADeadOne) {
    constexpr int kThreads = 6;
    leave_claim(1, "gone", dead_owner());
    std::atomic<int> won = 0;
    std::vector<std::unique_ptr<Claim>> claims(kThreads);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&, i] {
                auto claim = take(request("t" + std::to_string(i)));
                won += claim ? 1 : 0;
                if (claim) claims[static_cast<std::size_t>(i)] = *std::move(claim);
            });
        }
    }
    EXPECT_EQ(won, 1);
    EXPECT_EQ(read_claims(*store_).value().size(), 2U);
}

TEST_P(ClaimTest, TakingAndEndingSideBySideNeverHasTwoOwners) {
    constexpr int kThreads = 4;
    std::atomic<int> owners = 0, ended = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&, i](const std::stop_token&) {
                for (int round = 0; round < 25; ++round) {
                    auto claim = take(request("t" + std::to_string(i)));
                    if (!claim) {
                        EXPECT_EQ(claim.error().code, Code::busy) << claim.error().message();
                        continue;
                    }
                    EXPECT_EQ(++owners, 1);
                    EXPECT_TRUE((*claim)->check());
                    --owners;
                    const Status released = (*claim)->release();
                    EXPECT_TRUE(released) << released.error().message();
                    ++ended;
                }
            });
        }
    }
    EXPECT_GT(ended, 0);
    expect_nothing_left();
}

TEST_P(ClaimTest, ChecksOnlyWhenItsBeatIsOld) {
    const auto claim = must_take(request("a", std::chrono::hours(1)));
    leave_claim(2, "b", dead_owner());
    EXPECT_TRUE(claim->check_if_stale());
    EXPECT_FALSE(claim->check());
}

TEST_P(ClaimTest, EndingSweepsWhatEarlierOwnersLeft) {
    leave_claim(1, "gone", dead_owner());
    leave_claim(2, "gone", dead_owner());
    ASSERT_TRUE(store::replace_object(*store_, beat_path(1), format::beat_document(1)));
    ASSERT_TRUE(store::replace_object(*store_, beat_path(7), format::beat_document(7)));
    ASSERT_TRUE(store::create_object(*store_, ".haul/tmp/claim-gone-1-0", "half"));
    const auto claim = must_take(request("a"));
    EXPECT_EQ(claim->number(), 3U);
    EXPECT_TRUE(claim->release());
    expect_nothing_left();
}

TEST_P(ClaimTest, EndingKeepsWhatIsNotItsOwn) {
    const auto claim = must_take(request("a"));
    ASSERT_TRUE(store::create_object(*store_, ".haul/parts/part-00001.r1.list.zst", "x"));
    EXPECT_TRUE(claim->release());
    EXPECT_THAT(files(), testing::Contains(".haul/parts/part-00001.r1.list.zst"));
    EXPECT_TRUE(read_claims(*store_).value().empty());
}

// Who came in between leaves the work to whoever may continue it, as it was found.
TEST_P(ClaimTest, HandsBackWhatItFound) {
    leave_claim(1, "a", dead_owner());
    const auto claim = must_take(request("b"));
    EXPECT_EQ(claim->number(), 2U);
    ASSERT_TRUE(claim->hand_back());
    auto left = files();
    std::erase(left, ".haul/tmp");  // of a local store: the folder alone
    EXPECT_THAT(left, testing::ElementsAre(claim_path(1)));
    EXPECT_EQ(must_take(request("a"))->number(), 2U);
}

TEST_P(ClaimTest, HandsBackNothingThatIsAnothersNow) {
    leave_claim(1, "a", dead_owner());
    const auto claim = must_take(request("b"));
    leave_claim(3, "c", dead_owner());
    const auto before = files();
    EXPECT_EQ(claim->hand_back().error().code, Code::fenced);
    EXPECT_EQ(files(), before);
}

TEST_P(ClaimTest, HandingBackWhereNothingWasFoundLeavesNothing) {
    EXPECT_TRUE(must_take(request("a"))->hand_back());
    expect_nothing_left();
}

TEST_P(ClaimTest, RefusesAClaimOfALaterFormatOrThatIsDamaged) {
    ASSERT_TRUE(store::create_object(*store_, claim_path(1), R"({"format":"haul/2"})"));
    EXPECT_EQ(take(request("a")).error().code, Code::unsupported);
    ASSERT_TRUE(store::create_object(*store_, claim_path(2), R"({"format":"haul/1","claim":3})"));
    ASSERT_TRUE(store::remove_object(*store_, claim_path(1)));
    EXPECT_EQ(take(request("a")).error().code, Code::corrupt);
}

INSTANTIATE_TEST_SUITE_P(Stores, ClaimTest, testing::Values("memory", "local"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace haul::claim

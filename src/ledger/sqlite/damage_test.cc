// A ledger file with damage anywhere: noticed and moved aside, or provably harmless.
#include "ledger/sqlite/damage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "ledger/conformance/checks.h"
#include "ledger/sqlite/sqlite_ledger.h"
#include "ledger/test_folder.h"

namespace haul::ledger {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Several pages of units in all states, facts, and free pages.
void fill(Ledger& ledger) {
    Outcome outcome;
    for (int n = 0; n < 60; ++n) {
        const std::string key = std::to_string(n);
        outcome.units.push_back({.kind = "part", .key = key, .payload = std::string(200, 'p')});
        outcome.facts.push_back({"member", key, std::string(100, 'f')});
    }
    outcome.facts.push_back({"large", "1", std::string(20'000, 'l')});
    ASSERT_TRUE(ledger.record(outcome).has_value());
    const auto leases = ledger.claim({.kinds = {}, .count = 30, .owner = "test"});
    ASSERT_TRUE(leases.has_value());
    for (std::size_t n = 0; n < leases->size(); ++n) {
        const LeaseRef& lease = leases->at(n).ref;
        const Outcome forget{.facts = {{"member", std::to_string(n), std::nullopt}}};
        const Status left = n % 2 == 0 ? ledger.finish(lease, forget) : ledger.release(lease);
        ASSERT_TRUE(left.has_value());
    }
}

struct Sound {
    std::string bytes, contents;
};

// A closed ledger and what a reader sees in it.
Sound make_sound(const TestFolder& folder) {
    const std::string path = folder.path("sound.sqlite");
    Sound sound;
    {
        auto opened = open_sqlite(path);
        if (opened.has_value()) fill(*opened->ledger);
    }
    sound.bytes = bytes_of(path);
    auto opened = open_sqlite(path);
    if (opened.has_value()) sound.contents = conformance::contents(*opened->ledger).value_or("unreadable");
    return sound;
}

class Damage : public testing::Test {
  protected:
    // Opens a file with these bytes; returns what happened.
    std::string open_damaged(const std::string& bytes) {
        const TestFolder place;
        const std::string path = place.path("ledger.sqlite");
        write_file(path, bytes);
        auto opened = open_sqlite(path);
        if (!opened.has_value()) {
            // Looks newer than we are: refused, and nothing is lost.
            const bool refused = opened.error().code == Code::unsupported && bytes_of(path) == bytes;
            return refused ? "refused" : "error: " + opened.error().message();
        }
        const std::string contents = conformance::contents(*opened->ledger).value_or("unreadable");
        if (contents == sound_.contents) return opened->moved_aside ? "moved a sound file" : "harmless";
        if (!contents.empty()) return "different contents were accepted";
        if (!opened->created) return "lost contents were not reported";
        if (bytes.size() < 2) return "new";
        if (!opened->moved_aside || !opened->damage) return "damage was not reported";
        return bytes_of(*opened->moved_aside) == bytes ? "moved" : "the damaged file was changed";
    }

    TestFolder folder_;
    Sound sound_ = make_sound(folder_);
};

bool acceptable(const std::string& what) {
    return what == "refused" || what == "harmless" || what == "moved";
}

TEST_F(Damage, FileCutAtAnyLength) {
    const std::size_t size = sound_.bytes.size();
    std::vector<std::size_t> lengths = {2, 15, 16, 17, 99, 100, 101, 511, 512, 1024, 4095, 4097, size - 1};
    for (std::size_t length = 4096; length < size; length += 4096) lengths.push_back(length);
    for (std::size_t length = 700; length < size; length += size / 24) lengths.push_back(length);
    for (const std::size_t length : lengths) {
        EXPECT_EQ(open_damaged(sound_.bytes.substr(0, length)), "moved")
            << "cut to " << length << " of " << size;
    }
    EXPECT_EQ(open_damaged(""), "new");
    EXPECT_EQ(open_damaged("S"), "new");
    EXPECT_EQ(open_damaged(sound_.bytes), "harmless");
}

TEST_F(Damage, AnyByteFlipped) {
    std::vector<std::size_t> positions;
    for (std::size_t at = 0; at < 108; ++at) positions.push_back(at);
    std::mt19937_64 random(20261122);
    for (int n = 0; n < 400; ++n) positions.push_back(random() % sound_.bytes.size());
    int moved = 0;
    for (const std::size_t at : positions) {
        std::string bytes = sound_.bytes;
        const auto mask = static_cast<char>(at % 2 == 0 ? 0x01U << (random() % 8) : 0xffU);
        bytes[at] = static_cast<char>(bytes[at] ^ mask);
        const std::string what = open_damaged(bytes);
        EXPECT_TRUE(acceptable(what)) << what << ": byte " << at << " with " << static_cast<int>(mask);
        moved += what == "moved" ? 1 : 0;
    }
    EXPECT_GT(moved, 200);  // the rest lies in unused space
}

TEST_F(Damage, NotALedgerAtAll) {
    EXPECT_EQ(open_damaged(std::string(10'000, 'x')), "moved");
    EXPECT_EQ(open_damaged("hello"), "moved");
}

TEST_F(Damage, NamesTheMovedFileWithTheTimeAndNeverTwice) {
    const std::string path = folder_.path("ledger.sqlite");
    std::vector<std::string> names;
    for (int turn = 0; turn < 3; ++turn) {
        write_file(path, "damaged");
        write_file(path + "-wal", "log");
        const auto opened = open_sqlite(path);
        ASSERT_TRUE(opened.has_value()) << opened.error().message();
        ASSERT_TRUE(opened->moved_aside);
        EXPECT_THAT(*opened->moved_aside,
                    testing::MatchesRegex(".*/ledger\\.sqlite\\.damaged-[0-9]{8}T[0-9]{6}Z(-[0-9])?"));
        EXPECT_EQ(bytes_of(*opened->moved_aside), "damaged");
        EXPECT_EQ(opened->damage->code, Code::corrupt);
        names.push_back(*opened->moved_aside);
    }
    std::ranges::sort(names);
    EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

}  // namespace
}  // namespace haul::ledger

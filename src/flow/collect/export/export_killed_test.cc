// An export that dies at any of its steps leaves the one before whole, and the next one makes good.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <set>

#include "base/fault_point.h"
#include "base/test_folder.h"
#include "flow/collect/export/export_harness.h"

namespace haul::collect {
namespace {

constexpr unsigned kBefore = 3;
constexpr unsigned kAfter = 22;

// So long that manifest.jsonl goes in two pieces, and no longer: all of it is made anew for each kill.
std::vector<Recording> recordings(unsigned count) {
    std::vector<Recording> made = harness::recordings(count);
    for (Recording& one : made) one.candidate.title.append(400'000, '.');
    return made;
}

class KilledExport : public testing::Test {
  protected:
    Result<Exported> run(unsigned count) const {
        const auto store = harness::local_store(out());
        const auto listed = recordings(count);
        return export_views(*store, harness::listing(listed),
                            {.corpus = "stories", .scratch = folder_.path("scratch")}, {});
    }
    // Runs in a process of its own, which kills itself the `nth` time that it reaches `point`. False: it
    // never did.
    bool dies_at(const std::string& point, int nth) const {
        const ::pid_t child = ::fork();
        if (child == 0) {
            int met = 0;
            fault::on_reached([&](std::string_view name) {
                if (name == point && ++met == nth) ::kill(::getpid(), SIGKILL);
            });
            ::_exit(run(kAfter) ? 0 : 1);
        }
        int status = 0;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "it failed";
        return WIFSIGNALED(status);
    }
    // Points of the export itself and of the store beneath it, with how often each is met.
    std::map<std::string, int> points() const {
        std::map<std::string, int> met;
        fault::on_reached([&](std::string_view name) { ++met[std::string(name)]; });
        EXPECT_TRUE(run(kAfter));
        fault::on_reached({});
        return met;
    }
    void go_back_to(const std::string& before) const {
        std::filesystem::remove_all(out());
        std::filesystem::remove_all(folder_.path("scratch"));
        std::filesystem::copy(
            before, out(),
            std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks);
    }
    [[nodiscard]] std::string out() const { return folder_.path("out"); }

    test::Folder folder_;
};

TEST_F(KilledExport, AnywhereLeavesACurrentOneWhole) {
    const auto first = run(kBefore);
    ASSERT_TRUE(first);
    const std::string before = folder_.path("before");
    std::filesystem::copy(
        out(), before,
        std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks);
    const auto met = points();
    const std::string after = harness::shown(out()).state;
    EXPECT_GT(met.at("store.send_file.between_pieces"), 1);
    EXPECT_GE(met.size(), 10U);
    unsigned kills = 0;
    for (const auto& [point, times] : met) {
        // What is met at each file: at the first and at the last.
        for (const int nth : std::set{1, times}) {
            go_back_to(before);
            ASSERT_TRUE(dies_at(point, nth)) << point << " " << nth;
            ++kills;
            const std::string shown = harness::shown(out()).state;
            EXPECT_TRUE(shown == first->state || shown == after) << point << " " << nth;
            const auto again = run(kAfter);
            ASSERT_TRUE(again) << point << " " << nth << ": " << again.error().message();
            EXPECT_EQ(again->state, after) << point;
            harness::expect_whole(out(), after);
            EXPECT_EQ(harness::states_in(out() + "/exports"), harness::sorted({first->state, after}))
                << point;
            EXPECT_TRUE(std::filesystem::is_empty(folder_.path("scratch"))) << point;
        }
    }
    EXPECT_GT(kills, 20U);
}

}  // namespace
}  // namespace haul::collect

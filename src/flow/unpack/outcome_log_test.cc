#include "flow/unpack/outcome_log.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "flow/unpack/work_harness.h"

namespace haul::unpack {
namespace {

TEST(AboutItem, OthersGoOnWhereItIs) {
    struct Row {
        Error error;
        bool about;
    };
    const auto of = [](Code code) { return make_error(code, "write", "f", "why"); };
    for (const Row& row : {
             Row{of(Code::exists), true},
             Row{of(Code::changed), true},
             Row{of(Code::denied), true},
             Row{of(Code::corrupt), true},
             Row{of(Code::unsupported), true},
             Row{of(Code::usage), true},
             Row{of(Code::no_space), false},
             Row{of(Code::busy), false},
             Row{of(Code::fenced), false},
             Row{of(Code::interrupted), false},
             Row{of(Code::unavailable), false},
             Row{of(Code::io), false},
             Row{of(Code::not_found), false},
             Row{os_error(ENOTDIR, "write", "f"), true},
             Row{os_error(ENAMETOOLONG, "write", "f"), true},
             Row{os_error(EILSEQ, "write", "f"), true},
             Row{os_error(ENOENT, "write", "f"), false},
             Row{os_error(EIO, "write", "f"), false},
             Row{os_error(ENOSPC, "write", "f"), false},
             Row{os_error(ENOTDIR, "open", "f").within("write", "f"), true},
         }) {
        EXPECT_EQ(about_item(row.error), row.about) << row.error.message();
    }
}

TEST(Remedies, FitTheErrorAndTheSource) {
    Request request;
    request.source.path = "/sets/photos";
    const auto remedy = [&](const Error& error, bool is_set) { return usual_remedy(error, request, is_set); };
    const Error damage = make_error(Code::corrupt, "unpack", "f", "CRC");
    EXPECT_NE(remedy(damage, true).find("`haul verify /sets/photos`"), std::string::npos);
    EXPECT_EQ(remedy(damage, false).find("verify"), std::string::npos) << "that takes sets alone";
    EXPECT_NE(remedy(damage, false), "");
    EXPECT_NE(remedy(os_error(ENAMETOOLONG, "write", "f"), true).find("--rename-unfit"), std::string::npos);
    EXPECT_NE(remedy(os_error(EACCES, "write", "f"), true), "");
    EXPECT_EQ(remedy(make_error(Code::internal, "write", "f", ""), true), "");
}

class OutcomeLogTest : public harness::UnpackTest {
  protected:
    static Item item(zip::Kind kind, std::uint64_t size) {
        Item item;
        item.kind = kind;
        item.size = size;
        return item;
    }
};

TEST_F(OutcomeLogTest, CountsGoOnFromACheckpoint) {
    OutcomeLog log(work());
    EXPECT_EQ(log.resume("", 17).value(), 17);
    log.done(item(zip::Kind::file, 5));
    log.done(item(zip::Kind::folder, 0));
    const std::string progress = log.progress(40);
    OutcomeLog later(work());
    EXPECT_EQ(later.resume(progress, 17).value(), 40);
    EXPECT_EQ(work().files_done, 1);
    EXPECT_EQ(work().bytes_done, 5);
    later.done(item(zip::Kind::symlink, 3));
    later.done(item(zip::Kind::file, 2));
    const ledger::Outcome outcome = later.take("run 1");
    ASSERT_EQ(outcome.facts.size(), 1);
    EXPECT_EQ(outcome.facts[0].kind, kTotalFact);
    EXPECT_EQ(outcome.facts[0].key, "run 1");
    EXPECT_EQ(outcome.facts[0].value, R"({"files":2,"folders":1,"symlinks":1,"bytes":7})");
    EXPECT_FALSE(later.resume("{", 0) || later.resume("{}", 0));
}

TEST_F(OutcomeLogTest, FactsAreTakenOnce) {
    OutcomeLog log(work());
    log.skipped("s", "older");
    log.failed("f", make_error(Code::corrupt, "unpack", "f", "CRC"));
    EXPECT_TRUE(log.failed_alone("g", make_error(Code::exists, "unpack", "g", "there")));
    EXPECT_FALSE(log.failed_alone("h", make_error(Code::no_space, "unpack", "h", "full")));
    const ledger::Outcome outcome = log.take();
    std::string facts;
    for (const ledger::Fact& fact : outcome.facts)
        facts += fact.kind + " " + fact.key + " " + *fact.value + "\n";
    EXPECT_EQ(facts, R"(skipped s {"reason":"older"}
failed f {"reason":"corrupt","detail":"unpack f: CRC"}
failed g {"reason":"exists","detail":"unpack g: there"}
)");
    EXPECT_TRUE(log.take().facts.empty());
}

}  // namespace
}  // namespace haul::unpack

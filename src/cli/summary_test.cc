#include "cli/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "cli/error_report.h"
#include "cli/job_lines.h"
#include "cli/listing_line.h"
#include "cli/live_status.h"

namespace haul::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

pack::Request pack_request() {
    pack::Request request;
    request.source.path = "/data/photos";
    request.destination.path = "/backup";
    request.name = "photos";
    return request;
}

pack::Totals totals_of(std::uint64_t failed = 0, std::uint64_t set_aside = 0) {
    pack::Totals totals;
    totals.files = 10409;
    totals.bytes = 230'000'000;
    totals.parts = 1;
    totals.failed = failed;
    totals.set_aside = set_aside;
    return totals;
}

const RunFacts kRun{
    .job = "0123456789abcdef", .log = "/state/log.jsonl", .took = std::chrono::seconds(2), .fresh = true};

report::Event failed_item(const std::string& path) {
    report::Event event;
    event.type = report::Type::item_failed;
    event.subject = path;
    event.error = make_error(Code::denied, "open", path, "Permission denied");
    return event;
}

TEST(Summary, APackThatWentWell) {
    const Ending ending = ending_of(pack_request(), totals_of());
    EXPECT_EQ(ending.exit_code, 0);
    EXPECT_EQ(ending.phase, job::Phase::complete);
    EXPECT_EQ(summary_text(ending, {}, kRun),
              "Packed 10,409 files (230.0 MB) in 1 part, 0:02, 115.0 MB/s.\n"
              "Set: /backup/photos\n"
              "Every byte is proven to be there.\n");
}

TEST(Summary, ARunThatContinuedTellsNoRate) {
    RunFacts run = kRun;
    run.fresh = false;
    EXPECT_THAT(summary_text(ending_of(pack_request(), totals_of()), {}, run),
                HasSubstr("in 1 part, 0:02.\n"));
}

TEST(Summary, NothingToDo) {
    pack::Totals totals = totals_of();
    totals.nothing_to_do = true;
    const Ending ending = ending_of(pack_request(), totals);
    EXPECT_EQ(ending.exit_code, 0);
    const std::string text = summary_text(ending, {}, kRun);
    EXPECT_THAT(text, HasSubstr("Nothing to do"));
    EXPECT_THAT(text, Not(HasSubstr("MB/s")));
}

TEST(Summary, FailedItemsAreListedUpToTwenty) {
    Failures failures;
    for (int i = 0; i < 25; ++i) failures.on(failed_item("dir/f" + std::to_string(i) + "\n"));
    const Ending ending = ending_of(pack_request(), totals_of(32));
    EXPECT_EQ(ending.exit_code, 3);
    EXPECT_EQ(ending.phase, job::Phase::complete);
    const std::string text = summary_text(ending, failures, kRun);
    EXPECT_THAT(text, HasSubstr("32 items failed:\n  dir/f0\\n: open dir/f0\\n: Permission denied\n"));
    EXPECT_THAT(text, HasSubstr("dir/f19"));
    EXPECT_THAT(text, Not(HasSubstr("dir/f20")));
    EXPECT_THAT(text, HasSubstr("  and 12 more, in /state/log.jsonl\n"));
    EXPECT_THAT(text, HasSubstr("haul resume 0123456789abcdef"));
    EXPECT_THAT(text, Not(HasSubstr("proven")));
    const auto object = summary_json(ending, failures, kRun);
    EXPECT_EQ(object["exit_code"], 3);
    EXPECT_EQ(object["totals"]["failed"], 32);
    EXPECT_EQ(object["failed_items"].size(), 20U);
    EXPECT_EQ(object["failed_items"][1]["path"], "dir/f1\n");
}

TEST(Summary, UnitsSetAsideKeepTheSetFromBeingComplete) {
    const Ending ending = ending_of(pack_request(), totals_of(0, 2));
    EXPECT_EQ(ending.exit_code, 3);
    EXPECT_EQ(ending.phase, job::Phase::incomplete);
    EXPECT_THAT(summary_text(ending, {}, kRun),
                HasSubstr("2 units set aside\n  they are listed in /state/log.jsonl\n"));
}

TEST(Summary, ADryRunClaimsNoProof) {
    unpack::Request request;
    request.destination.path = "/x";
    request.dry_run = true;
    const std::string text =
        summary_text(ending_of(request, unpack::Totals{.files = 1, .bytes = 5}), {}, kRun);
    EXPECT_THAT(text, HasSubstr("Would unpack 1 file (5 B)"));
    EXPECT_THAT(text, Not(HasSubstr("proven")));
}

TEST(Summary, ErrorsThatEndAJob) {
    const Ending interrupted = ending_of(make_error(Code::interrupted, "", "", ""), false);
    EXPECT_EQ(interrupted.phase, job::Phase::interrupted);
    EXPECT_EQ(interrupted.exit_code, 130);
    EXPECT_EQ(ending_of(make_error(Code::interrupted, "", "", ""), true).outcome, "stopped by haul cancel");
    const Ending full = ending_of(make_error(Code::no_space, "write", "part", "no room"), false);
    EXPECT_EQ(full.phase, job::Phase::failed);
    EXPECT_EQ(full.exit_code, 7);
    EXPECT_EQ(full.outcome, "write part: no room");
}

TEST(Summary, VerifyNamesEveryFinding) {
    set::VerifyReport report{.parts = 2, .members = 7, .bytes = 9000, .findings = {}, .finding_count = 0};
    EXPECT_THAT(verify_text("/s", report, false), HasSubstr("Every byte was read"));
    EXPECT_THAT(verify_text("/s", report, true), HasSubstr("were not read"));
    report.findings = {{.object = "part-00001.zip", .offset = 70, .path = "a\tb", .what = "CRC-32 differs"}};
    report.finding_count = 3;
    const std::string text = verify_text("/s", report, false);
    EXPECT_THAT(
        text,
        HasSubstr("3 things are wrong:\n  part-00001.zip at byte 70, a\\tb: CRC-32 differs\n  and 2 more\n"));
    EXPECT_EQ(verify_json(report, 5)["findings"][0]["offset"], 70);
}

TEST(Summary, EstimateSaysWhatIsInTheWay) {
    pack::Estimate estimate;
    estimate.files = 3;
    estimate.image_bytes = 1000;
    estimate.free_bytes = 10;
    estimate.destination_problem = "read-only";
    const std::string text = estimate_text(pack_request(), estimate, {});
    EXPECT_THAT(text, HasSubstr("/data/photos -> /backup/photos"));
    EXPECT_THAT(text, HasSubstr("which is not enough"));
    EXPECT_THAT(text, HasSubstr("cannot be written to: read-only"));
}

TEST(ErrorReport, SaysWhatWhyAndWhatToDo) {
    Error error = os_error(28, "write", "/out/part").within("publish", "part 00001");
    error.kept = "7 parts";
    error.remedy = "make room";
    EXPECT_EQ(error_text(error),
              "haul: publish part 00001\n"
              "  because: write /out/part: No space left on device\n"
              "  kept: 7 parts\n"
              "  to do: make room\n");
    const auto object = error_json(error, "00ff");
    EXPECT_EQ(object["event"], "error");
    EXPECT_EQ(object["job"], "00ff");
    EXPECT_EQ(object["error"]["code"], "no_space");
    EXPECT_EQ(object["error"]["exit_code"], 7);
    EXPECT_EQ(object["error"]["message"], error.message());
}

TEST(Listing, LongLines) {
    set::Listed listed;
    listed.part = "part-00001.zip";
    listed.member.path = "a\nb";
    listed.member.size = 1234;
    listed.member.mode = 04755;
    listed.member.mtime_ns = 1'700'000'000'000'000'000;
    EXPECT_EQ(long_line(listed), "-rwsr-xr-x           1234  2023-11-14 22:13:20  a\\nb");
    EXPECT_THAT(json_line(listed), testing::StartsWith("{\"part\":\"part-00001.zip\",\"path\":"));
    listed.member.kind = zip::Kind::symlink;
    listed.member.target = "x";
    listed.member.mode = 01777;
    EXPECT_THAT(long_line(listed),
                testing::AllOf(testing::StartsWith("lrwxrwxrwt"), testing::EndsWith("a\\nb -> x")));
    listed.member.mode.reset();
    listed.member.mtime_ns.reset();
    EXPECT_THAT(long_line(listed), testing::StartsWith("l?????????"));
}

TEST(Jobs, LinesAndText) {
    job::Record record;
    record.id = "0123456789abcdef";
    record.flow = "pack";
    record.source = "/in/p";
    record.destination = "/out";
    record.name = "p";
    record.phase = job::Phase::interrupted;
    record.outcome = "interrupted";
    record.started_ns = 1'700'000'000'000'000'000;
    EXPECT_EQ(job_line(record), "0123456789abcdef  interrupted  2023-11-14 22:13  pack /in/p -> /out/p");
    EXPECT_THAT(job_text(record, "/f"), HasSubstr("Continue: haul resume 0123456789abcdef\n"));
    EXPECT_EQ(job_json(record)["phase"], "interrupted");
    record.phase = job::Phase::complete;
    EXPECT_THAT(job_text(record, "/f"), Not(HasSubstr("Continue")));
}

TEST(LiveStatus, WhatIsAnsweredShowsTheSameElsewhere) {
    LiveStatus live;
    const auto sink = live.make_sink();
    report::Event event;
    event.type = report::Type::worker;
    event.worker = 1;
    event.subject = "part 00002";
    event.bytes = 3;
    event.total_bytes = 4;
    sink->on(event);
    event.type = report::Type::total;
    event.files = 100;
    event.bytes = 1000;
    event.final_total = true;
    sink->on(event);
    event.type = report::Type::progress;
    event.files = 50;
    event.bytes = 500;
    sink->on(event);
    const auto answer = json::parse(json::dump(live.answer()), "answer").value();
    std::vector<unsigned> before = {1, 7};
    report::Progress progress;
    for (const auto& shown : events_of(answer, before)) progress.on(shown);
    EXPECT_EQ(report::total_text(progress), "50 of 100 files  500 B of 1.0 KB  50%");
    ASSERT_EQ(progress.workers().count(1), 1U);
    EXPECT_EQ(progress.workers().at(1).total_bytes, 4U);
    EXPECT_EQ(before, std::vector<unsigned>{1});
    EXPECT_EQ(status_line(answer), "50 of 100 files  500 B of 1.0 KB  50%");
    EXPECT_TRUE(events_of(json::Value("nonsense"), before).empty());
    EXPECT_EQ(status_line(json::Value::object()), "0 files  0 B");
}

}  // namespace
}  // namespace haul::cli

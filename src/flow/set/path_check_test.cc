// Manifests whose digests are right, and whose paths or counts cannot be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "flow/set/path_check.h"
#include "flow/set/set_harness.h"
#include "flow/set/verify.h"

namespace haul::set {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What verify says of a set of files of these paths, "object path: what" each.
std::vector<std::string> findings_of(const std::vector<std::string>& paths,
                                     const std::function<void(format::SetRecord&)>& change = {}) {
    harness::PackedSet set;
    set.add_folder_line(".");
    for (const std::string& path : paths) {
        if (path.ends_with('/')) {
            set.add_empty_folder(path.substr(0, path.size() - 1));
        } else {
            set.add_file(path, "x");
        }
    }
    set.publish();
    if (change) change(set.record);
    set.put_records();
    std::vector<std::string> found;
    for (const bool quick : {true, false}) {
        found.clear();
        report::Hub hub;
        VerifyOptions options;
        options.quick = quick;
        options.memory = 64U << 20U;
        const auto report = verify(set.store, options, hub, {});
        EXPECT_TRUE(report.has_value());
        if (!report) break;
        EXPECT_EQ(report->finding_count, report->findings.size());
        for (const Finding& finding : report->findings)
            found.push_back(finding.object + " " + finding.path + ": " + finding.what);
    }
    return found;
}

void from_service(format::SetRecord& record) { record.source = "s3://bucket/in"; }

TEST(PathCheck, WhatAPackMakesIsGood) {
    EXPECT_THAT(findings_of({}), IsEmpty());
    EXPECT_THAT(findings_of({"a-b", "a.txt", "a/", "a0", "b/c/d", "b/c/e", "b/f"}), IsEmpty());
    EXPECT_THAT(findings_of({"b", "c", "a"}), IsEmpty()) << "what changed comes last";
    EXPECT_THAT(findings_of({"a", "a-b", "a.txt", "ab/c"}), IsEmpty());
}

TEST(PathCheck, PathsThatLeadElsewhere) {
    for (const char* path : {"../x", "/x", "x/../../y", "x//y", "./x"}) {
        EXPECT_THAT(findings_of({path}), ElementsAre(std::string("part-00001.jsonl.zst ") + path +
                                                     ": a path that leads nowhere beneath a folder"));
        EXPECT_THAT(findings_of({path}, from_service), IsEmpty()) << "a key may be any bytes";
    }
}

TEST(PathCheck, PathsThatMeet) {
    const std::string twice = ": another member of the set has this path too";
    EXPECT_THAT(findings_of({"a", "a"}),
                ElementsAre("part-00001.jsonl.zst a" + twice, "part-00001.jsonl.zst a" + twice));
    EXPECT_THAT(findings_of({"a", "b", "c", "a"}, from_service),
                ElementsAre("part-00001.jsonl.zst a" + twice, "part-00001.jsonl.zst a" + twice));
    EXPECT_THAT(findings_of({"a", "a/"}, from_service), IsEmpty()) << "two keys";
    for (const std::vector<std::string>& paths :
         {std::vector<std::string>{"a", "a/b"}, {"a", "a-c", "a/b"}, {"z", "a/b", "a"}, {"a", "a/b/"}}) {
        EXPECT_THAT(findings_of(paths),
                    ElementsAre("part-00001.jsonl.zst a/b: it lies beneath a, which is no folder"));
        EXPECT_THAT(findings_of(paths, from_service), IsEmpty());
    }
}

TEST(PathCheck, TotalsThatLie) {
    const auto says = [](const std::function<void(format::SetRecord&)>& change) {
        const std::vector<std::string> found = findings_of({"a", "b/", "c"}, change);
        return found.size() == 1 ? found[0] : std::to_string(found.size()) + " findings";
    };
    EXPECT_THAT(says([](auto& record) { ++record.files; }),
                HasSubstr("haul-00001.json : its totals say 3 files, 1 folders"));
    EXPECT_THAT(says([](auto& record) { --record.folders; }),
                HasSubstr("its manifests hold 2 files, 1 folders"));
    EXPECT_THAT(says([](auto& record) { ++record.symlinks; }), HasSubstr("its totals say"));
    EXPECT_THAT(says([](auto& record) { ++record.folder_lines; }), HasSubstr("its totals say"));
    EXPECT_THAT(says([](auto& record) { ++record.bytes; }), HasSubstr("its totals say"));
    EXPECT_THAT(says([](auto& record) { ++record.parts[0].bytes; }),
                HasSubstr("part-00001.jsonl.zst : it has 2 bytes"));
    // A member that counts no more is no part of the totals.
    EXPECT_THAT(says([](auto& record) { record.gone = {{"a", "part-00001.zip"}}; }),
                HasSubstr("its manifests hold 1 files"));
}

TEST(PathCheck, SeveralPassesFindTheSame) {
    harness::PackedSet set;
    set.add_folder_line(".");
    for (int i = 0; i < 100; ++i) set.add_file("f" + std::to_string(i % 90), "x");
    set.add_file("f7/g", "x");
    set.publish();
    for (const std::uint64_t at_once : {1U, 7U, 1000U}) {
        std::uint64_t found = 0;
        const auto counts =
            find_meeting_paths(set.store, set.record, at_once, [&](const Finding&) { ++found; }, {});
        ASSERT_TRUE(counts.has_value());
        EXPECT_EQ(counts->files, 101U);
        EXPECT_EQ(found, 21U) << at_once;  // ten pairs, and what lies beneath a file
    }
}

TEST(PathCheck, PartsFollowOneAnother) {
    const auto part = [](const std::vector<std::string>& paths) {
        PathOrder order(true);
        for (const std::string& path : paths) {
            format::Member member;
            member.path = member.zip_name = path;
            order.add(member);
        }
        return order;
    };
    EXPECT_TRUE(part({"b", "c"}).follows(part({"a"})));
    EXPECT_FALSE(part({"b", "c"}).follows(part({"a", "b"})));
    EXPECT_FALSE(part({"a"}).follows(part({"b"})));
    EXPECT_FALSE(part({"a-", "a/b"}).follows(part({"a"}))) << "it may lie beneath it";
    EXPECT_TRUE(part({"b"}).is_good());
    EXPECT_FALSE(part({"a", "a/b"}).is_good());
}

}  // namespace
}  // namespace haul::set

// verify's findings: which object, at which byte, which member, and what; and what is an error instead.
#include "flow/set/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "flow/set/set_harness.h"

namespace haul::set {
namespace {

using harness::PackedSet;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Verify : public testing::Test {
  protected:
    Verify() { harness::fill(set_); }

    VerifyReport verified(bool quick = false, store::Store* against = nullptr) {
        VerifyOptions options;
        options.quick = quick;
        options.against = against;
        auto report = verify(set_.store, options, hub_, {});
        EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().message());
        if (!report) return {};
        EXPECT_EQ(report->finding_count, report->findings.size());
        return *std::move(report);
    }
    // The only finding.
    Finding found(bool quick = false) {
        VerifyReport report = verified(quick);
        EXPECT_THAT(report.findings, SizeIs(1U));
        return report.findings.empty() ? Finding{} : report.findings[0];
    }
    std::size_t entry_of(const std::string& path) const {
        std::size_t entry = 0;
        while (set_.table.path(set_.table.line_of(entry)) != path) ++entry;
        return entry;
    }
    std::uint64_t data_of(const std::string& path) const {
        return set_.table.layout().data_offset(entry_of(path));
    }

    report::Hub hub_;
    PackedSet set_;
};

TEST_F(Verify, AWholeSet) {
    for (const bool quick : {false, true}) {
        const VerifyReport report = verified(quick);
        EXPECT_THAT(report.findings, IsEmpty());
        EXPECT_EQ(report.parts, 1U);
        EXPECT_EQ(report.members, set_.table.entries());
        EXPECT_EQ(report.bytes, set_.table.file_bytes());
    }
}

TEST_F(Verify, ADamagedMemberIsNamedWithItsPlace) {
    set_.spoil(data_of("e") + 1234);
    const VerifyReport report = verified();
    ASSERT_THAT(report.findings, SizeIs(2U));  // its CRC-32 and its digest
    for (const Finding& finding : report.findings) {
        EXPECT_EQ(finding.object, "part-00001.zip");
        EXPECT_EQ(finding.offset, data_of("e"));
        EXPECT_EQ(finding.path, "e");
    }
    // --quick reads no member, and takes the word of a store that knows the checksum of the whole.
    EXPECT_THAT(found(true).what, HasSubstr("the store's CRC-32"));
}

TEST_F(Verify, ADigestIsHeldAgainstTheContentsEvenWhereTheCrcAgrees) {
    for (format::Member& member : set_.members) {
        if (member.path == "a") member.digest = digest::text(PackedSet::kAlgorithm, std::string(16, 'x'));
    }
    set_.put_records();
    const Finding finding = found();
    EXPECT_EQ(finding.path, "a");
    EXPECT_EQ(finding.offset, data_of("a"));
    EXPECT_THAT(finding.what, HasSubstr("digest"));
}

TEST_F(Verify, AHeaderOfAMember) {
    const std::uint64_t at = set_.table.layout().header_offset(entry_of("d")) + 4;
    set_.spoil(at);
    const Finding finding = found();
    EXPECT_EQ(finding.offset, at);
    EXPECT_EQ(finding.path, "d");
}

TEST_F(Verify, TheDirectoryIsNoMembers) {
    const std::uint64_t at = set_.table.layout().image_size() - 5;
    set_.spoil(at);
    const Finding finding = found();
    EXPECT_EQ(finding.offset, at);
    EXPECT_EQ(finding.path, "");
    EXPECT_EQ(finding.object, "part-00001.zip");
}

TEST_F(Verify, APartThatIsShorterOrLonger) {
    const std::uint64_t size = set_.image.size();
    for (const bool quick : {false, true}) {
        set_.put("part-00001.zip", set_.image.substr(0, size - 7));
        EXPECT_EQ(found(quick).offset, size - 7);
        set_.put("part-00001.zip", set_.image + "x");
        EXPECT_EQ(found(quick).offset, size);
    }
}

TEST_F(Verify, WhatIsMissingIsAFinding) {
    for (const bool quick : {false, true}) {
        set_.put("part-00001.zip", set_.image);
        set_.put("part-00001.jsonl.zst", set_.manifest);
        set_.remove("part-00001.zip");
        EXPECT_EQ(found(quick).object, "part-00001.zip");
        EXPECT_EQ(found(quick).what, "it is missing");
        set_.put("part-00001.zip", set_.image);
        set_.remove("part-00001.jsonl.zst");
        EXPECT_EQ(found(quick).object, "part-00001.jsonl.zst");
        EXPECT_EQ(found(quick).what, "it is missing");
    }
}

TEST_F(Verify, ADamagedManifest) {
    for (const bool quick : {false, true}) {
        for (const std::size_t at : {std::size_t{0}, set_.manifest.size() / 2, set_.manifest.size() - 1}) {
            std::string spoilt = set_.manifest;
            spoilt[at] = static_cast<char>(spoilt[at] ^ 1);
            set_.put("part-00001.jsonl.zst", spoilt);
            EXPECT_EQ(found(quick).object, "part-00001.jsonl.zst") << at;
        }
    }
}

TEST_F(Verify, AManifestThatContradictsItself) {
    const auto changed = [&](const std::function<void(format::Member&)>& change) {
        const std::vector<format::Member> before = set_.members;
        for (format::Member& member : set_.members) {
            if (member.path == "e") change(member);
        }
        set_.put_records();
        set_.members = before;
        const Finding finding = found(true);
        EXPECT_EQ(finding.object, "part-00001.jsonl.zst");
        return finding.what;
    };
    EXPECT_THAT(changed([](format::Member& member) { ++*member.offset; }), HasSubstr("offset"));
    EXPECT_THAT(changed([](format::Member& member) { member.offset.reset(); }), HasSubstr("offset"));
    EXPECT_THAT(changed([](format::Member& member) { --member.size; }), HasSubstr("another layout"));
    EXPECT_THAT(changed([](format::Member& member) { member.size = ~0ULL; }), HasSubstr("e has"));
    EXPECT_THAT(changed([](format::Member& member) { member.zip_name = member.path = "f"; }),
                HasSubstr("another layout"));
}

TEST_F(Verify, TheRecordsCountsAndSums) {
    set_.record.parts[0].members += 1;
    set_.put_records();
    EXPECT_EQ(found().object, "part-00001.jsonl.zst");
    EXPECT_EQ(found(true).object, "part-00001.jsonl.zst");
    set_.record.parts[0].members -= 1;
    set_.record.parts[0].crc32 ^= 1;
    set_.put_records();
    EXPECT_THAT(found().what, HasSubstr("CRC-32"));
    EXPECT_EQ(found().offset, std::nullopt);
}

TEST_F(Verify, ADamagedRecordIsAFinding) {
    std::string document = format::to_document(set_.record);
    document[document.size() / 2] ^= 1;
    set_.put("haul-00001.json", document);
    EXPECT_THAT(found().object, HasSubstr("haul-00001.json"));
}

TEST_F(Verify, NoSetIsAnError) {
    set_.remove("haul-00001.json");
    const auto report = verify(set_.store, {}, hub_, {});
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, Code::not_found);
    EXPECT_THAT(report.error().detail, HasSubstr("not complete"));
}

TEST_F(Verify, ARecordOfALaterFormatIsAnError) {
    std::string document = format::to_document(set_.record);
    document.replace(document.find("haul/1"), 6, "haul/2");
    set_.put("haul-00001.json", document);
    const auto report = verify(set_.store, {}, hub_, {});
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, Code::unsupported);
}

TEST_F(Verify, StopsWhereItIsAskedTo) {
    std::stop_source stop;
    stop.request_stop();
    const auto report = verify(set_.store, {}, hub_, stop.get_token());
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, Code::interrupted);
}

TEST_F(Verify, ASetWithoutDigests) {
    PackedSet plain;
    plain.add_file("a", "contents");
    plain.publish(false);
    VerifyOptions options;
    const auto report = verify(plain.store, options, hub_, {});
    ASSERT_TRUE(report.has_value());
    EXPECT_THAT(report->findings, IsEmpty());
}

TEST_F(Verify, SupersededMembersAreReadButNotCompared) {
    store::memory::MemoryStore source;
    for (std::size_t line = 0; line < set_.members.size(); ++line) {
        const format::Member& member = set_.members[line];
        if (member.kind != zip::Kind::file || member.path == "e") continue;
        ASSERT_TRUE(store::create_object(source, member.path, set_.contents[line]).has_value());
    }
    const auto missing = [&] {
        std::vector<std::string> paths;
        for (const Finding& finding : verified(false, &source).findings) {
            if (finding.what == "the source does not have it any more") paths.push_back(finding.path);
        }
        return paths;
    };
    EXPECT_THAT(missing(), testing::Contains("e"));
    set_.record.gone = {{"e", "part-00001.zip"}};
    --set_.record.files;
    set_.record.bytes -= 3000;
    set_.put_records();
    EXPECT_THAT(missing(), testing::Not(testing::Contains("e")));
    set_.spoil(data_of("e"));
    EXPECT_EQ(verified().findings.at(0).path, "e");
}

}  // namespace
}  // namespace haul::set

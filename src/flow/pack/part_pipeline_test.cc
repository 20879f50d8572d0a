// A part between two services: several tiles read and several pieces sent at a time, and nothing of that
// shows in the result.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "flow/pack/checkpoint.h"
#include "flow/pack/meta_log.h"
#include "flow/pack/part_harness.h"
#include "format/manifest.h"
#include "zip/layout.h"

namespace haul::pack {
namespace {

using testing::Contains;
using testing::Not;

class PartPipeline : public harness::PartTest {
  protected:
    [[nodiscard]] std::future<Result<ledger::Outcome>> start() {
        return std::async(std::launch::async, [this] { return attempt(); });
    }
    // The stored members of the published image, read back by the layout of `members`.
    void expect_image(const std::vector<std::pair<std::string, std::string>>& files) {
        format::MemberTable table;
        std::vector<std::uint32_t> crcs;
        for (const auto& [path, text] : files) {
            format::Member member;
            member.path = member.zip_name = path;
            member.size = text.size();
            member.mtime_ns = 1'600'000'000'000'000'000;
            table.add(member);
            crcs.push_back(digest::crc32(0, std::as_bytes(std::span(text))));
        }
        const zip::Layout& layout = table.layout();
        std::string right(layout.image_size(), '\0');
        const auto bytes = std::as_writable_bytes(std::span(right));
        for (std::size_t entry = 0; entry < files.size(); ++entry) {
            layout.write_header(entry, crcs[entry],
                                bytes.subspan(layout.header_offset(entry), layout.header_size(entry)));
            files[entry].second.copy(right.data() + layout.data_offset(entry), files[entry].second.size());
        }
        zip::Tail(layout, crcs).fill(bytes.subspan(layout.directory_offset()));
        EXPECT_TRUE(image() == right);  // not EXPECT_EQ: nobody wants to read either
    }
    // Written again with metadata; its line in the list says nothing of it.
    void describe(format::Member& member) {
        const std::string text = noise(member.path, member.size, 1);
        store::Write write;
        write.name = member.path;
        write.bytes = std::as_bytes(std::span(text));
        write.attributes.content_type = "text/" + member.path;
        write.attributes.metadata = {{"colour", member.path}};
        source_.write_many({&write, 1}, {}, {});
        ASSERT_TRUE(write.result);
        member.version = write.written.tag;
    }
    [[nodiscard]] std::map<std::string, Meta> manifest_metas() {
        std::map<std::string, Meta> metas;
        format::ManifestReader reader("manifest");
        const auto bytes = store::read_object(destination_, "part-00001.jsonl.zst", kMiB);
        EXPECT_TRUE(reader.write(bytes.value(), [&](const format::Member& member) -> Status {
            metas[member.path] = member.meta;
            return {};
        }));
        return metas;
    }
    [[nodiscard]] std::uint64_t data_offset(std::size_t entry) const {
        format::MemberTable table;
        for (const format::Member& member : members_) table.add(member);
        return table.layout().data_offset(entry);
    }
    void expect_first_image() {
        std::vector<std::pair<std::string, std::string>> files;
        for (const format::Member& member : members_)
            files.emplace_back(member.path, noise(member.path, member.size, 1));
        expect_image(files);
    }
};

TEST_F(PartPipeline, ReadsAndSendsSeveralAtATime) {
    for (const char* path : {"a", "b", "c", "d"}) add(path, 6 * kMiB);
    lay_out();
    source_.reads.hold_all();
    destination_.plan.puts.hold_all();
    auto done = start();
    EXPECT_TRUE(source_.reads.await(8U));
    source_.reads.open();
    EXPECT_TRUE(destination_.plan.puts.await(8U));
    destination_.plan.puts.open();
    const auto outcome = done.get();
    ASSERT_TRUE(outcome.has_value()) << outcome.error().message();
    expect_first_image();
}

TEST_F(PartPipeline, SmallFilesBesideLargeOnesMakeTheSameImage) {
    for (int i = 0; i < 40; ++i) add(fmt::format("{:02}", i), i % 7 == 3 ? 3 * kMiB + 17 : 20'000);
    lay_out();
    ASSERT_TRUE(attempt().has_value());
    expect_first_image();
}

TEST_F(PartPipeline, LittleMemoryMeansFewerAtATime) {
    request_.memory = engine::Memory::kProgram + 9 * kMiB;
    for (const char* path : {"a", "b", "c", "d"}) add(path, 6 * kMiB);
    request_.jobs = 1;
    lay_out();
    const auto outcome = attempt();
    ASSERT_FALSE(outcome.has_value());  // reading back could not be held
    request_.memory = engine::Memory::kProgram + 20 * kMiB;
    ASSERT_TRUE(attempt().has_value());
    EXPECT_LE(source_.reads.most_at_once() + destination_.plan.puts.most_at_once(), 36U);
    expect_first_image();
}

// "b" reaches over many tiles, and those between are on their way when its last bytes turn out to be others.
TEST_F(PartPipeline, APieceUnderWayNeverLandsAfterItsReplacement) {
    add("a", 1000);
    add("b", 12 * kMiB);
    add("c", 5 * kMiB);
    describe(members_[1]);
    lay_out();
    const std::string late_read = fmt::format("read b@{}", 9 * kMiB - data_offset(1));
    source_.reads.hold([&](const std::string& call) { return call == late_read; });
    destination_.plan.puts.hold([](const std::string& call) { return call == "put 3"; });
    auto done = start();
    EXPECT_TRUE(source_.reads.await(late_read));
    EXPECT_TRUE(destination_.plan.puts.await("put 3"));
    put("b", noise("b", 12 * kMiB, 2));
    source_.reads.open();
    destination_.plan.puts.open();
    const auto outcome = done.get();
    ASSERT_TRUE(outcome.has_value()) << outcome.error().message();
    bool under_way = false;
    for (const std::string& entry : destination_.plan.puts.log()) {
        if (entry == "put 3") {
            EXPECT_FALSE(under_way);
            under_way = true;
        }
        if (entry == "put 3 ended") under_way = false;
    }
    EXPECT_EQ(destination_.plan.puts.times("put 3"), 2U);
    EXPECT_TRUE(manifest_metas().at("c").empty());  // not those of "b", whose place it has
    expect_image({{"a", noise("a", 1000, 1)}, {"c", noise("c", 5 * kMiB, 1)}});
}

TEST_F(PartPipeline, AfterAFailedPieceOnlyWhatIsMissingIsSentAgain) {
    add("a", 20 * kMiB);
    add("b", 300);
    lay_out();
    destination_.plan.failing = {5};
    const auto failed = attempt();
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, Code::unavailable);
    EXPECT_EQ(failed.error().subject, "put 5");
    const std::size_t before = destination_.plan.puts.times("put 2");
    EXPECT_EQ(before, 1U);
    const auto outcome = attempt();
    ASSERT_TRUE(outcome.has_value()) << outcome.error().message();
    EXPECT_EQ(destination_.plan.puts.times("put 2"), 1U);
    EXPECT_EQ(destination_.plan.puts.times("put 5"), 2U);
    expect_first_image();
}

TEST_F(PartPipeline, AStopEndsWhatIsUnderWay) {
    add("a", 20 * kMiB);
    lay_out();
    destination_.plan.puts.hold_all();
    auto done = start();
    EXPECT_TRUE(destination_.plan.puts.await(4U));
    shutdown_.request_stop();
    const auto stopped = done.get();
    ASSERT_FALSE(stopped.has_value());
    EXPECT_EQ(stopped.error().code, Code::interrupted);
}

// What has begun comes to its end and counts; what has not does not begin.
TEST_F(PartPipeline, ADrainKeepsWhatArrives) {
    add("a", 40 * kMiB);
    lay_out();
    destination_.plan.puts.hold_all();
    auto done = start();
    EXPECT_TRUE(destination_.plan.puts.await(8U));
    shutdown_.request_drain();
    destination_.plan.puts.open();
    const auto stopped = done.get();
    ASSERT_FALSE(stopped.has_value());
    EXPECT_EQ(stopped.error().code, Code::interrupted);
    ledger::Query query;
    query.what = ledger::Query::What::units;
    query.kind = kPartUnit;
    const auto units = work().job.ledger().read(query);
    ASSERT_TRUE(units.has_value());
    ASSERT_EQ(units->units.size(), 1U);
    const auto saved = parse_checkpoint(units->units.front().checkpoint);
    ASSERT_TRUE(saved.has_value());
    EXPECT_GE(saved->sent.size(), 8U);
    EXPECT_THAT(destination_.plan.puts.log(), Not(Contains("put 40")));
}

TEST_F(PartPipeline, WithoutAServicesChecksumThePartIsReadBack) {
    destination_.keeps_checksums = false;
    request_.tile_size = 4 * kMiB;
    add("a", 30 * kMiB);
    lay_out();
    destination_.reads.hold_all();
    auto done = start();
    EXPECT_TRUE(destination_.reads.await(2U));  // as many stretches of 8 MiB as tiles took room
    destination_.reads.open();
    const auto outcome = done.get();
    ASSERT_TRUE(outcome.has_value()) << outcome.error().message();
    expect_first_image();
}

TEST_F(PartPipeline, AServicesChecksumIsProofEnough) {
    add("a", 3 * kMiB);
    lay_out();
    ASSERT_TRUE(attempt().has_value());
    EXPECT_EQ(destination_.reads.times("read part-00001.zip@0"), 0U);
}

// Content-Type and user metadata come with the first read of a member, whatever happens then.
TEST_F(PartPipeline, WhatTheSourceKeepsBesideAnObjectStandsInTheManifest) {
    for (const char* path : {"a", "b", "c", "d"}) add(path, path[0] == 'c' ? 6 * kMiB : 300'000);
    add("e", 0);
    for (format::Member& member : members_) {
        member.meta.clear();
        if (member.path != "b") describe(member);
    }
    lay_out();
    const std::string late_read = fmt::format("read c@{}", 4 * kMiB - data_offset(2));
    source_.reads.hold([&](const std::string& call) { return call == late_read; });
    destination_.plan.failing = {2};
    destination_.plan.puts.hold([](const std::string& call) { return call == "put 2"; });
    auto done = start();
    EXPECT_TRUE(source_.reads.await(late_read));  // else a piece that failed soon leaves it unasked
    destination_.plan.puts.open();
    source_.reads.open();
    ASSERT_FALSE(done.get().has_value());
    const auto outcome = attempt();
    ASSERT_TRUE(outcome.has_value()) << outcome.error().message();
    const auto metas = manifest_metas();
    EXPECT_EQ(metas.at("a").at("content-type"), "text/a");
    EXPECT_EQ(metas.at("c").at("colour"), "c");
    EXPECT_EQ(metas.at("d").at("content-type"), "text/d");
    EXPECT_EQ(metas.at("e").at("content-type"), "text/e");
    EXPECT_TRUE(metas.at("b").empty());
}

// The run ended between image and manifest: nobody reads the members again, their metadata all the same.
TEST_F(PartPipeline, AnAdoptedPartHasItsMetadataToo) {
    add("a", 2 * kMiB);
    add("b", 100);
    for (format::Member& member : members_) describe(member);
    lay_out();
    ASSERT_TRUE(attempt().has_value());
    const auto first = store::read_object(destination_, "part-00001.jsonl.zst", kMiB);
    ASSERT_TRUE(store::remove_object(destination_, "part-00001.jsonl.zst"));
    ASSERT_TRUE(attempt().has_value());
    EXPECT_TRUE(first.value() == store::read_object(destination_, "part-00001.jsonl.zst", kMiB).value());
    EXPECT_EQ(manifest_metas().at("b").at("colour"), "b");
}

}  // namespace
}  // namespace haul::pack

#include <gtest/gtest.h>

#include "flow/unpack/units.h"
#include "flow/unpack/work_harness.h"
#include "format/manifest.h"

namespace haul::unpack {
namespace {

constexpr std::uint64_t kMiB = 1U << 20U;

class PlanTest : public harness::UnpackTest {
  protected:
    // A set of one part, with a manifest and no bytes.
    void add_set(const std::vector<std::uint64_t>& sizes) {
        format::MemberTable table;
        std::vector<format::Member> members;
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            format::Member member;
            member.path = member.zip_name = "f" + std::to_string(i);
            member.size = sizes[i];
            member.crc32 = 0;
            table.add(member);
            member.offset = table.layout().data_offset(i);
            members.push_back(std::move(member));
        }
        format::ManifestHeader header;
        header.part = format::part_name(1);
        header.layout_hash = table.layout().hash();
        header.image_size = table.layout().image_size();
        header.members = members.size();
        header.bytes = table.file_bytes();
        header.first = members.front().path;
        header.last = members.back().path;
        std::string bytes;
        format::ManifestWriter writer;
        ASSERT_TRUE(writer.begin(header, bytes));
        for (const format::Member& member : members) ASSERT_TRUE(writer.add(member, bytes));
        ASSERT_TRUE(writer.end(bytes));
        add_archive(format::part_name(1), "");
        ASSERT_TRUE(store::create_object(*archives_.store, format::manifest_name(1), bytes));
        format::PartRecord part;
        part.name = header.part;
        part.manifest = format::manifest_name(1);
        part.size = header.image_size;
        part.members = header.members;
        part.bytes = header.bytes;
        part.manifest_digest = "sha256:" + digest::sha256_hex(bytes);
        archives_.set.emplace();
        archives_.set->options.digest = "none";
        archives_.set->parts.push_back(part);
    }
    // The runs that the archive is cut into: "first-last" of each.
    std::string plan() {
        lease_.payload = plan_unit(archives_, 0).payload;
        engine::Context context = this->context();
        const auto outcome = handle_plan(work(), context);
        if (!outcome) return outcome.error().message();
        std::string text;
        for (const ledger::NewUnit& unit : outcome->units) {
            EXPECT_EQ(unit.kind, kRunUnit);
            const RunUnit run = parse_run(unit.payload).value();
            EXPECT_EQ(run.archive, 0);
            text += (text.empty() ? "" : " ") + std::to_string(run.first) + "-" + std::to_string(run.last);
        }
        return text;
    }
};

struct Row {
    std::vector<std::uint64_t> sizes;
    const char* runs;
};

class Cuts : public PlanTest, public testing::WithParamInterface<Row> {};

TEST_P(Cuts, RunsOfAbout256MiB) {
    add_set(GetParam().sizes);
    EXPECT_EQ(plan(), GetParam().runs);
}

INSTANTIATE_TEST_SUITE_P(
    All, Cuts,
    testing::Values(Row{{1}, "0-1"}, Row{{0, 0, 0}, "0-3"}, Row{{255 * kMiB, kMiB}, "0-2"},
                    Row{{255 * kMiB, kMiB - 1, 1, 5}, "0-3 3-4"}, Row{{256 * kMiB, 1}, "0-1 1-2"},
                    Row{{5'000 * kMiB, 5'000 * kMiB}, "0-1 1-2"},
                    Row{std::vector<std::uint64_t>(100'001, 0), "0-100000 100000-100001"}));

TEST_F(PlanTest, AForeignArchive) {
    add_archive("a.zip", harness::zip_of({{"a", "1"}, {"b", {}, zip::Kind::folder}}));
    EXPECT_EQ(plan(), "0-2");
}

TEST_F(PlanTest, IsForTheArchiveThatItWasMadeFor) {
    add_archive("a.zip", harness::zip_of({{"a", "1"}}));
    add_archive("b.zip", harness::zip_of({{"b", "1"}}));
    const std::string payload = plan_unit(archives_, 1).payload;
    EXPECT_TRUE(still_planned(archives_, payload).value());
    archives_.identities[1] = "another";
    EXPECT_FALSE(still_planned(archives_, payload).value());
    archives_.names.resize(1);
    archives_.identities.resize(1);
    EXPECT_FALSE(still_planned(archives_, payload).value());
    EXPECT_FALSE(still_planned(archives_, "{}")) << "damaged";
}

TEST_F(PlanTest, ARunSaysWhereItIs) {
    const ledger::NewUnit unit = run_unit({3, 17, 40});
    EXPECT_EQ(unit.key, "000003-00000017");
    const RunUnit run = parse_run(unit.payload).value();
    EXPECT_EQ(run.archive, 3);
    EXPECT_EQ(run.first, 17);
    EXPECT_EQ(run.last, 40);
    EXPECT_FALSE(parse_run(R"({"archive":3,"first":17})"));
}

}  // namespace
}  // namespace haul::unpack

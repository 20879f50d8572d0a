// A set at a service: found without looking through everything, read ahead, compared several at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "flow/set/read_ahead.h"
#include "flow/set/set_harness.h"
#include "flow/set/verify.h"
#include "store/wrap/forward.h"
#include "store/wrap/trace.h"
#include "zip/names.h"

namespace haul::set {
namespace {

using harness::PackedSet;

class AtService : public testing::Test {
  protected:
    AtService() {
        strict_.strict = true;
        set_.add_folder_line(".");
        set_.add_file("../up", "contents");
        set_.members.back().zip_name = "%haul/%2E%2E/up";
        set_.add_file("b", std::string(9000, 'b'));
        set_.publish();
        set_.store.place()->strict = true;
    }
    // Another store on the set's place, whose calls are counted.
    [[nodiscard]] std::unique_ptr<store::Store> counted() {
        return std::make_unique<store::wrap::TraceStore>(
            std::make_unique<store::memory::MemoryStore>(set_.store.place(), 10), counters_);
    }
    store::memory::MemoryOptions strict_;
    PackedSet set_;
    std::shared_ptr<store::wrap::Counters> counters_ = std::make_shared<store::wrap::Counters>();
};

TEST_F(AtService, IsFoundWithoutListingAll) {
    for (int i = 0; i < 500; ++i) set_.put("other/" + std::to_string(i), "x");
    const auto store = counted();
    EXPECT_TRUE(open_set(*store).has_value());
    EXPECT_LE(counters_->objects_listed, 10U);
    set_.remove("haul-00001.json");
    const auto record = open_set(*store);
    ASSERT_FALSE(record.has_value());
    EXPECT_THAT(record.error().message(), testing::HasSubstr("it is not complete"));
    set_.remove("part-00001.zip");
    EXPECT_THAT(open_set(*store).error().message(), testing::HasSubstr("no set is here"));
    EXPECT_LE(counters_->objects_listed, 50U);
}

// Its listings are as old as those of `before`.
class OldLists final : public store::wrap::ForwardingStore {
  public:
    OldLists(std::unique_ptr<store::Store> target, store::Store& before)
        : ForwardingStore(std::move(target)), before_(before) {}
    [[nodiscard]] Result<std::unique_ptr<store::Listing>> list(const store::ListRequest& request) override {
        return before_.list(request);
    }

  private:
    store::Store& before_;
};

TEST_F(AtService, ARecordThatAnOldListLacksIsFoundByItsName) {
    store::memory::MemoryStore before(strict_);
    ASSERT_TRUE(store::create_object(before, ".haul/claim-00001.json", "{}"));
    OldLists store(counted(), before);
    EXPECT_TRUE(open_set(store).has_value());
    // Of a set that has grown since.
    ASSERT_TRUE(store::create_object(before, "haul-00001.json", "old"));
    set_.record.generation = 2;
    set_.put("haul-00002.json", format::to_document(set_.record));
    const auto grown = open_set(store);
    ASSERT_TRUE(grown.has_value()) << grown.error().message();
    EXPECT_EQ(grown->generation, 2U);
}

TEST_F(AtService, IsComparedWithAServiceOfAnyNames) {
    store::memory::MemoryStore source(strict_);
    PackedSet set;
    for (const char* name : {"../up", "b"}) {
        ASSERT_TRUE(store::create_object(source, name, "contents"));
        set.add_file(name, name == std::string("b") ? "CONTENTS" : "contents");
        set.members.back().mtime_ns = 1;  // the service's own says when it was written there
        set.members.back().zip_name = zip::archive_name(name, false);
    }
    set.publish();
    set.record.source = "s3://bucket/in";
    set.put_records();
    VerifyOptions options;
    options.against = &source;
    report::Hub hub;
    const auto report = verify(set.store, options, hub, {});
    ASSERT_TRUE(report.has_value()) << report.error().message();
    std::string findings;
    for (const Finding& finding : report->findings)
        findings += finding.object + ", " + finding.path + ": " + finding.what + "\n";
    EXPECT_EQ(findings, "part-00001.zip, b: the source's contents have another CRC-32\n");
}

TEST_F(AtService, ReadsAheadInOrder) {
    std::string contents;
    for (unsigned i = 0; i < 1000; ++i) contents += std::to_string(i) + ",";
    set_.put("object", contents);
    std::string seen;
    const auto take = [&](std::span<const std::byte> bytes) -> Status {
        seen += store::text_of(bytes);
        return {};
    };
    for (const std::uint64_t stretch : {7U, 1000U, 10'000U}) {
        for (const std::size_t at_once : {1U, 3U}) {
            seen.clear();
            ASSERT_TRUE(
                read_ahead(set_.store, "object", {}, 3000, {stretch, at_once, 5}, take, {}).has_value());
            EXPECT_EQ(seen, contents.substr(5, 3000)) << stretch << " " << at_once;
        }
    }
}

TEST_F(AtService, IsReadOfOneVersion) {
    for (const std::size_t at_once : {1U, 2U}) {
        set_.put("object", std::string(100, 'x'));
        std::string seen;
        const auto take = [&](std::span<const std::byte> bytes) -> Status {
            if (seen.empty()) set_.put("object", std::string(100, 'y'));
            seen += store::text_of(bytes);
            return {};
        };
        const Status read = read_ahead(set_.store, "object", {}, 100, {10, at_once, 0}, take, {});
        ASSERT_FALSE(read.has_value());
        EXPECT_EQ(read.error().code, Code::changed);
        EXPECT_EQ(seen.find('y'), std::string::npos);
    }
}

}  // namespace
}  // namespace haul::set

// --clean: what a dead owner recorded is ended, all else is left, and nobody is fooled by the claim that it
// takes.
#include "flow/doctor/clean.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/process.h"
#include "flow/claim/claim_files.h"
#include "flow/pack/upload_records.h"
#include "format/manifest.h"
#include "store/end_upload.h"
#include "store/memory/memory_store.h"

namespace haul::doctor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CleanTest : public testing::Test {
  protected:
    // Somebody's claim, as it lies there when its owner is gone.
    void claimed(const process::Identity& owner) {
        format::ClaimRecord record;
        record.flow = "pack";
        record.source = "/data/in";
        record.name = "in";
        record.token = "theirs";
        record.owner = owner;
        ASSERT_TRUE(store::create_object(store_, claim::claim_path(1), format::to_document(record)));
    }
    static process::Identity dead() {
        process::Identity owner = process::self();
        owner.boot_id = "before";
        return owner;
    }
    static process::Identity of_another_machine() {
        process::Identity owner = process::self();
        owner.machine_id = "another";
        return owner;
    }
    std::string begun(std::uint32_t part) {
        store::UploadRequest request;
        request.name = format::part_name(part);
        request.size = 10;
        return store_.open_upload(request).value()->id();
    }
    void announced(std::uint32_t part) {
        ASSERT_TRUE(store::create_object(store_, pack::intent_name(part, 1), pack::intent_document(part, 1)));
    }
    void recorded(std::uint32_t part, const std::string& id) {
        announced(part);
        pack::UploadId upload;
        upload.plan.part = part;
        upload.id = id;
        ASSERT_TRUE(store::create_object(store_, pack::id_name(part, 1), pack::to_document(upload)));
    }
    std::vector<std::string> names() {
        std::vector<std::string> names;
        const std::vector<store::Object> objects = store::list_folder(store_, "").value();
        for (const store::Object& object : objects)
            if (object.kind == store::Kind::file) names.push_back(object.name);
        return names;
    }
    std::size_t pending(std::uint32_t part) {
        return store_.uploads_of(format::part_name(part)).value().size();
    }
    Result<Cleaning> clean_now(std::chrono::nanoseconds timeout = std::chrono::minutes(15)) {
        return clean(store_, timeout, hub_, {});
    }

    store::memory::MemoryStore store_;
    report::Hub hub_;
};

TEST_F(CleanTest, EndsWhatIsRecordedAndNothingElse) {
    claimed(dead());
    recorded(1, begun(1));
    static_cast<void>(begun(1));  // of somebody, under the same key: the record tells the id
    announced(2);
    static_cast<void>(begun(2));
    static_cast<void>(begun(3));
    const auto cleaned = clean_now();
    ASSERT_TRUE(cleaned) << cleaned.error().message();
    EXPECT_TRUE(cleaned->claimed);
    EXPECT_EQ(cleaned->recorded, 3U);
    EXPECT_EQ(cleaned->ended.size(), 2U);
    EXPECT_EQ(pending(1), 1U);
    EXPECT_EQ(pending(2), 0U);
    EXPECT_EQ(pending(3), 1U);
    EXPECT_THAT(names(), ElementsAre(claim::claim_path(1)));
}

TEST_F(CleanTest, RefusesWhileTheOwnerMayLive) {
    for (const process::Identity& owner : {process::self(), of_another_machine()}) {
        ASSERT_NO_FATAL_FAILURE(claimed(owner));
        const std::string id = begun(1);
        recorded(1, id);
        const auto before = names();
        const auto cleaned = clean_now();
        ASSERT_FALSE(cleaned);
        EXPECT_EQ(cleaned.error().code, Code::busy);
        EXPECT_EQ(pending(1), 1U);
        EXPECT_EQ(names(), before);
        for (const std::string& name : before) ASSERT_TRUE(store::remove_object(store_, name));
        ASSERT_TRUE(store::end_upload(store_, format::part_name(1), id));
    }
}

TEST_F(CleanTest, RecordsBeneathNoClaimAreNobodysToEnd) {
    recorded(1, begun(1));
    const auto cleaned = clean_now();
    ASSERT_FALSE(cleaned);
    EXPECT_EQ(cleaned.error().code, Code::corrupt);
    EXPECT_EQ(pending(1), 1U);
}

TEST_F(CleanTest, NothingRecordedNeedsNoClaim) {
    const auto none = clean_now();
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->claimed);
    EXPECT_THAT(names(), IsEmpty());
    claimed(process::self());
    const auto nothing = clean_now();
    ASSERT_TRUE(nothing) << nothing.error().message();
    EXPECT_TRUE(nothing->claimed);
    EXPECT_EQ(nothing->recorded, 0U);
}

}  // namespace
}  // namespace haul::doctor

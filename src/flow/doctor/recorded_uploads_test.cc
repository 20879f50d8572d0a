// Uploads that a check left open are ended, also those whose ids never came back.
#include "flow/doctor/recorded_uploads.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "store/memory/memory_store.h"
#include "store/wrap/fault.h"

namespace haul::doctor {
namespace {

struct Case {
    std::string name, fault;
    bool aborts;
};

class Recorded : public testing::TestWithParam<Case> {};

TEST_P(Recorded, NothingStaysOpen) {
    store::memory::MemoryStore bare;
    auto plan = store::wrap::FaultPlan::parse(GetParam().fault);
    ASSERT_TRUE(plan) << plan.error().message();
    auto uploads = std::make_shared<OpenUploads>();
    RecordingStore store(std::make_unique<store::wrap::FaultStore>(
                             std::make_unique<store::memory::MemoryStore>(bare.place(), 1000), *plan),
                         uploads);
    {
        store::UploadRequest request;
        request.name = "checks/f";
        request.size = 10;
        const auto upload = store.open_upload(request);
        if (upload && GetParam().aborts) static_cast<void>((*upload)->abort());
        request.name = "../f";
        EXPECT_FALSE(store.open_upload(request));
    }
    const bool was_open = !bare.uploads_of("checks/f")->empty();
    EXPECT_EQ(was_open, GetParam().fault.starts_with("abort") || !GetParam().aborts);
    EXPECT_TRUE(uploads->end_all(bare).empty());
    EXPECT_TRUE(bare.uploads_of("checks/f")->empty());
}

INSTANTIATE_TEST_SUITE_P(All, Recorded,
                         testing::Values(Case{"Abandoned", "any:99:lost", false},
                                         Case{"Aborted", "any:99:lost", true},
                                         Case{"AbortFailed", "abort:1:error=io", true},
                                         Case{"ReplyLost", "open_upload:1:lost", false}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace haul::doctor

// What all steps of one pack share. Lives in pack_flow.cc for the length of the job; thread-safe as its parts
// are.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "engine/budget.h"
#include "engine/shutdown.h"
#include "engine/space_budget.h"
#include "flow/claim/claim.h"
#include "flow/claim/own_folder.h"
#include "flow/job/job.h"
#include "flow/pack/pack.h"
#include "flow/pack/upload_records.h"
#include "report/event.h"
#include "store/store.h"

namespace haul::pack {

struct Work {
    const Request& request;
    store::Store& source;
    store::Store& destination;  // rooted at the set's folder
    claim::Claim& claim;
    job::Job& job;
    report::Hub& hub;
    engine::Shutdown& shutdown;
    engine::Budget slots;       // parts that may be at work side by side, one "byte" each
    engine::SpaceBudget space;  // of the destination
    // The set's generation that is there already, where this run adds to it; what it holds stays as it is.
    std::optional<format::SetRecord> earlier = std::nullopt;
    std::uint32_t earlier_parts = 0;  // highest part number in it
    UploadRecords uploads = {};       // of services; loaded once the claim is ours
    // Member lists (part, highest revision) that lay there when the claim became ours, for who adopts them
    // first: until then nothing was added.
    std::optional<std::map<std::uint32_t, std::uint32_t>> lists_left = std::nullopt;
    std::atomic<std::uint64_t> files_done = 0, bytes_done = 0;

    // Counts what is done and tells the display.
    void count(std::uint64_t files, std::uint64_t bytes) {
        const std::uint64_t all_files = files_done.fetch_add(files) + files;
        const std::uint64_t all_bytes = bytes_done.fetch_add(bytes) + bytes;
        report::Event event;
        event.type = report::Type::progress;
        event.files = all_files;
        event.bytes = all_bytes;
        hub.emit(std::move(event));
    }
};

// Names beneath the set's folder while a job is at work (docs/format.md, ".haul/").
using claim::kOwnFolder;
using claim::kScratchFolder;
inline constexpr const char* kListFolder = ".haul/parts";
[[nodiscard]] std::string list_name(std::uint32_t part, std::uint32_t revision);
[[nodiscard]] std::string scratch_name(std::uint32_t part, std::uint64_t claim);
// Where small files of ours lie before they are renamed into place; parts that are made side by side need
// names of their own.
[[nodiscard]] std::string small_scratch(const Work& work, const std::string& purpose, std::uint32_t part = 0);

}  // namespace haul::pack

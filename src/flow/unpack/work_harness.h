// For tests of unpacking: a ZIP in a memory store, a memory store to unpack it to, and all that a unit needs.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/random.h"
#include "engine/engine.h"
#include "flow/unpack/placing.h"
#include "flow/unpack/survey.h"
#include "flow/unpack/work.h"
#include "format/member_table.h"
#include "store/memory/memory_store.h"
#include "store/wrap/trace.h"

namespace haul::unpack::harness {

struct File {
    std::string path;
    std::string contents = {};  // of a symlink: its target
    zip::Kind kind = zip::Kind::file;
};

// A stored ZIP.
inline std::string zip_of(const std::vector<File>& files) {
    format::MemberTable table;
    std::vector<std::uint32_t> crcs;
    for (const File& file : files) {
        format::Member member;
        member.path = file.path;
        member.kind = file.kind;
        member.zip_name = file.path + (file.kind == zip::Kind::folder ? "/" : "");
        member.size = file.contents.size();
        member.mtime_ns = 1'600'000'000'000'000'000;
        if (file.kind == zip::Kind::symlink) member.target = file.contents;
        table.add(member);
        crcs.push_back(digest::crc32(0, std::as_bytes(std::span(file.contents))));
    }
    const zip::Layout& layout = table.layout();
    std::string image(layout.image_size(), '\0');
    const auto bytes = std::as_writable_bytes(std::span(image));
    for (std::size_t entry = 0; entry < files.size(); ++entry) {
        layout.write_header(entry, crcs[entry],
                            bytes.subspan(layout.header_offset(entry), layout.header_size(entry)));
        std::memcpy(image.data() + layout.data_offset(entry), files[entry].contents.data(),
                    files[entry].contents.size());
    }
    zip::Tail(layout, crcs).fill(bytes.subspan(layout.directory_offset()));
    return image;
}

class UnpackTest : public testing::Test {
  protected:
    explicit UnpackTest(const store::memory::MemoryOptions& destination = {},
                        const store::memory::MemoryOptions& source = {})
        : source_(source),
          destination_(std::make_unique<store::memory::MemoryStore>(destination), counters_) {}
    ~UnpackTest() override {
        if (!state_.empty()) std::filesystem::remove_all(state_);
    }

    void add_archive(const std::string& name, const std::string& bytes) {
        if (!archives_.store) archives_.store = std::make_unique<store::memory::MemoryStore>(source_);
        ASSERT_TRUE(store::create_object(*archives_.store, name, bytes));
        archives_.names.push_back(name);
        archives_.identities.push_back(digest::sha256_hex(bytes));
    }
    void put(const std::string& name, const std::string& bytes) {
        ASSERT_TRUE(store::create_object(destination_, name, bytes));
    }
    [[nodiscard]] std::string content(const std::string& name) {
        return store::read_object(destination_, name, 1U << 20U).value_or("(none)");
    }
    [[nodiscard]] Scope scope() { return {request_, archives_, indexes_, include_, shutdown_}; }

    // Made at first use: what the test sets before counts.
    [[nodiscard]] Work& work() {
        if (work_) return *work_;
        state_ = std::filesystem::temp_directory_path() / ("haul-unpack-" + random::token_hex(8));
        job::Request request;
        request.flow = "unpack";
        request.meaning = {{"source", "/from"}};
        job_ = job::Job::open(job::open_state(state_.string()).value(), request, hub_).value();
        claim::Request claim;
        claim.claim.flow = "unpack";
        claim.claim.token = job_->token();
        claim_ = claim::Claim::take(destination_, std::move(claim), hub_, {}).value();
        work_.emplace(request_, archives_, destination_, *claim_, *job_, hub_, shutdown_, indexes_, space_,
                      include_);
        return *work_;
    }

    // For a handler; `lease_` is what it works on.
    [[nodiscard]] engine::Context context() {
        return {.ledger = work().job.ledger(),
                .lease = lease_,
                .hub = hub_,
                .memory = memory_,
                .shutdown = shutdown_};
    }

    ledger::Lease lease_;
    Request request_;
    Archives archives_;
    std::shared_ptr<store::wrap::Counters> counters_ = std::make_shared<store::wrap::Counters>();
    store::memory::MemoryOptions source_;
    store::wrap::TraceStore destination_;
    std::optional<Glob> include_;

  private:
    std::filesystem::path state_;
    report::Hub hub_;
    engine::Shutdown shutdown_{false};
    engine::Memory memory_{1ULL << 30U};
    IndexCache indexes_;
    engine::SpaceBudget space_{"memory", [] { return std::nullopt; }};
    std::unique_ptr<job::Job> job_;
    std::unique_ptr<claim::Claim> claim_;
    std::optional<Work> work_;
};

}  // namespace haul::unpack::harness

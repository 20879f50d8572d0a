// For tests of parts: memory stores whose calls a test can hold, fail and watch, and all that a part's
// handler needs beside them.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "engine/engine.h"
#include "flow/pack/list_draft.h"
#include "flow/pack/part_unit.h"
#include "flow/pack/work.h"
#include "store/memory/memory_store.h"
#include "store/wrap/forward.h"

namespace haul::pack::harness {

// Where calls pass: those that `holds` names wait there until they are let go, or until they are stopped.
class Turnstile {
  public:
    using Choice = std::function<bool(const std::string& call)>;
    void hold(Choice choice) {
        const std::scoped_lock lock(mutex_);
        holds_ = std::move(choice);
    }
    void hold_all() {
        hold([](const std::string&) { return true; });
    }
    // All that wait, and all that come.
    void open() {
        const std::scoped_lock lock(mutex_);
        holds_ = nullptr;
        let_go_ = waiting_;
        changed_.notify_all();
    }
    // One that waits.
    void let_go(const std::string& call) {
        const std::scoped_lock lock(mutex_);
        let_go_.insert(call);
        changed_.notify_all();
    }
    // Whether so many calls came to wait side by side; false after a time that is long for any of them.
    [[nodiscard]] bool await(std::size_t count) {
        return came([count](const auto& waiting) { return waiting.size() >= count; });
    }
    [[nodiscard]] bool await(const std::string& call) {
        return came([&call](const auto& waiting) { return waiting.contains(call); });
    }
    [[nodiscard]] std::vector<std::string> log() const {
        const std::scoped_lock lock(mutex_);
        return log_;
    }
    [[nodiscard]] std::size_t times(const std::string& entry) const {
        const std::vector<std::string> all = log();
        return static_cast<std::size_t>(std::count(all.begin(), all.end(), entry));
    }
    [[nodiscard]] std::size_t most_at_once() const {
        const std::scoped_lock lock(mutex_);
        return most_;
    }

    // Of the stores. False: stopped.
    [[nodiscard]] bool begin(const std::string& call, const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        log_.push_back(call);
        most_ = std::max(most_, ++at_work_);
        if (!holds_ || !holds_(call)) return true;
        waiting_.insert(call);
        changed_.notify_all();
        const bool went = changed_.wait(lock, stop, [&] { return let_go_.contains(call); });
        waiting_.erase(waiting_.find(call));
        if (went) let_go_.erase(let_go_.find(call));
        return went;
    }
    void end(const std::string& call) {
        const std::scoped_lock lock(mutex_);
        --at_work_;
        log_.push_back(call + " ended");
    }

  private:
    template <class Condition>
    [[nodiscard]] bool came(const Condition& condition) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return condition(waiting_); });
    }
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    Choice holds_;
    std::multiset<std::string> waiting_, let_go_;
    std::vector<std::string> log_;
    std::size_t at_work_ = 0, most_ = 0;
};

// "put N" passes `puts`; those for which `fails` has an error fail with it.
struct PutPlan {
    Turnstile puts;
    std::mutex mutex;
    std::multiset<std::uint32_t> failing;  // each fails once
};

class WatchedUpload final : public store::wrap::ForwardingUpload {
  public:
    WatchedUpload(std::unique_ptr<store::Upload> target, PutPlan& plan)
        : ForwardingUpload(std::move(target)), plan_(plan) {}
    void put_many(std::span<store::Piece> pieces, const std::stop_token& stop) override {
        const std::string call = fmt::format("put {}", pieces.front().number);
        const bool went = plan_.puts.begin(call, stop);
        if (!went) {
            for (store::Piece& piece : pieces)
                piece.result = failure(Code::interrupted, "upload", "it", "stopped on request");
        } else if (fails(pieces.front().number)) {
            for (store::Piece& piece : pieces)
                piece.result = failure(Code::unavailable, "upload", call, "no answer");
        } else {
            target().put_many(pieces, stop);
        }
        plan_.puts.end(call);
    }

  private:
    bool fails(std::uint32_t number) {
        const std::scoped_lock lock(plan_.mutex);
        const auto found = plan_.failing.find(number);
        if (found == plan_.failing.end()) return false;
        plan_.failing.erase(found);
        return true;
    }
    PutPlan& plan_;
};

// A memory store; reads of files below `.haul/` and of manifests pass freely, all others as "read
// NAME@OFFSET" of the first in a batch.
class WatchedStore final : public store::wrap::ForwardingStore {
  public:
    explicit WatchedStore(std::unique_ptr<store::memory::MemoryStore> target)
        : ForwardingStore(std::move(target)) {}
    [[nodiscard]] store::Capabilities capabilities() const override {
        store::Capabilities can = ForwardingStore::capabilities();
        can.full_object_checksum = keeps_checksums;
        return can;
    }
    [[nodiscard]] Result<store::Stat> stat(const store::StatRequest& request) override {
        auto stat = target().stat(request);
        if (stat && !keeps_checksums) stat->object.crc32.reset();
        return stat;
    }
    void read_many(std::span<store::Read> some, const std::stop_token& stop) override {
        if (some.empty() || some.front().name.starts_with(".haul/")) return target().read_many(some, stop);
        const std::string call = fmt::format("read {}@{}", some.front().name, some.front().offset);
        if (reads.begin(call, stop)) {
            target().read_many(some, stop);
        } else {
            for (store::Read& read : some)
                read.result = failure(Code::interrupted, "read", "it", "stopped on request");
        }
        reads.end(call);
    }
    [[nodiscard]] Result<std::unique_ptr<store::Upload>> open_upload(
        const store::UploadRequest& request) override {
        auto upload = TRY(target().open_upload(request));
        return std::unique_ptr<store::Upload>(std::make_unique<WatchedUpload>(std::move(upload), plan));
    }
    Turnstile reads;
    PutPlan plan;
    bool keeps_checksums = true;
};

class PartTest : public testing::Test {
  protected:
    static constexpr std::uint64_t kMiB = 1ULL << 20U;
    PartTest() { request_.tile_size = kMiB; }
    ~PartTest() override {
        if (!state_.empty()) std::filesystem::remove_all(state_);
    }

    // Every byte tells the file, its place and its version apart.
    [[nodiscard]] static std::string noise(const std::string& path, std::uint64_t size, unsigned version) {
        std::string text(size, '\0');
        std::uint64_t state = std::hash<std::string>{}(path) + version * 0x9e3779b97f4a7c15ULL;
        for (char& byte : text) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            byte = static_cast<char>(state >> 56U);
        }
        return text;
    }
    void put(const std::string& path, const std::string& text) {
        ASSERT_TRUE(store::replace_object(source_, path, text));
    }
    void add(const std::string& path, std::uint64_t size) {
        put(path, noise(path, size, 1));
        const auto object = store::find_object(source_, path);
        format::Member member;
        member.path = member.zip_name = path;
        member.size = size;
        member.mtime_ns = 1'600'000'000'000'000'000;
        member.version = (*object)->version.tag;
        members_.push_back(member);
    }

    // Made at first use: what the test sets before counts.
    [[nodiscard]] Work& work() {
        if (work_) return *work_;
        state_ = std::filesystem::temp_directory_path() / ("haul-part-" + random::token_hex(8));
        job::Request request;
        request.flow = "pack";
        request.meaning = {{"source", "/from"}};
        job_ = job::Job::open(job::open_state(state_.string()).value(), request, hub_).value();
        claim::Request claim;
        claim.claim.flow = "pack";
        claim.claim.token = job_->token();
        claim_ = claim::Claim::take(destination_, std::move(claim), hub_, {}).value();
        work_ = std::unique_ptr<Work>(new Work{request_, source_, destination_, *claim_, *job_, hub_,
                                               shutdown_, engine::Budget("parts", 1),
                                               engine::SpaceBudget("memory", [] { return std::nullopt; })});
        return *work_;
    }

    // The part's list is at the destination, its unit in the ledger.
    void lay_out() {
        ListDraft draft(1, 1);
        for (const format::Member& member : members_) ASSERT_TRUE(draft.add(member));
        format::PartListEnd end;
        const auto unit = draft.write(work(), end);
        ASSERT_TRUE(unit.has_value());
        ledger::Outcome outcome;
        outcome.units.push_back(new_unit(*unit));
        ASSERT_TRUE(work().job.ledger().record(outcome));
    }

    // One attempt at the part, as the engine makes it; what it kept is there for the next.
    [[nodiscard]] Result<ledger::Outcome> attempt() {
        ledger::ClaimRequest claim;
        claim.owner = "test";
        auto leases = work().job.ledger().claim(claim);
        if (!leases || leases->size() != 1) return failure(Code::internal, "claim", "the part", "no lease");
        engine::Memory memory(request_.memory);
        engine::Context context{.ledger = work().job.ledger(),
                                .lease = leases->front(),
                                .hub = hub_,
                                .memory = memory,
                                .shutdown = shutdown_};
        auto done = handle_part(work(), context);
        EXPECT_TRUE(work().job.ledger().release(leases->front().ref));
        return done;
    }

    [[nodiscard]] std::string image() {
        return store::read_object(destination_, "part-00001.zip", 1ULL << 30U).value_or("(none)");
    }

    report::Hub hub_;
    engine::Shutdown shutdown_{false};
    Request request_;
    WatchedStore source_{std::make_unique<store::memory::MemoryStore>()};
    WatchedStore destination_{std::make_unique<store::memory::MemoryStore>()};
    std::vector<format::Member> members_;

  private:
    std::filesystem::path state_;
    std::unique_ptr<job::Job> job_;
    std::unique_ptr<claim::Claim> claim_;
    std::unique_ptr<Work> work_;
};

}  // namespace haul::pack::harness

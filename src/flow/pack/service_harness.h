// For tests of packing to a service: a memory store that dies like its process, and runs of `pack` one after
// another on the same place, with the state folder kept or lost between them.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/fault_point.h"
#include "base/random.h"
#include "flow/pack/pack.h"
#include "format/claim_record.h"
#include "store/memory/memory_store.h"
#include "store/wrap/forward.h"

namespace haul::pack::harness {

// How long a process lives, counted in what it changes at the destination. Thread-safe.
struct Life {
    std::function<void()> on_death = [] {};
    std::uint64_t dies_at = 0;    // the change that it does not live through; 0: it lives
    bool change_is_made = false;  // the last change is made all the same, its reply lost
    std::atomic<std::uint64_t> changes = 0;
    std::atomic<std::uint64_t> pieces = 0;       // sent
    std::atomic<std::uint64_t> image_reads = 0;  // bytes of parts read back
    std::atomic<bool> dead = false;
    std::atomic<bool> refuses_pieces = false;
    std::atomic<bool> finish_fails_once = false;  // made, and then told as `finish_reply`
    Code finish_reply = Code::unavailable;

    void die() {
        if (!dead.exchange(true)) on_death();
    }
    // Does one change, or dies of it.
    template <class Result, class Change>
    Result make(Change change) {
        if (dead) return gone();
        if (++changes != dies_at) return change();
        if (change_is_made) static_cast<void>(change());
        die();
        return gone();
    }
    [[nodiscard]] static std::unexpected<Error> gone() {
        return failure(Code::interrupted, "use the service", "memory", "the process is dead");
    }
};

class MortalUpload final : public store::wrap::ForwardingUpload {
  public:
    MortalUpload(std::unique_ptr<store::Upload> target, std::shared_ptr<Life> life)
        : ForwardingUpload(std::move(target)), life_(std::move(life)) {}
    void put_many(std::span<store::Piece> pieces, const std::stop_token& stop) override {
        for (store::Piece& piece : pieces) {
            piece.result = life_->make<Status>([&]() -> Status {
                if (life_->refuses_pieces) return failure(Code::io, "put", "piece", "refused");
                ++life_->pieces;
                target().put_many(std::span(&piece, 1), stop);
                return std::move(piece.result);
            });
        }
    }
    Result<std::vector<store::Received>> received() override {
        if (life_->dead) return Life::gone();
        return target().received();
    }
    Status flush() override { return life_->dead ? Status(Life::gone()) : target().flush(); }
    Result<store::Object> finish(const Finish& finish) override {
        return life_->make<Result<store::Object>>([&]() -> Result<store::Object> {
            auto made = target().finish(finish);
            if (!life_->finish_fails_once.exchange(false)) return made;
            return failure(life_->finish_reply, "finish", "upload", "the reply was lost");
        });
    }
    Status abort() override {
        return life_->make<Status>([&] { return target().abort(); });
    }

  private:
    std::shared_ptr<Life> life_;
};

class MortalStore final : public store::wrap::ForwardingStore {
  public:
    MortalStore(std::shared_ptr<store::memory::Place> place, std::shared_ptr<Life> life)
        : ForwardingStore(std::make_unique<store::memory::MemoryStore>(std::move(place), 5)),
          life_(std::move(life)) {}
    Result<std::unique_ptr<store::Listing>> list(const store::ListRequest& request) override {
        if (life_->dead) return Life::gone();
        return target().list(request);
    }
    Result<store::Stat> stat(const store::StatRequest& request) override {
        if (life_->dead) return Life::gone();
        return target().stat(request);
    }
    void read_many(std::span<store::Read> reads, const std::stop_token& stop) override {
        for (const store::Read& read : reads) {
            if (read.name.ends_with(".zip")) life_->image_reads += read.into.size();
        }
        if (!life_->dead) return target().read_many(reads, stop);
        for (store::Read& read : reads) read.result = Life::gone();
    }
    void write_many(std::span<store::Write> writes, const store::WriteOptions& options,
                    const std::stop_token& stop) override {
        for (store::Write& write : writes) {
            write.result = life_->make<Status>([&] {
                target().write_many(std::span(&write, 1), options, stop);
                return std::move(write.result);
            });
        }
    }
    Result<std::unique_ptr<store::Upload>> open_upload(const store::UploadRequest& request) override {
        const auto open = [&] { return target().open_upload(request); };
        if (request.id && life_->dead) return Life::gone();
        auto upload = request.id ? open() : life_->make<Result<std::unique_ptr<store::Upload>>>(open);
        if (!upload) return upload;
        return std::unique_ptr<store::Upload>(std::make_unique<MortalUpload>(std::move(*upload), life_));
    }
    Result<std::vector<store::PendingUpload>> uploads_of(const std::string& name) override {
        if (life_->dead) return Life::gone();
        return target().uploads_of(name);
    }
    void remove_many(std::span<store::Remove> removes, const std::stop_token& stop) override {
        for (store::Remove& remove : removes) {
            remove.result = life_->make<Status>([&] {
                target().remove_many(std::span(&remove, 1), stop);
                return std::move(remove.result);
            });
        }
    }

  private:
    std::shared_ptr<Life> life_;
};

// A source that counts the bytes read from it.
class CountedSource final : public store::wrap::ForwardingStore {
  public:
    explicit CountedSource(std::shared_ptr<store::memory::Place> place)
        : ForwardingStore(std::make_unique<store::memory::MemoryStore>(std::move(place), 100)) {}
    std::atomic<std::uint64_t> bytes = 0;
    void read_many(std::span<store::Read> reads, const std::stop_token& stop) override {
        for (const store::Read& read : reads) bytes += read.into.size();
        target().read_many(reads, stop);
    }
};

// What one run did.
struct OneRun {
    Result<Totals> result;
    std::uint64_t changes = 0, pieces = 0, bytes_read = 0, image_reads = 0;
    [[nodiscard]] Status status() const { return result ? Status() : failure(result.error()); }
};

// A service, a source of a dozen files and what `pack` needs to bring the one to the other.
class Scene {
  public:
    explicit Scene(store::memory::Habits habits = {}) {
        // A checkpoint after every tile, and no waiting.
        ::setenv("HAUL_CHECKPOINT_MS", "0", 1);
        ::setenv("HAUL_UNIT_RETRY_MS", "1", 1);
        store::memory::MemoryStore service({.address = "memory://service/set", .habits = habits});
        store::memory::MemoryStore source(
            {.address = "memory://source/in", .habits = {.clock_ns = 1'600'000'000'000'000'000}});
        place = service.place();
        source_place = source.place();
        for (std::size_t i = 0; i < 12; ++i) {
            std::string bytes(300 + 1700 * i % 9000, '\0');
            for (std::size_t at = 0; at < bytes.size(); ++at) bytes[at] = static_cast<char>(at * 7 + i * 31);
            EXPECT_TRUE(store::create_object(source, "folder/file-" + std::to_string(i), bytes));
        }
        request.source = store::parse_address("/source/in").value();
        request.destination = store::parse_address("/service").value();
        request.name = "set";
        request.options.part_size = 20'000;
        request.jobs = 1;
        request.tile_size = 4096;
        // In memory where that can be: what a power cut leaves is not asked here, and syncs are slow.
        const std::filesystem::path memory = "/dev/shm";
        state_ = (std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path()) /
                 ("haul-service-" + random::token_hex(8));
    }
    ~Scene() {
        at_points({});
        std::filesystem::remove_all(state_);
    }
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    // Runs to the end or to its death.
    OneRun run(const std::shared_ptr<Life>& life = std::make_shared<Life>(),
               const std::string& state = "state") {
        return with_job(life, state,
                        [&](job::Job& job, store::Store& destination, engine::Shutdown& shutdown) {
                            report::Hub hub;
                            CountedSource source(source_place);
                            OneRun run{pack::pack(request, source, destination, job, hub, shutdown)};
                            run.bytes_read = source.bytes;
                            return run;
                        });
    }
    Status cancel() {
        return with_job(std::make_shared<Life>(), "state",
                        [&](job::Job& job, store::Store& destination, engine::Shutdown& shutdown) {
                            report::Hub hub;
                            const Status done = pack::cancel(request, destination, job, hub, shutdown);
                            return OneRun{done ? Result<Totals>(Totals{}) : failure(done.error())};
                        })
            .status();
    }
    // Dies at the named point, the nth time that it is reached.
    OneRun run_until(const std::string& point, int nth = 1) {
        auto left = std::make_shared<std::atomic<int>>(nth);
        return run_until(point, [=] { return --*left == 0; });
    }
    // Dies once so many pieces of an object have arrived, before it is finished. Two parts are claimed side
    // by side, and either may be done first: pieces of the other do not count.
    OneRun run_until_arrived(const std::string& object, std::size_t pieces) {
        return run_until("pack.part.after_send", [=, this] {
            const std::lock_guard lock(place->mutex);
            return std::ranges::any_of(place->uploads, [&](const auto& one) {
                return one.second.request.name == object && one.second.pieces.size() >= pieces;
            });
        });
    }
    // Dies with part 1 finished, and its manifest not written.
    OneRun run_until_first_is_published() {
        return run_until("pack.part.after_publish", [this] {
            return names("part-00001") == std::vector<std::string>{"part-00001.zip"};
        });
    }
    // Dies at the named point, when it is reached and `due`.
    OneRun run_until(const std::string& point, const std::function<bool()>& due) {
        auto life = std::make_shared<Life>();
        at_points([=](std::string_view name) {
            if (name == point && due()) life->die();
        });
        OneRun run = this->run(life);
        at_points({});
        EXPECT_TRUE(life->dead) << point << " was never reached";
        return run;
    }

    // Another machine goes on: no state, and the owners of all claims are gone.
    void lose_state() {
        std::filesystem::remove_all(state_);
        bury_owners();
    }
    void bury_owners() {
        store::memory::MemoryStore service(place, 100);
        for (const auto& [name, bytes] : objects()) {
            if (!name.starts_with(".haul/claim-")) continue;
            format::ClaimRecord record = format::parse_claim(bytes, name).value();
            record.owner.boot_id = "00000000-0000-0000-0000-000000000000";
            EXPECT_TRUE(store::replace_object(service, name, format::to_document(record)));
        }
    }

    [[nodiscard]] std::map<std::string, std::string> objects() const {
        const std::lock_guard lock(place->mutex);
        std::map<std::string, std::string> all;
        for (const auto& [name, entry] : place->entries) all[name] = entry.bytes;
        return all;
    }
    [[nodiscard]] std::vector<std::string> names(const std::string& prefix = "") const {
        std::vector<std::string> found;
        for (const auto& [name, bytes] : objects()) {
            if (name.starts_with(prefix)) found.push_back(name);
        }
        return found;
    }
    // Pieces of all parts that have a manifest: nobody sends them again.
    [[nodiscard]] std::uint64_t done_pieces() const {
        std::uint64_t pieces = 0;
        const auto all = objects();
        for (const auto& [name, bytes] : all) {
            if (name.ends_with(".zip") && all.contains(name.substr(0, name.size() - 4) + ".jsonl.zst"))
                pieces += (bytes.size() + request.tile_size - 1) / request.tile_size;
        }
        return pieces;
    }
    [[nodiscard]] std::size_t uploads() const { return upload_ids().size(); }
    // Of one object, or of all.
    [[nodiscard]] std::set<std::string> upload_ids(const std::string& name = "") const {
        const std::lock_guard lock(place->mutex);
        std::set<std::string> ids;
        for (const auto& [id, upload] : place->uploads) {
            if (name.empty() || upload.request.name == name) ids.insert(id);
        }
        return ids;
    }
    static void at_points(std::function<void(std::string_view)> callback) {
#ifdef HAUL_FAULT_POINTS
        fault::on_reached(std::move(callback));
#else
        static_cast<void>(callback);
#endif
    }

    Request request;
    std::shared_ptr<store::memory::Place> place, source_place;

  private:
    template <class Work>
    OneRun with_job(const std::shared_ptr<Life>& life, const std::string& state, Work work) {
        report::Hub hub;
        engine::Shutdown shutdown(false);
        life->on_death = [&shutdown] { shutdown.request_stop(); };
        std::filesystem::create_directories(state_);
        job::Request asked;
        asked.flow = "pack";
        asked.meaning = meaning_of(request);
        auto job = job::Job::open(job::open_state((state_ / state).string()).value(), asked, hub).value();
        MortalStore destination(place, life);
        OneRun run = work(*job, destination, shutdown);
        run.changes = life->changes;
        run.pieces = life->pieces;
        run.image_reads = life->image_reads;
        life->on_death = [] {};
        return run;
    }
    std::filesystem::path state_;
};

}  // namespace haul::pack::harness

// The parent's side of one file: what the child says is checked, samples are handed on, limits are kept.
//
// Lives over all children that try the file: a second one begins at the first sample again, and what `take`
// has had already is left out. Belongs to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "speech/decode/child_process.h"
#include "speech/decode/decoder.h"
#include "speech/decode/wire.h"

namespace haul::speech {

class Exchange {
  public:
    using Take = std::function<Status(std::span<const float>)>;
    // All must outlive it.
    Exchange(const std::string& path, const DecodeOptions& options, const Take& take,
             const std::stop_token& stop)
        : path_(path), options_(options), take_(take), stop_(stop) {}

    enum class Came : std::uint8_t {
        to_an_end,    // the child said how, and waits for the next file
        to_a_limit,   // the child is still at it, and must be ended
        closed,       // it died
        to_nonsense,  // it said what no child of ours says
    };
    // An error: of `take`, a stop, or of the system. As after all but to_an_end, the child must be ended.
    [[nodiscard]] Result<Came> with(const ChildProcess& child, const file::Fd& file, std::uint64_t bytes);

    [[nodiscard]] bool was_out_of_memory() const {
        return ended_ && ended_->ending == wire::Ending::no_memory;
    }
    // After to_an_end and to_a_limit.
    [[nodiscard]] Result<Decoded> result() const;
    // After the child ended so that it will not be tried again. `how`: "was ended by …".
    [[nodiscard]] Result<Decoded> result_without_end(const std::string& how) const;
    // It was ended by SIGXCPU.
    [[nodiscard]] Result<Decoded> result_out_of_processor_time() const;

  private:
    Status allow_processor_time(const ChildProcess& child);
    // False: patience is at its end.
    Result<bool> wait(int socket);
    // True: more is to come. Else came_ says what it came to.
    Result<bool> handle(const wire::Packet& packet);
    bool believe(const wire::Began& began);
    bool believe(const wire::Ended& ended);
    Result<bool> hand_on(std::span<const float> samples);
    void progress() { waited_ = std::chrono::nanoseconds(0); }

    [[nodiscard]] Error error(Code code, std::string detail) const;
    // exchange_result.cc
    [[nodiscard]] double seconds() const;
    [[nodiscard]] Result<Decoded> cut(Error why) const;
    [[nodiscard]] Error truncated() const;
    [[nodiscard]] Error damaged() const;
    [[nodiscard]] Error nothing() const;

    const std::string& path_;
    const DecodeOptions& options_;
    const Take& take_;
    const std::stop_token& stop_;

    Decoded decoded_;
    std::optional<wire::Ended> ended_;
    Came came_ = Came::closed;

    // Of the child that is at it now:
    std::unique_ptr<wire::Packet> packet_ = std::make_unique<wire::Packet>();
    bool began_ = false;
    std::uint64_t received_ = 0;  // samples
    std::uint64_t since_progress_ = 0;
    std::uint64_t furthest_ = 0;  // bytes
    std::uint64_t bytes_ = 0;
    std::chrono::nanoseconds waited_{};
    std::chrono::seconds used_before_{}, allowed_{};
};

}  // namespace haul::speech

// What is heard in files: haul-speech, in children that stay, each asked for one file at a time.
//
// Whatever a file does to its child is that file's: a child that ends or does not answer is replaced, and
// whoever asked gets an error. Files are heard in the order in which they were asked for. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/test_setting.h"

namespace haul::collect {

struct EarSetup {
    std::string program{};  // haul-speech
    std::string models{};   // their folder; empty: the usual one
    unsigned count = 1;     // children, side by side
    // For one file.
    std::chrono::nanoseconds limit = shortened("HAUL_HEAR_LIMIT_MS", std::chrono::hours(1));

    // haul-speech with these words, and with these models.
    [[nodiscard]] std::vector<std::string> command(std::initializer_list<std::string> words) const;
};

class Ears {
  public:
    // Starts the first child, so that what is missing is said before anything is fetched. Code::unsupported,
    // with the remedy: there is no such program.
    [[nodiscard]] static Result<std::unique_ptr<Ears>> create(EarSetup setup);
    ~Ears();
    Ears(const Ears&) = delete;
    Ears& operator=(const Ears&) = delete;

    // A line of `haul listen --json` (docs/schemas/heard.json) without "path" and "verdict". What is wrong
    // with the file stands in its "error". Code::io, with Error::child_died: the child ended, or said nothing
    // in time, and is replaced; or its decoder took too long and was ended, which is no verdict.
    [[nodiscard]] Result<json::Value> hear(const std::string& path, const std::stop_token& stop);
    // Children, and decoders of theirs, that were lost to a file.
    [[nodiscard]] std::uint64_t deaths() const;

  private:
    struct State;
    explicit Ears(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace haul::collect

// Source and destination of a request, and what may not lie inside what.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/arguments.h"
#include "store/address.h"

namespace haul::cli {

struct Places {
    store::Address source, destination;
};

// Code::usage where one contains the other, or where the destination lies in the state folder (`state` empty:
// not looked at).
[[nodiscard]] Result<Places> parse_places(const std::string& source, const std::string& destination,
                                          const std::string& state);

// Code::usage where the state folder lies in what is being written (`state` empty: not looked at).
[[nodiscard]] Status check_holds_no_state(const store::Address& destination, const std::string& state);

// The set's name: as given, or the source's last element. Code::usage where there is none or it is not one
// plain element.
[[nodiscard]] Result<std::string> set_name(const std::optional<std::string>& given,
                                           const store::Address& source);

void declare_state(Arguments& arguments, std::optional<std::string>& state);

// Where the state folder is, `given` or the usual one, resolved; not made. Empty where there is no usual one.
[[nodiscard]] Result<std::string> state_place(const std::optional<std::string>& given);

// A state folder that goes when it is done with, for work that must leave nothing behind (--dry-run).
class PassingState {
  public:
    [[nodiscard]] static Result<PassingState> make();
    ~PassingState();
    PassingState(PassingState&& other) noexcept : folder_(std::move(other.folder_)) { other.folder_.clear(); }
    PassingState& operator=(PassingState&&) = delete;
    PassingState(const PassingState&) = delete;
    PassingState& operator=(const PassingState&) = delete;
    [[nodiscard]] const std::string& folder() const { return folder_; }

  private:
    explicit PassingState(std::string folder) : folder_(std::move(folder)) {}
    std::string folder_;
};

}  // namespace haul::cli

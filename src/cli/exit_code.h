// The only mapping of errors to exit codes. A contract with scripts: docs/cli.md holds the same table, and a
// test compares.
#pragma once

#include <array>
#include <string_view>

#include "base/error.h"

namespace haul::cli {

inline constexpr int kProven = 0;      // all done, all proven
inline constexpr int kOther = 1;       // anything else
inline constexpr int kUsage = 2;       // the request makes no sense as given
inline constexpr int kIncomplete = 3;  // finished, but items failed or units were set aside; they are listed
inline constexpr int kNotFound = 4;    // source, set, job or member does not exist
inline constexpr int kWrongData =
    5;  // data contradicts its checksum, format or record, or foreign objects are in the way
inline constexpr int kRefused = 6;        // store or credentials refused, or out for too long
inline constexpr int kNoSpace = 7;        // disk full or quota
inline constexpr int kBusy = 8;           // at work elsewhere
inline constexpr int kInterrupted = 130;  // stopped on request; resumable

struct ExitCode {
    int code;
    std::string_view meaning;
};
inline constexpr std::array kExitCodes = {
    ExitCode{kProven, "all done and proven"},
    ExitCode{kOther, "anything else"},
    ExitCode{kUsage, "wrong usage"},
    ExitCode{kIncomplete, "finished, but some items failed or units were set aside; they are listed"},
    ExitCode{kNotFound, "not found"},
    ExitCode{kWrongData, "data is wrong, or foreign objects are in the way"},
    ExitCode{kRefused, "store or credentials refused, or out for too long"},
    ExitCode{kNoSpace, "no room"},
    ExitCode{kBusy, "at work elsewhere"},
    ExitCode{kInterrupted, "interrupted; the same command continues"},
};

[[nodiscard]] constexpr int exit_code_of(Code code) {
    switch (code) {
        case Code::usage:
            return kUsage;
        case Code::not_found:
            return kNotFound;
        case Code::exists:
        case Code::corrupt:
            return kWrongData;
        case Code::denied:
        case Code::unavailable:
        case Code::timed_out:
            return kRefused;
        case Code::no_space:
            return kNoSpace;
        case Code::busy:
        case Code::fenced:
            return kBusy;
        case Code::interrupted:
            return kInterrupted;
        case Code::internal:
        case Code::changed:
        case Code::unsupported:
        case Code::io:
            return kOther;
    }
    return kOther;
}

}  // namespace haul::cli

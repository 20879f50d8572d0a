// One error type for the whole program.
//
// An Error says what was tried (operation), on what (subject), why it did not work (code, detail, cause),
// what became of the work (kept, cleaned, at_risk) and what the user can do (remedy). Each layer adds context
// once, by wrapping. Whoever settles what failed adds what it was in before (state) and what happens now
// (next); report/account.h tells all of it. Values only: no exception crosses a room. Immutable after it is
// built; safe to share between threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace haul {

// The closed list of what can go wrong. cli/exit_code.h is the only mapping to exit codes.
enum class Code : std::uint8_t {
    internal,     // a promise of ours was broken: a defect
    usage,        // the request makes no sense as given
    not_found,    // the subject does not exist
    exists,       // create-only met something that is there
    changed,      // the subject is no longer the version that was asked for
    corrupt,      // data contradicts its own checksum, format or record
    unsupported,  // valid, but this store or this program cannot do it
    denied,       // permission or credentials refused
    unavailable,  // the store does not answer now (network, 5xx, throttled)
    timed_out,    // a deadline passed
    no_space,     // disk full or quota
    busy,         // another live owner holds it
    fenced,       // we were the owner and are no longer (old epoch, higher claim)
    interrupted,  // stopped on request; resumable
    io,           // the operating system failed in another way
};

// When trying again can help.
enum class Retry : std::uint8_t {
    never,
    later,              // transient
    after_credentials,  // once credentials were renewed
};

struct [[nodiscard]] Error {
    Code code = Code::internal;
    Retry retry = Retry::never;
    std::string operation;                                 // "open", "read", "list", "publish part 3"
    std::string subject;                                   // path, address, unit
    std::string detail;                                    // why, in words
    std::string remedy;                                    // what the user can do; may be empty
    std::string kept;                                      // what of the work remains; may be empty
    std::string cleaned;                                   // what was removed; may be empty
    std::string state;                                     // of the subject before: "leased"; may be empty
    std::string next;                                      // what happens now by itself; may be empty
    std::string at_risk;                                   // of the data, what may be lost; empty: nothing
    bool child_died = false;                               // the work's own child process ended, or hung
    int os_error = 0;                                      // errno where one was the reason
    std::optional<std::chrono::milliseconds> retry_after;  // asked for by the service
    std::shared_ptr<const Error> cause;

    // Wraps *this as the cause of a wider operation, which inherits all but operation, subject and detail.
    [[nodiscard]] Error within(std::string wider_operation, std::string wider_subject) &&;
    [[nodiscard]] Error with_remedy(std::string text) &&;
    // What was kept of the work until now was removed.
    [[nodiscard]] Error with_cleaned(std::string what) &&;

    // "operation subject: detail" and the chain of causes, on one line. Control bytes are escaped.
    [[nodiscard]] std::string message() const;
    // The innermost error of the chain.
    [[nodiscard]] const Error& root() const;
};

[[nodiscard]] Error make_error(Code code, std::string operation, std::string subject, std::string detail);

// From errno: picks code and retry class (ENOENT not_found, EEXIST exists, EACCES/EPERM/EROFS denied,
// ENOSPC/EDQUOT no_space, EINTR/EAGAIN/EIO ... io). Detail is strerror's text.
[[nodiscard]] Error os_error(int errno_value, std::string operation, std::string subject);

// Stable lower-case name, as it stands in logs and --json: "not_found".
[[nodiscard]] std::string_view name_of(Code code);
[[nodiscard]] std::string_view name_of(Retry retry);
[[nodiscard]] std::optional<Code> code_named(std::string_view name);

}  // namespace haul

#include "base/error.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace haul {
namespace {

struct CodeName {
    Code code;
    std::string_view name;
};
constexpr std::array kCodes = {
    CodeName{Code::internal, "internal"},
    CodeName{Code::usage, "usage"},
    CodeName{Code::not_found, "not_found"},
    CodeName{Code::exists, "exists"},
    CodeName{Code::changed, "changed"},
    CodeName{Code::corrupt, "corrupt"},
    CodeName{Code::unsupported, "unsupported"},
    CodeName{Code::denied, "denied"},
    CodeName{Code::unavailable, "unavailable"},
    CodeName{Code::timed_out, "timed_out"},
    CodeName{Code::no_space, "no_space"},
    CodeName{Code::busy, "busy"},
    CodeName{Code::fenced, "fenced"},
    CodeName{Code::interrupted, "interrupted"},
    CodeName{Code::io, "io"},
};

Code code_of(int errno_value) {
    switch (errno_value) {
        case ENOENT:
        case ENOTDIR:
            return Code::not_found;
        case EEXIST:
        case ENOTEMPTY:
            return Code::exists;
        case EACCES:
        case EPERM:
        case EROFS:
            return Code::denied;
        case ENOSPC:
        case EDQUOT:
            return Code::no_space;
        case ETIMEDOUT:
            return Code::timed_out;
        case EOPNOTSUPP:
        case ENOSYS:
            return Code::unsupported;
        default:
            return Code::io;
    }
}

}  // namespace

Error Error::within(std::string wider_operation, std::string wider_subject) && {
    Error wider;
    wider.code = code;
    wider.retry = retry;
    wider.operation = std::move(wider_operation);
    wider.subject = std::move(wider_subject);
    wider.remedy = remedy;
    wider.kept = kept;
    wider.cleaned = cleaned;
    wider.state = state;
    wider.next = next;
    wider.at_risk = at_risk;
    wider.child_died = child_died;
    wider.os_error = os_error;
    wider.retry_after = retry_after;
    wider.cause = std::make_shared<const Error>(std::move(*this));
    return wider;
}

Error Error::with_remedy(std::string text) && {
    remedy = std::move(text);
    return std::move(*this);
}

Error Error::with_cleaned(std::string what) && {
    kept.clear();
    cleaned = std::move(what);
    return std::move(*this);
}

std::string Error::message() const {
    std::string text = operation;
    if (!subject.empty()) text += (text.empty() ? "" : " ") + text::printable(subject);
    if (!detail.empty()) text += (text.empty() ? "" : ": ") + text::printable(detail);
    if (cause) text += (text.empty() ? "" : ": ") + cause->message();
    if (text.empty()) text = name_of(code);
    return text;
}

const Error& Error::root() const {
    const Error* at = this;
    while (at->cause) at = at->cause.get();
    return *at;
}

Error make_error(Code code, std::string operation, std::string subject, std::string detail) {
    Error error;
    error.code = code;
    const bool transient = code == Code::unavailable || code == Code::timed_out;
    error.retry = transient ? Retry::later : Retry::never;
    error.operation = std::move(operation);
    error.subject = std::move(subject);
    error.detail = std::move(detail);
    return error;
}

Error os_error(int errno_value, std::string operation, std::string subject) {
    std::array<char, 128> buffer{};
    Error error = make_error(code_of(errno_value), std::move(operation), std::move(subject),
                             ::strerror_r(errno_value, buffer.data(), buffer.size()));
    error.os_error = errno_value;
    return error;
}

std::string_view name_of(Code code) {
    for (const CodeName& row : kCodes) {
        if (row.code == code) return row.name;
    }
    return "internal";
}

std::string_view name_of(Retry retry) {
    switch (retry) {
        case Retry::never:
            return "never";
        case Retry::later:
            return "later";
        case Retry::after_credentials:
            return "after_credentials";
    }
    return "never";
}

std::optional<Code> code_named(std::string_view name) {
    for (const CodeName& row : kCodes) {
        if (row.name == name) return row.code;
    }
    return std::nullopt;
}

}  // namespace haul

#include "flow/collect/trouble.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace haul::collect {
namespace {

// A server that fails one request in five fails one unit in a thousand so often.
constexpr unsigned kMostPutOffs = 4;
// Where more of a source fail at once, and nothing works, its host is away.
constexpr std::ptrdiff_t kFew = 3;

// The operation by which is_of_source knows its errors.
constexpr const char* kAskSource = "ask the source";

}  // namespace

bool is_of_source(const Error& error) { return error.operation == kAskSource; }

void Trouble::worked(const std::string& unit, const std::string& source) {
    const std::scoped_lock hold(lock_);
    OfSource& of = sources_[source];
    of.worked_at = clock::boot();
    of.failing.erase(unit);
}

Error Trouble::of(const std::string& unit, const std::string& source, Error error) {
    const bool is_away = error.code == Code::unavailable || error.code == Code::timed_out;
    // What asked to be left alone for a time is a throttle, and no failure.
    if (is_away && !error.retry_after && is_broken(unit, source)) {
        error = std::move(error).within("fetch", unit);
        error.code = Code::io;
    } else if (is_away) {
        error = std::move(error).within(kAskSource, source);
    }
    const bool is_its_own = error.code == Code::io || error.code == Code::corrupt;
    if (is_its_own && error.remedy.empty() && error.root().os_error == 0)
        error.remedy = "look at its address; the same command tries it again";
    return error;
}

bool Trouble::is_broken(const std::string& unit, const std::string& source) {
    const std::scoped_lock hold(lock_);
    const auto now = clock::boot();
    OfSource& of = sources_[source];
    Failing& failing = of.failing[unit];
    if (failing.times++ == 0) failing.since = now;
    if (failing.broken || now - failing.since > longest_) return true;
    if (failing.times <= kMostPutOffs) return false;
    const auto away = std::ranges::count_if(of.failing, [](const auto& one) { return !one.second.broken; });
    failing.broken = of.worked_at > failing.since || away <= kFew;
    return failing.broken;
}

}  // namespace haul::collect

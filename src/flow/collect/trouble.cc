#include "flow/collect/trouble.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "http/address.h"
#include "ledger/ledger.h"

namespace haul::collect {
namespace {

// A server that fails one request in five fails one unit in a thousand so often.
constexpr unsigned kMostPutOffs = 4;
// Where more of a source fail at once, and nothing works, its host is away.
constexpr std::size_t kFew = 3;

// The operation by which is_of_source knows its errors.
constexpr const char* kAskSource = "ask the source";

}  // namespace

bool is_of_source(const Error& error) { return error.operation == kAskSource; }

std::string shown_source(const std::string& source) {
    return http::origin_of(source).empty() ? source : http::shown_url(source);
}

void Trouble::worked(const std::string& unit, const std::string& source) {
    const std::scoped_lock hold(lock_);
    OfSource& of = sources_[source];
    of.worked_at = clock::boot();
    forget(of, unit);
}

void Trouble::settled(const std::string& unit, const std::string& source) {
    const std::scoped_lock hold(lock_);
    const auto of = sources_.find(source);
    if (of != sources_.end()) forget(of->second, unit);
}

std::size_t Trouble::kept() const {
    const std::scoped_lock hold(lock_);
    return kept_;
}

void Trouble::forget(OfSource& of, Units::iterator failing) {
    if (!failing->second.broken) --of.away;
    of.failing.erase(failing);
    --kept_;
}

void Trouble::forget(OfSource& of, const std::string& unit) {
    const auto failing = of.failing.find(std::hash<std::string>()(unit));
    if (failing != of.failing.end()) forget(of, failing);
}

Error Trouble::of(const std::string& unit, const std::string& source, Error error) {
    const bool is_away = error.code == Code::unavailable || error.code == Code::timed_out;
    if (is_away && is_broken(unit, source, error.retry_after.has_value())) {
        error = std::move(error).within("fetch", unit);
        error.code = Code::io;
    } else if (is_away) {
        error = std::move(error).within(kAskSource, shown_source(source));
    } else {
        settled(unit, source);
    }
    const bool is_its_own = error.code == Code::io || error.code == Code::corrupt;
    if (is_its_own && error.remedy.empty() && error.root().os_error == 0)
        error.remedy = "look at its address; the same command tries it again";
    return error;
}

bool Trouble::is_broken(const std::string& unit, const std::string& source, bool is_throttle) {
    const std::scoped_lock hold(lock_);
    OfSource& of = sources_[source];
    const std::size_t name = std::hash<std::string>()(unit);
    auto known = of.failing.find(name);
    if (known == of.failing.end()) {
        if (kept_ >= kMostKept) return false;
        known = of.failing.emplace(name, Failing{.since = clock::boot()}).first;
        ++of.away;
        ++kept_;
    }
    Failing& failing = known->second;
    if (!is_throttle) failing.times = static_cast<std::uint16_t>(std::min(failing.times + 1, UINT16_MAX));
    if (is_throttle ? !throttles_for_ever(of, failing) : !counts(of, failing)) return false;
    if (!failing.broken && !is_over(failing)) {
        failing.broken = true;
        --of.away;
    }
    // So often is what sets the unit aside: nobody asks for it any more.
    if (++failing.counted >= ledger::kFailuresToSetAside) forget(of, known);
    return true;
}

bool Trouble::is_over(const Failing& failing) const { return clock::boot() - failing.since > longest_; }

// What asks to be left alone for a time is no failure, as long as something of it works in between.
bool Trouble::throttles_for_ever(const OfSource& of, const Failing& failing) const {
    return clock::boot() - std::max(failing.since, of.worked_at) > longest_;
}

// As a failure of its unit.
bool Trouble::counts(const OfSource& of, const Failing& failing) const {
    if (failing.broken || is_over(failing)) return true;
    return failing.times > kMostPutOffs && (of.worked_at > failing.since || of.away <= kFew);
}

}  // namespace haul::collect

#include "flow/collect/fetches/fetches.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace haul::collect {
namespace {

// The operation by which waits_for_room knows its errors.
constexpr const char* kWait = "wait for room";

// No claim of a source overflows a sum.
constexpr std::uint64_t kMost = 1ULL << 50U;

std::uint64_t at_most(std::uint64_t value) { return std::min(value, kMost); }

std::uint64_t ms_of(const std::optional<double>& seconds) {
    constexpr double kMsPerSecond = 1000;
    return static_cast<std::uint64_t>(
        std::clamp(seconds.value_or(0) * kMsPerSecond, 0.0, static_cast<double>(kMost)));
}

}  // namespace

bool waits_for_room(const Error& error) { return error.operation == kWait; }

Fetches::Fetches(unsigned at_once, Bounds bounds) : bounds_(std::move(bounds)), slots_("fetches", at_once) {}

Result<std::unique_ptr<Fetches::Fetch>> Fetches::begin(const std::stop_token& stop) {
    return std::make_unique<Fetch>(*this, TRY(slots_.reserve(1, stop)));
}

bool Fetches::is_full() const {
    const std::scoped_lock hold(lock_);
    return is_full_;
}

Fetches::Wanted Fetches::wanted_by(const Need& need) const {
    // Feeds write 0 where they do not know it.
    const std::uint64_t size = at_most(need.size.value_or(0));
    Wanted wanted{.disk = size > 0 ? size - std::min(need.there, size) : kUnknown};
    if (!need.is_recording) return wanted;
    wanted.bytes = std::max<std::uint64_t>(size > 0 ? size : need.there, 1);
    wanted.ms = ms_of(need.seconds);
    return wanted;
}

Fetches::Lack Fetches::lack_of(const Wanted& wanted) const {
    if (const auto left = bounds_.bytes_left();
        left && wanted.bytes > 0 && held_.bytes + wanted.bytes > *left)
        return Lack::limit;
    // How much of it is speech is not known before it was heard: alone it is begun while anything is left.
    if (const auto left = bounds_.ms_left();
        left && wanted.ms > 0 && held_.ms > 0 && held_.ms + wanted.ms > *left)
        return Lack::limit;
    const auto free = bounds_.free();
    return free && held_.disk + wanted.disk + kSpare > *free ? Lack::disk : Lack::nothing;
}

void Fetches::take(Fetch& fetch, const Wanted& wanted) {
    held_.disk += wanted.disk;
    held_.bytes += wanted.bytes;
    held_.ms += wanted.ms;
    fetch.disk_ += wanted.disk;
    fetch.bytes_ += wanted.bytes;
    fetch.ms_ += wanted.ms;
}

void Fetches::give_back(Fetch& fetch, const Wanted& given) {
    held_.disk -= given.disk;
    held_.bytes -= given.bytes;
    held_.ms -= given.ms;
    fetch.disk_ -= given.disk;
    fetch.bytes_ -= given.bytes;
    fetch.ms_ -= given.ms;
}

void Fetches::changed() {
    ++moves_;
    moved_.notify_all();
}

// With no fetch under way: whether that is so for long enough that whatever else could be fetched was asked
// for.
bool Fetches::is_quiet() {
    const auto now = clock::boot();
    if (!quiet_since_ || searches_ > 0) quiet_since_ = now;
    return now - *quiet_since_ >= kQuiet;
}

std::string Fetches::numbers(std::uint64_t wanted) const {
    std::string text = fmt::format("it needs {}, and {} are free at {}", units::size_text(wanted),
                                   units::size_text(bounds_.free().value_or(0)), bounds_.folder);
    if (held_.disk > 0)
        text += fmt::format(", {} of them for what is under way", units::size_text(held_.disk));
    return text + fmt::format("; {} stay free for the ledger", units::size_text(kSpare));
}

Error Fetches::later(const std::string& path) const {
    Error error = make_error(Code::unavailable, kWait, path, "there is none for it now");
    error.retry_after = kAgain;
    return error;
}

Error Fetches::no_space(const std::string& path, std::uint64_t wanted) const {
    Error error = make_error(Code::no_space, "make room for", path, numbers(wanted));
    error.kept = "all that was fetched";
    return std::move(error).with_remedy("make room there and run the same command again");
}

void Fetches::say_lack(const Need& need, const Wanted& wanted) {
    if (std::exchange(is_said_, true)) return;
    bounds_.say("the disk has no room for all downloads at once: they wait for each other, or for room; of " +
                    need.path + ", the first that waits: " + numbers(wanted.disk),
                bounds_.folder);
}

Fetches::Search::Search(Fetches& fetches) : fetches_(fetches) {
    const std::scoped_lock hold(fetches_.lock_);
    ++fetches_.searches_;
}

Fetches::Search::~Search() {
    const std::scoped_lock hold(fetches_.lock_);
    --fetches_.searches_;
}

Fetches::Fetch::Fetch(Fetches& fetches, engine::Reservation slot)
    : fetches_(fetches), slot_(std::move(slot)) {
    const std::scoped_lock hold(fetches_.lock_);
    ++fetches_.begun_;
}

Fetches::Fetch::~Fetch() {
    const std::scoped_lock hold(fetches_.lock_);
    --fetches_.begun_;
    if (!refused_) fetches_.quiet_since_.reset();
    fetches_.give_back(*this, {.disk = disk_, .bytes = bytes_, .ms = ms_});
    fetches_.changed();
}

Status Fetches::Fetch::reserve(const Need& need, const std::stop_token& stop) {
    Fetches& all = fetches_;
    std::unique_lock hold(all.lock_);
    need_ = need;
    const auto learned = all.learned_.find(need.path);
    const bool is_claim = learned == all.learned_.end();
    if (!is_claim) need_.size = learned->second;
    const Wanted wanted = all.wanted_by(need_);
    ++all.waiting_;
    Lack lack = Lack::nothing;
    while (!stop.stop_requested()) {
        lack = all.lack_of(wanted);
        if (lack == Lack::disk) all.say_lack(need_, wanted);
        if (lack == Lack::nothing || all.begun_ == all.waiting_) break;
        const std::uint64_t seen = all.moves_;
        all.moved_.wait_for(hold, stop, kAgain, [&] { return all.moves_ != seen; });
    }
    --all.waiting_;
    if (stop.stop_requested())
        return failure(Code::interrupted, "reserve room for", need.path, "stopped on request");
    if (lack == Lack::nothing) {
        all.take(*this, wanted);
        return {};
    }
    refused_ = all.later(need.path);
    if (!all.is_quiet()) return failure(Error(*refused_));
    all.is_full_ = all.is_full_ || lack == Lack::limit;
    if (lack == Lack::limit) return failure(Error(*refused_));
    const Wanted some{.disk = std::min(wanted.disk, kUnknown), .bytes = wanted.bytes, .ms = wanted.ms};
    if (is_claim && all.lack_of(some) == Lack::nothing) {
        refused_.reset();
        all.take(*this, some);
        return {};
    }
    refused_ = all.no_space(need.path, wanted.disk);
    return failure(Error(*refused_));
}

Status Fetches::Fetch::will_write(std::uint64_t at, std::optional<std::uint64_t> more) {
    Fetches& all = fetches_;
    const std::scoped_lock hold(all.lock_);
    const std::uint64_t size = at_most(at_most(at) + at_most(more.value_or(0)));
    const std::uint64_t needs = more ? at_most(*more) : disk_ < kUnknown / 2 ? kUnknown : disk_;
    const Wanted also{.disk = needs - std::min(needs, disk_),
                      .bytes = need_.is_recording ? size - std::min(size, bytes_) : 0};
    // Of unknown length it is looked at once for each kUnknown bytes, not at each block.
    const bool is_looked_at = more || also.disk > 0;
    if (is_looked_at && all.lack_of(also) != Lack::nothing) {
        all.learned_[need_.path] = more ? size : size + kUnknown;
        refused_ = all.later(need_.path);
        return failure(Code::no_space, "write", need_.path, all.numbers(also.disk));
    }
    all.take(*this, also);
    if (more && needs < disk_) all.give_back(*this, {.disk = disk_ - needs});
    if (more && need_.is_recording && size < bytes_) all.give_back(*this, {.bytes = bytes_ - size});
    if (more) all.changed();
    return {};
}

void Fetches::Fetch::wrote(std::uint64_t bytes) {
    const std::scoped_lock hold(fetches_.lock_);
    const std::uint64_t now = bytes - std::min(bytes, std::exchange(wrote_, bytes));
    fetches_.give_back(*this, {.disk = std::min(now, disk_)});
}

void Fetches::Fetch::ended(std::uint64_t bytes) {
    const std::scoped_lock hold(fetches_.lock_);
    fetches_.learned_.erase(need_.path);
    fetches_.give_back(*this, {.disk = disk_});
    fetches_.changed();
    if (need_.is_recording && bytes > bytes_) fetches_.take(*this, {.bytes = bytes - bytes_});
}

}  // namespace haul::collect

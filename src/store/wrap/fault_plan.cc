#include <algorithm>
#include <array>
#include <utility>

#include "base/number.h"
#include "base/units.h"
#include "store/wrap/fault.h"

namespace haul::store::wrap {
namespace {

constexpr std::string_view kAny = "any";
constexpr std::array<std::string_view, 14> kOperations = {
    "list", "page",  "stat",     "read",   "write", "open_upload", "put",
    "copy", "flush", "received", "finish", "abort", "remove",      kAny};

std::unexpected<Error> bad_fault(std::string_view text, std::string why) {
    return failure(Code::usage, "plan fault", std::string(text), std::move(why));
}

// Cuts `text` at the first `separator`; the rest is empty where there is none.
std::string_view cut(std::string_view& text, char separator) {
    const std::string_view head = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(text.size(), head.size() + 1));
    return head;
}

Result<std::uint64_t> number(std::string_view digits, std::string_view text) {
    const auto value = text::whole_number<std::uint64_t>(digits);
    if (!value || *value == 0) return bad_fault(text, "a count has to be a number from 1");
    return *value;
}

Status parse_kind(std::string_view kind, std::string_view text, Fault& fault) {
    const std::string_view name = cut(kind, '=');
    if (name == "lost" || name == "short" || name == "flip") {
        fault.kind = name == "lost"    ? Fault::Kind::lost
                     : name == "short" ? Fault::Kind::short_transfer
                                       : Fault::Kind::flip;
        return {};
    }
    if (name == "delay") {
        fault.kind = Fault::Kind::delay;
        fault.delay = TRY(units::parse_duration(kind));
        return {};
    }
    const auto code = kind.empty() ? Code::unavailable : code_named(kind);
    if (name != "error" || !code) return bad_fault(text, "no such kind of fault");
    fault.code = *code;
    return {};
}

Result<Fault> parse_fault(std::string_view text) {
    Fault fault;
    fault.text = text;
    std::string_view rest = text;
    std::string_view spec = cut(rest, '@');
    fault.address = rest;
    std::string_view what = cut(spec, ':');
    fault.operation = cut(what, '~');
    if (!what.empty()) fault.names = TRY(Glob::parse(what));
    if (std::ranges::find(kOperations, fault.operation) == kOperations.end())
        return bad_fault(text, "no such operation");
    std::string_view counts = cut(spec, ':');
    fault.nth = TRY(number(cut(counts, 'x'), text));
    if (counts == "*") {
        fault.times = Fault::kAlways;
    } else if (!counts.empty()) {
        fault.times = TRY(number(counts, text));
    }
    TRY(parse_kind(spec, text, fault));
    return fault;
}

}  // namespace

Result<std::shared_ptr<FaultPlan>> FaultPlan::parse(std::string_view text) {
    auto plan = std::make_shared<FaultPlan>();
    while (!text.empty()) plan->add(TRY(parse_fault(cut(text, ','))));
    return plan;
}

void FaultPlan::add(Fault fault) {
    const std::lock_guard lock(mutex_);
    planned_.push_back({.fault = std::move(fault)});
}

std::optional<Fault> FaultPlan::next(std::string_view operation, std::string_view address,
                                     std::string_view name) {
    const std::lock_guard lock(mutex_);
    std::optional<Fault> due;
    for (Planned& planned : planned_) {
        const Fault& fault = planned.fault;
        if (fault.operation != operation && fault.operation != kAny) continue;
        if (!address.ends_with(fault.address) || (fault.names && !fault.names->matches(name))) continue;
        ++planned.seen;
        const bool over = fault.times != Fault::kAlways && planned.fired == fault.times;
        if (due || planned.seen < fault.nth || over) continue;
        ++planned.fired;
        due = fault;
    }
    return due;
}

std::vector<FaultPlan::Count> FaultPlan::counts() const {
    const std::lock_guard lock(mutex_);
    std::vector<Count> all;
    for (const auto& [fault, seen, fired] : planned_) {
        const std::uint64_t wanted = std::max<std::uint64_t>(fault.times, 1);
        all.push_back({fault.text.empty() ? fault.operation : fault.text, seen, fired,
                       wanted > fired ? wanted - fired : 0});
    }
    return all;
}

std::vector<std::string> FaultPlan::with(bool fired) const {
    std::vector<std::string> all;
    for (Count& count : counts()) {
        if ((count.fired > 0) == fired) all.push_back(std::move(count.text));
    }
    return all;
}

std::vector<std::string> FaultPlan::unfired() const { return with(false); }
std::vector<std::string> FaultPlan::fired() const { return with(true); }

}  // namespace haul::store::wrap

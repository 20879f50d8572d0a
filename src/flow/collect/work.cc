#include "flow/collect/work.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "flow/collect/decided.h"
#include "flow/collect/filter_unit.h"

namespace haul::collect {
namespace {

constexpr double kMsPerHour = 3'600'000;

std::uint64_t left_of(std::uint64_t all, std::uint64_t taken) { return all - std::min(all, taken); }

}  // namespace

const PlannedSource* Work::planned_source_of(const Candidate& candidate) const {
    for (const PlannedSource& one : sources) {
        const SourcePlan& plan = one.plan;
        if (plan.kind != candidate.kind) continue;
        const bool is_its = plan.path == candidate.source_url || plan.url == candidate.source_url ||
                            std::ranges::find(plan.urls, candidate.source_url) != plan.urls.end();
        if (is_its) return &one;
    }
    return nullptr;
}

Source* Work::source_of(const Candidate& candidate) const {
    const PlannedSource* const planned = planned_source_of(candidate);
    return planned == nullptr ? nullptr : planned->source.get();
}

bool Work::take_from_plan(Candidate& candidate) const {
    const Source* const source = source_of(candidate);
    if (source == nullptr) return false;
    const Licence before = candidate.licence;
    source->take_from_plan(candidate);
    if (candidate.licence == before) return false;
    candidate.licence.seen_ns = clock::wall().count();
    return true;
}

bool Work::limit_reached() const {
    const Limits& limits = plan().limits;
    if (fetches.is_full()) return true;
    if (limits.bytes && bytes >= *limits.bytes) return true;
    if (limits.hours && static_cast<double>(accepted_ms) >= *limits.hours * kMsPerHour) return true;
    return request.limit && fetched >= *request.limit;
}

bool Work::begin_fetch() {
    if (limit_reached()) return false;
    if (++begun <= request.limit.value_or(UINT64_MAX)) return true;
    fetched_nothing();
    return false;
}

Fetches::Bounds Work::bounds_of_fetches() const {
    const Limits& limits = plan().limits;
    Fetches::Bounds bounds;
    bounds.folder = corpus.folder();
    bounds.free = [this] { return corpus.free_bytes(); };
    bounds.bytes_left = [this, &limits]() -> std::optional<std::uint64_t> {
        if (!limits.bytes) return std::nullopt;
        return left_of(*limits.bytes, bytes);
    };
    bounds.ms_left = [this, &limits]() -> std::optional<std::uint64_t> {
        if (!limits.hours) return std::nullopt;
        return left_of(static_cast<std::uint64_t>(*limits.hours * kMsPerHour), accepted_ms);
    };
    bounds.say = [this](const std::string& text, const std::string& folder) {
        hub.note(report::Level::warning, text, folder);
    };
    return bounds;
}

void Work::forget(const Recording& recording) {
    bytes -= recording.bytes;
    accepted_ms -= collect::accepted_ms(recording);
}

void Work::count_fetched(std::uint64_t files, std::uint64_t new_bytes) {
    report::Event event;
    event.type = report::Type::progress;
    event.files = fetched.fetch_add(files) + files;
    event.bytes = fetched_bytes.fetch_add(new_bytes) + new_bytes;
    hub.emit(std::move(event));
}

void Work::say_left_out(const Candidate& candidate, const std::string& why, const std::string& detail) {
    verdicts.left_out(why);
    report::Event event;
    event.type = report::Type::item_skipped;
    event.subject = why == kErasedReason     ? id_of(candidate)  // what it was is in no log
                    : candidate.page.empty() ? candidate.item
                                             : candidate.page;
    event.text = detail.empty() ? why : why + ": " + detail;
    event.is_detail = true;
    hub.emit(std::move(event));
}

}  // namespace haul::collect

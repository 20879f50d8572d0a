#include "report/run_numbers.h"

#include <cstddef>
#include <initializer_list>
#include <utility>

#include "base/process.h"

namespace haul::report {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

void put(MetricFamily& family, Labels labels, std::uint64_t value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = static_cast<double>(value);
    metric.gauge.value = static_cast<double>(value);
    family.metric.push_back(std::move(metric));
}

MetricFamily family_of(MetricType type, std::string name, std::string help) {
    MetricFamily family;
    family.name = std::move(name);
    family.help = std::move(help);
    family.type = type;
    return family;
}

MetricFamily counter(std::string name, std::string help, std::uint64_t value) {
    MetricFamily family = family_of(MetricType::Counter, std::move(name), std::move(help));
    put(family, {}, value);
    return family;
}

MetricFamily gauge(std::string name, std::string help, Labels labels, std::uint64_t value) {
    MetricFamily family = family_of(MetricType::Gauge, std::move(name), std::move(help));
    put(family, std::move(labels), value);
    return family;
}

MetricType type_of(const Number& number) {
    switch (number.type) {
        case Number::Type::counter:
            return MetricType::Counter;
        case Number::Type::histogram:
            return MetricType::Histogram;
        case Number::Type::gauge:
            break;
    }
    return MetricType::Gauge;
}

ClientMetric metric_of(const Number& number) {
    ClientMetric metric;
    for (const auto& [name, value] : number.labels) metric.label.push_back({.name = name, .value = value});
    metric.counter.value = number.value;
    metric.gauge.value = number.value;
    metric.histogram.sample_count = number.count;
    metric.histogram.sample_sum = number.value;
    for (const Number::Bucket& bucket : number.buckets)
        metric.histogram.bucket.push_back({.cumulative_count = bucket.count, .upper_bound = bucket.upper});
    return metric;
}

}  // namespace

void RunNumbers::on(const Event& event) {
    const std::lock_guard lock(mutex_);
    progress_.on(event);
    switch (event.type) {
        case Type::part_done:
            ++parts_;
            break;
        case Type::item_skipped:
            ++items_skipped_;
            break;
        case Type::item_failed:
            ++items_failed_;
            break;
        case Type::unit_failed:
            ++unit_failures_;
            break;
        case Type::unit_set_aside:
            ++unit_failures_;
            ++units_set_aside_;
            break;
        case Type::store_down:
            ++outages_;
            break;
        default:
            break;
    }
    if (const auto counted = messages_.find(event.level); counted != messages_.end()) ++counted->second;
}

std::vector<MetricFamily> RunNumbers::Collect() const {
    std::vector<MetricFamily> families;
    families.push_back(gauge("haul_run_info", "What runs: always 1.",
                             {{.name = "version", .value = names_.version},
                              {.name = "flow", .value = names_.flow},
                              {.name = "job", .value = names_.job}},
                             1));
    {
        const std::lock_guard lock(mutex_);
        collect_progress(families);
        collect_troubles(families);
    }
    collect_shown(families);
    families.push_back(gauge("haul_peak_memory_bytes", "Most memory that the process held at once.", {},
                             process::peak_rss()));
    return families;
}

void RunNumbers::collect_shown(std::vector<MetricFamily>& families) const {
    std::map<std::string, std::size_t> at;
    for (const Number& number : numbers_.now()) {
        const auto [family, is_new] = at.try_emplace(number.name, families.size());
        if (is_new) families.push_back(family_of(type_of(number), number.name, number.help));
        families[family->second].metric.push_back(metric_of(number));
    }
}

void RunNumbers::collect_progress(std::vector<MetricFamily>& families) const {
    families.push_back(gauge("haul_phase_info", "The phase that the job is in: always 1.",
                             {{.name = "phase", .value = progress_.phase()}}, 1));
    families.push_back(
        counter("haul_files_total", "Files done, earlier runs of the job included.", progress_.files()));
    families.push_back(counter("haul_bytes_total", "Bytes of them.", progress_.bytes()));
    families.push_back(gauge("haul_expected_files", "Files that there are to do, as known now.", {},
                             progress_.total_files()));
    families.push_back(gauge("haul_expected_bytes", "Bytes of them.", {}, progress_.total_bytes()));
    families.push_back(gauge("haul_expected_final", "1 once all is listed: what is expected stays so.", {},
                             progress_.final_total() ? 1 : 0));
    families.push_back(counter("haul_parts_total", "Parts that this run finished.", parts_));
    families.push_back(
        gauge("haul_workers_busy", "Workers that are at something.", {}, progress_.workers().size()));
    families.push_back(
        gauge("haul_draining", "1 once the run was asked to stop.", {}, progress_.draining() ? 1 : 0));
}

void RunNumbers::collect_troubles(std::vector<MetricFamily>& families) const {
    families.push_back(counter("haul_items_failed_total", "Items that could not be done.", items_failed_));
    families.push_back(counter("haul_items_skipped_total", "Items left out by a rule.", items_skipped_));
    families.push_back(counter("haul_unit_failures_total", "Times that a unit failed.", unit_failures_));
    families.push_back(counter("haul_units_set_aside_total", "Units given up for now.", units_set_aside_));
    families.push_back(
        counter("haul_outages_total", "Times that a store, credentials or room were out.", outages_));
    families.push_back(
        gauge("haul_store_down", "1 while one is out and waited for.", {}, progress_.down().empty() ? 0 : 1));
    MetricFamily messages =
        family_of(MetricType::Counter, "haul_messages_total", "Warnings and errors said.");
    for (const auto& [level, count] : messages_)
        put(messages, {{.name = "level", .value = std::string(name_of(level))}}, count);
    families.push_back(std::move(messages));
}

}  // namespace haul::report

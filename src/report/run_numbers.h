// What the events of a run add up to, and what else is shown, as families of metrics. Thread-safe.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "report/event.h"
#include "report/metrics.h"
#include "report/numbers.h"
#include "report/progress.h"

namespace haul::report {

class RunNumbers final : public prometheus::Collectable {
  public:
    // Asks `numbers`, which outlives the last Collect().
    RunNumbers(RunNames names, const Numbers& numbers) : names_(std::move(names)), numbers_(numbers) {}
    void on(const Event& event);
    // In the order of docs/metrics.md.
    [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

  private:
    void collect_progress(std::vector<prometheus::MetricFamily>& families) const;
    void collect_troubles(std::vector<prometheus::MetricFamily>& families) const;
    void collect_shown(std::vector<prometheus::MetricFamily>& families) const;

    const RunNames names_;
    const Numbers& numbers_;
    mutable std::mutex mutex_;  // of all below
    Progress progress_;
    std::uint64_t parts_ = 0, items_failed_ = 0, items_skipped_ = 0;
    std::uint64_t unit_failures_ = 0, units_set_aside_ = 0, outages_ = 0;
    std::map<Level, std::uint64_t> messages_{{Level::warning, 0}, {Level::error, 0}};
};

}  // namespace haul::report

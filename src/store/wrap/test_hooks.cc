#include "store/wrap/test_hooks.h"

#ifdef HAUL_FAULT_POINTS

#include <fcntl.h>
#include <stdlib.h>

#include <span>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/json.h"
#include "store/wrap/fault.h"

namespace haul::store::wrap {
namespace {

std::string setting(const char* name) {
    const char* value = ::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

Result<std::shared_ptr<FaultPlan>>& shared_plan() {
    static Result<std::shared_ptr<FaultPlan>> plan = FaultPlan::parse(setting("HAUL_STORE_FAULTS"));
    return plan;
}

class ReportingStore final : public ForwardingStore {
  public:
    ReportingStore(std::unique_ptr<Store> target, ServiceOptions service,
                   std::shared_ptr<const Counters> counters, std::string path)
        : ForwardingStore(std::move(target)),
          service_(std::move(service)),
          counters_(std::move(counters)),
          path_(std::move(path)) {}
    ReportingStore(const ReportingStore&) = delete;
    ReportingStore& operator=(const ReportingStore&) = delete;
    ~ReportingStore() override {
        json::Ordered line;
        line["address"] = target().capabilities().address;
        line["counters"] = to_json(*counters_);
        if (const auto& plan = shared_plan()) {
            json::Ordered faults = json::Ordered::array();
            for (const FaultPlan::Count& count : (*plan)->counts()) {
                faults.push_back(json::Ordered{
                    {"fault", count.text}, {"met", count.met}, {"fired", count.fired}, {"left", count.left}});
            }
            line["faults"] = std::move(faults);
        }
        line["service"] = {{"connections", service_.connections},
                           {"storage_class", service_.storage_class},
                           {"sse", service_.sse},
                           {"sse_key", service_.sse_key},
                           {"request_payer", service_.request_payer},
                           {"sole_writer", service_.sole_writer},
                           {"knowledge_folder", service_.knowledge_folder}};
        const std::string text = json::dump(line) + "\n";
        auto file = file::open_at(AT_FDCWD, path_, O_WRONLY | O_CREAT | O_APPEND);
        // A destructor has nobody to tell: the test that asked for the file misses it.
        if (file) static_cast<void>(file::append_all(file->get(), std::as_bytes(std::span(text)), path_));
    }

  private:
    ServiceOptions service_;
    std::shared_ptr<const Counters> counters_;
    std::string path_;
};

}  // namespace

Result<std::unique_ptr<Store>> with_planned_faults(std::unique_ptr<Store> store) {
    if (setting("HAUL_STORE_FAULTS").empty()) return store;
    const auto& plan = shared_plan();
    if (!plan) return failure(plan.error());
    return std::unique_ptr<Store>(std::make_unique<FaultStore>(std::move(store), *plan));
}

std::unique_ptr<Store> reporting_counters(std::unique_ptr<Store> store, const ServiceOptions& service,
                                          std::shared_ptr<const Counters> counters) {
    std::string path = setting("HAUL_STORE_COUNTERS");
    if (path.empty()) return store;
    return std::make_unique<ReportingStore>(std::move(store), service, std::move(counters), std::move(path));
}

}  // namespace haul::store::wrap

#endif

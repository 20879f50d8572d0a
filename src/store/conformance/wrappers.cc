#include "store/conformance/wrappers.h"

#include <utility>

#include "store/wrap/fault.h"
#include "store/wrap/limit.h"
#include "store/wrap/retry.h"
#include "store/wrap/trace.h"

namespace haul::store::conformance {
namespace {

wrap::RetryOptions quick() {
    return {.first_delay = std::chrono::microseconds(10),
            .max_delay = std::chrono::microseconds(100),
            .budget = 10'000};
}

std::unique_ptr<Store> stormy(std::unique_ptr<Store> store) {
    auto plan = wrap::FaultPlan::parse(
        "list:1:error,page:1:error,page:2:lost,stat:2:error,stat:5:lost,read:1:short,read:3:lost,read:7x2:"
        "error,"
        "write:1:lost,write:3:error,write:9x4:lost,open_upload:1:error,put:1:error,put:2:lost,finish:1:lost,"
        "flush:1:error,received:1:lost,abort:1:lost,copy:1:error,remove:1:lost,remove:4:error");
    return std::make_unique<wrap::RetryStore>(std::make_unique<wrap::FaultStore>(std::move(store), *plan),
                                              quick());
}

}  // namespace

std::vector<Wrapper> wrappers() {
    return {
        {"bare", [](auto store) { return store; }},
        {"retry", [](auto store) { return std::make_unique<wrap::RetryStore>(std::move(store), quick()); }},
        {"limit",
         [](auto store) {
             return std::make_unique<wrap::LimitStore>(std::move(store),
                                                       std::make_shared<wrap::Bandwidth>(1ULL << 40U));
         }},
        {"trace",
         [](auto store) {
             return std::make_unique<wrap::TraceStore>(std::move(store), std::make_shared<wrap::Counters>(),
                                                       [](const std::string&) {});
         }},
        {"fault",
         [](auto store) {
             return std::make_unique<wrap::FaultStore>(std::move(store), std::make_shared<wrap::FaultPlan>());
         }},
        {"stormy", stormy},
    };
}

}  // namespace haul::store::conformance

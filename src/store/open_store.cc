#include "store/open_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "store/local/local_store.h"
#include "store/s3/s3_store.h"
#include "store/wrap/limit.h"
#include "store/wrap/retry.h"
#include "store/wrap/retry_call.h"
#include "store/wrap/test_hooks.h"
#include "store/wrap/trace.h"

namespace haul::store {
namespace {

// For seconds, not for the minutes that work under way is worth: the address may be wrong.
constexpr std::chrono::seconds kOpening{10};

Result<std::unique_ptr<Store>> open_place(const Address& address, const OpenOptions& options) {
    if (address.scheme == Scheme::local) {
        return local::LocalStore::open(address.path, {.create = options.create,
                                                      .follow_symlinks = options.follow_symlinks,
                                                      .keep_out = options.keep_out,
                                                      .sort_folder = options.sort_folder,
                                                      .threads = options.threads});
    }
    if (address.scheme == Scheme::s3) return s3::S3Store::open(address, options.service, options.create);
    return failure(
        make_error(Code::unsupported, "open store", address.canonical(),
                   "this kind of store is not built yet")
            .with_remedy("give a local folder or s3://bucket/prefix; others come in a later version"));
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const Address& address, const OpenOptions& options) {
    wrap::RetryOptions opening{.stop = options.stop};
    opening.deadline = std::min<clock::Nanoseconds>(opening.deadline, kOpening);
    wrap::RetryBudget budget(std::move(opening));
    auto store = TRY(wrap::retry_call(budget, options.stop, [&] { return open_place(address, options); }));
#ifdef HAUL_FAULT_POINTS
    store = TRY(wrap::with_planned_faults(std::move(store)));
#endif
    store = std::make_unique<wrap::RetryStore>(
        std::move(store), wrap::RetryOptions{.wait = options.outage_wait, .stop = options.stop});
    auto limiter = options.limiter;
    if (!limiter && options.bandwidth > 0) limiter = std::make_shared<wrap::Bandwidth>(options.bandwidth);
    if (limiter) store = std::make_unique<wrap::LimitStore>(std::move(store), std::move(limiter));
    auto counters = options.counters ? options.counters : std::make_shared<wrap::Counters>();
    store = std::make_unique<wrap::TraceStore>(std::move(store), counters);
#ifdef HAUL_FAULT_POINTS
    store = wrap::reporting_counters(std::move(store), options.service, std::move(counters));
#endif
    return store;
}

}  // namespace haul::store

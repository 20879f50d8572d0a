// Makes the store of an address with its wrappers: the only place that chooses their order
// (trace > limit > retry > fault > store). Faults, where a test plans them (HAUL_STORE_FAULTS), lie beneath
// retry.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "store/address.h"
#include "store/outage_wait.h"
#include "store/store.h"

namespace haul::store {

namespace wrap {
class Bandwidth;  // wrap/limit.h
struct Counters;  // wrap/trace.h
}  // namespace wrap

// What services need to be told beside the address; local stores ignore it.
struct ServiceOptions {
    unsigned connections = 0;  // most requests in flight a host; 0: adapts
    std::string storage_class =
        {};  // of objects written but records (Write::is_record), as the service calls it; empty: its default
    std::string sse = {};      // "AES256" or "aws:kms"; empty: the bucket's own rule
    std::string sse_key = {};  // KMS key id
    bool request_payer = false;
    // Nobody else writes there, says the user: where a service has no create-only writes, each looks first.
    bool sole_writer = false;
    // Where what was learned about an endpoint is kept between runs; empty: nowhere.
    std::string knowledge_folder = {};
};

struct OpenOptions {
    bool create = false;           // make the folder where it is missing
    bool follow_symlinks = false;  // list and read what symlinks point to
    // Local: folders that are `unreadable` where a symlink that is followed leads to them, such as what is
    // being written meanwhile. Those that do not exist do not count.
    std::vector<std::string> keep_out = {};
    std::string sort_folder =
        {};  // local: where listings of huge folders sort their runs; empty: $TMPDIR or /tmp
    std::uint64_t bandwidth = 0;  // bytes a second, 0: unlimited
    unsigned threads = 0;         // 0: as the store thinks best
    ServiceOptions service = {};
    std::stop_token stop = {};  // ends the waits between retries in calls that take no token
    // Of who waits for an endpoint that is down, instead of the calls.
    std::shared_ptr<const OutageWait> outage_wait = nullptr;
    std::shared_ptr<wrap::Bandwidth> limiter = nullptr;  // shared with other stores, instead of `bandwidth`
    std::shared_ptr<wrap::Counters> counters =
        nullptr;  // where the calls are counted, for who wants to read them
};

// Code::unsupported for kinds of place that are not built yet, Code::not_found for a folder that is missing.
[[nodiscard]] Result<std::unique_ptr<Store>> open_store(const Address& address, const OpenOptions& options);

}  // namespace haul::store

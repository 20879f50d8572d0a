// What commands take for services beside the address: connections, class and encryption of what is written,
// who pays. A local folder ignores it all. No part of a job's meaning.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/arguments.h"
#include "store/open_store.h"

namespace haul::cli {

struct ServiceWords {
    std::uint64_t connections = 0;  // 0: adapts
    bool request_payer = false, take_over = false;
    std::string storage_class, sse, sse_key;
};

// --connections, --request-payer: for every command that opens a store.
void declare_access(Arguments& arguments, ServiceWords& words);
void declare_storage_class(Arguments& arguments, ServiceWords& words);
// --take-over: for commands that claim what they write to.
void declare_take_over(Arguments& arguments, ServiceWords& words);
// --sse, --sse-key: for commands that write objects.
void declare_encryption(Arguments& arguments, ServiceWords& words);

// `state`: the state folder; where it is not there yet, nothing of endpoints is kept. Code::usage where the
// words contradict one another.
[[nodiscard]] Result<store::ServiceOptions> service_of(const ServiceWords& words, const std::string& state);

}  // namespace haul::cli

// The promises of store.h over an S3 service that is running, through every wrapper: one JSON line a promise.
//
//   s3_conformance s3://bucket/prefix [WRAPPER…] [sole-writer]
//
// Endpoint and credentials come from the environment; sole-writer: as ServiceOptions::sole_writer.
// Ends with 0 when all were kept, with 1 otherwise.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "store/conformance/conformance.h"
#include "store/conformance/wrappers.h"
#include "store/s3/s3_store.h"

namespace {

using namespace haul;

bool check(const store::Address& address, const store::ServiceOptions& options,
           const store::conformance::Wrapper& wrapper) {
    const store::conformance::Factory factory{
        .make = [&]() -> Result<std::unique_ptr<store::Store>> {
            return wrapper.wrap(TRY(store::s3::S3Store::open(address, options, true)));
        },
        .folder = "conformance-" + wrapper.name};
    bool all = true;
    for (const store::conformance::Verdict& verdict : store::conformance::check_all(factory)) {
        json::Ordered line;
        line["wrapper"] = wrapper.name;
        line["promise"] = verdict.promise;
        line["passed"] = verdict.passed;
        line["detail"] = verdict.detail;
        std::puts(json::dump(line).c_str());
        all = all && verdict.passed;
    }
    return all;
}

}  // namespace

int main(int count, char** arguments) {
    std::vector<std::string> words(arguments + 1, arguments + count);
    store::ServiceOptions options;
    options.sole_writer = std::erase(words, "sole-writer") > 0;
    const auto address = words.empty() ? failure(Code::usage, "read", "arguments", "no address")
                                       : store::parse_address(words.front());
    if (!address.has_value()) {
        std::fputs((address.error().message() + "\n").c_str(), stderr);
        return 2;
    }
    bool all = true;
    for (const store::conformance::Wrapper& wrapper : store::conformance::wrappers()) {
        const bool wanted = words.size() < 2 || std::ranges::find(words, wrapper.name) != words.end();
        if (wanted) all = check(*address, options, wrapper) && all;
    }
    return all ? 0 : 1;
}

#include "cli/service_options.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "base/text.h"

namespace haul::cli {
namespace {

constexpr std::uint64_t kMostConnections = 1024;

bool is_one_of(char c, std::string_view others) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
}

// Both go into a header as they are.
Arguments::Take word(std::string& into, std::string_view others, std::size_t longest) {
    return [&into, others, longest](const std::string& text) -> Status {
        const auto fits = [others](char c) { return is_one_of(c, others); };
        if (text.empty() || text.size() > longest || !std::ranges::all_of(text, fits)) {
            return failure(Code::usage, "", "",
                           fmt::format("'{}' cannot be one: it has 1 to {} letters, digits and any of {}",
                                       text::printable(text), longest, others));
        }
        into = text;
        return {};
    };
}

}  // namespace

void declare_access(Arguments& arguments, ServiceWords& words) {
    arguments.number("--connections", words.connections, 1, kMostConnections,
                     "most requests in flight at a service's host (adapts)");
    arguments.flag("--request-payer", words.request_payer,
                   "S3: pay for requests to a bucket of somebody else");
}

void declare_storage_class(Arguments& arguments, ServiceWords& words) {
    arguments.each("--storage-class", "CLASS", "S3: of objects written, such as STANDARD_IA",
                   word(words.storage_class, "_-.", 64));
}

void declare_take_over(Arguments& arguments, ServiceWords& words) {
    arguments.flag("--take-over", words.take_over,
                   "S3 without create-only writes: nobody else works on DEST meanwhile");
}

void declare_encryption(Arguments& arguments, ServiceWords& words) {
    arguments.choice("--sse", words.sse, {"AES256", "aws:kms"},
                     "S3: how the service encrypts objects written (the bucket's own rule)");
    arguments.each("--sse-key", "ID", "S3: the KMS key, with --sse=aws:kms",
                   word(words.sse_key, "_-.:/", 2048));
}

Result<store::ServiceOptions> service_of(const ServiceWords& words, const std::string& state) {
    if (!words.sse_key.empty() && words.sse != "aws:kms") {
        return failure(
            make_error(Code::usage, "", "", "--sse-key names a key of KMS, which only --sse=aws:kms uses")
                .with_remedy("give --sse=aws:kms too, or leave out --sse-key"));
    }
    store::ServiceOptions service;
    service.connections = static_cast<unsigned>(words.connections);
    service.request_payer = words.request_payer;
    service.sole_writer = words.take_over;
    service.storage_class = words.storage_class;
    service.sse = words.sse;
    service.sse_key = words.sse_key;
    std::error_code ignored;
    if (!state.empty() && std::filesystem::is_directory(state, ignored))
        service.knowledge_folder = state + "/endpoints";
    return service;
}

}  // namespace haul::cli

#include "store/s3/probe_scratch.h"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <memory>

#include "base/clock.h"
#include "base/owner_mark.h"
#include "base/random.h"
#include "store/s3/listing.h"
#include "store/s3/remover.h"
#include "store/s3/upload.h"
#include "store/wrap/retry_call.h"

namespace haul::store::s3 {
namespace {

constexpr std::string_view kBeginning = ".haul-probe-";
constexpr unsigned kMost = 1000;
constexpr clock::Nanoseconds kOld = std::chrono::hours(1);
constexpr std::chrono::seconds kPatience{10};

// Of ".haul-probe-HOST-PID-START-TOKEN".
bool owner_is_gone(std::string_view folder) {
    return folder.starts_with(kBeginning) &&
           process::liveness_of_mark(folder.substr(kBeginning.size())) == process::Liveness::dead;
}

void remove_all(Bucket& bucket, const std::vector<std::string>& names) {
    wrap::RetryBudget budget({.deadline = kPatience});
    std::vector<Remove> removes;
    removes.reserve(names.size());
    for (const std::string& name : names) removes.push_back({.name = name, .result = {}});
    const auto remove = [&](std::span<Remove> some) { remove_objects(bucket, some, {}); };
    wrap::retry_items(budget, std::span(removes), {}, remove, [](Remove&) {});
}

}  // namespace

ProbeScratch::ProbeScratch(Bucket& bucket) : bucket_(bucket) {
    folder_ = fmt::format("{}{}-{}", kBeginning, process::owner_mark(process::self()), random::token_hex(4));
}

ProbeScratch::~ProbeScratch() { remove_all(bucket_, made_); }

std::string ProbeScratch::name(const std::string& leaf) {
    made_.push_back(folder_ + "/" + leaf);
    return made_.back();
}

Status end_uploads(Bucket& bucket, const std::string& name) {
    wrap::RetryBudget budget({.deadline = kPatience});
    const auto end = [&]() -> Status {
        for (const PendingUpload& pending : TRY(pending_uploads(bucket, name)))
            TRY(abort_upload(bucket, name, pending.id));
        return {};
    };
    return wrap::retry_call(budget, {}, end);
}

void sweep_probes(Bucket& bucket) {
    const std::string prefix = bucket.key_of(std::string(kBeginning));
    const auto page = list_keys(bucket, prefix, kMost, {"list", bucket.address()});
    if (!page.has_value()) return;
    std::map<std::string, std::vector<std::string>> left;  // by folder
    for (const ListedKey& listed : page->keys) {
        const std::string name = bucket.name_of(listed.key);
        const std::string folder = name.substr(0, name.find('/'));
        const bool old = listed.mtime_ns && clock::wall() - clock::Nanoseconds(*listed.mtime_ns) > kOld;
        if (old || owner_is_gone(folder)) left[folder].push_back(name);
    }
    for (const auto& [folder, names] : left) {
        // The upload first: it is found by what lies beside it.
        if (end_uploads(bucket, folder + "/upload").has_value()) remove_all(bucket, names);
    }
}

}  // namespace haul::store::s3

#include "flow/claim/claim_files.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "flow/claim/claim.h"

namespace haul::claim {
namespace {

constexpr std::string_view kPrefix = ".haul/";
constexpr std::string_view kScratch = ".haul/tmp/";
// In byte order everything of ours lies before this name: member lists and temporaries need not be listed.
constexpr std::string_view kBehindClaims = ".haul/claim.";
constexpr std::uint64_t kLongestClaim = 4U << 20U;
constexpr const char* kNoClaim =
    "where no haul is at work on this destination, remove that file and run the same command again";

Result<format::ClaimRecord> parse(std::string_view document, std::uint64_t number) {
    const std::string path = claim_path(number);
    Result<format::ClaimRecord> parsed = format::parse_claim(document, path);
    if (!parsed) return failure(std::move(parsed).error().within("read", path).with_remedy(kNoClaim));
    format::ClaimRecord record = *std::move(parsed);
    if (record.number == number) return record;
    return failure(
        make_error(Code::corrupt, "read", path, "it says that it is another claim").with_remedy(kNoClaim));
}

// All in one batch. Code::not_found or changed where one vanished since it was listed.
Result<std::vector<format::ClaimRecord>> read_listed(store::Store& store,
                                                     const std::vector<ClaimFile>& files) {
    std::vector<std::string> documents(files.size());
    std::vector<store::Read> reads(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i].object.size > kLongestClaim) {
            return failure(
                make_error(Code::corrupt, "read", files[i].object.name, "it is too long for a claim")
                    .with_remedy(kNoClaim));
        }
        documents[i].resize(files[i].object.size);
        reads[i].name = files[i].object.name;
        reads[i].into = std::as_writable_bytes(std::span(documents[i]));
    }
    store.read_many(reads, {});
    std::vector<format::ClaimRecord> records;
    for (std::size_t i = 0; i < files.size(); ++i) {
        TRY(std::move(reads[i].result));
        records.push_back(TRY(parse(documents[i], files[i].number)));
    }
    return records;
}

bool vanished(const Error& error) { return error.code == Code::not_found || error.code == Code::changed; }

}  // namespace

std::string claim_path(std::uint64_t number) { return std::string(kPrefix) + format::claim_name(number); }
std::string beat_path(std::uint64_t number) { return std::string(kPrefix) + format::beat_name(number); }

bool shows_claim(const std::vector<store::Object>& listed, std::uint64_t number) {
    return std::ranges::find(listed, claim_path(number), &store::Object::name) != listed.end();
}

Result<bool> add_by_name(store::Store& store, const std::string& name, std::vector<store::Object>& files) {
    if (std::ranges::find(files, name, &store::Object::name) != files.end()) return true;
    auto there = TRY(store::find_file(store, name));
    if (!there) return false;
    files.push_back(*std::move(there));
    return true;
}

std::string scratch_path(const std::string& kind, const std::string& token, std::uint64_t number) {
    return std::string(kScratch) + kind + "-" + token + "-" + std::to_string(number) + "-";
}

bool is_scratch(const std::string& path) {
    if (!path.starts_with(kScratch)) return false;
    const std::string_view leaf = std::string_view(path).substr(kScratch.size());
    return leaf.starts_with("claim-") || leaf.starts_with("beat-");
}

std::vector<ClaimFile> claims_among(const std::vector<store::Object>& objects) {
    std::vector<ClaimFile> files;
    for (const store::Object& object : objects) {
        if (!object.name.starts_with(kPrefix)) continue;
        const auto number = format::claim_number(std::string_view(object.name).substr(kPrefix.size()));
        if (number && object.kind == store::Kind::file) files.push_back({*number, object});
    }
    std::ranges::sort(files, {}, &ClaimFile::number);
    return files;
}

Result<std::vector<ClaimFile>> list_claims(store::Store& store, const std::stop_token& stop) {
    std::vector<ClaimFile> files;
    const bool in_order = store.capabilities().order == store::Order::bytes;
    auto listing = store.list({.prefix = kOwnFolder, .after = {}});
    while (listing) {
        Result<store::Page> page = (*listing)->next(stop);
        if (!page && page.error().code == Code::not_found) return files;
        if (!page) return failure(std::move(page).error());
        std::ranges::move(claims_among(page->objects), std::back_inserter(files));
        const bool behind = in_order && !page->objects.empty() && page->objects.back().name > kBehindClaims;
        if (!page->last && !behind) continue;
        std::ranges::sort(files, {}, &ClaimFile::number);
        return files;
    }
    if (listing.error().code == Code::not_found) return files;
    return failure(std::move(listing).error());
}

Result<std::optional<format::ClaimRecord>> read_claim(store::Store& store, std::uint64_t number) {
    Result<std::string> document = store::read_object(store, claim_path(number), kLongestClaim);
    if (!document && vanished(document.error())) return std::optional<format::ClaimRecord>();
    if (!document) return failure(std::move(document).error());
    return std::optional<format::ClaimRecord>(TRY(parse(*document, number)));
}

Result<std::vector<format::ClaimRecord>> read_claims(store::Store& store) {
    constexpr int kRounds = 8;
    for (int round = 1;; ++round) {
        const std::vector<ClaimFile> files = TRY(list_claims(store));
        Result<std::vector<format::ClaimRecord>> records = read_listed(store, files);
        // An owner that is just ending its claim takes files away under our eyes.
        const bool again = !records && vanished(records.error()) && round < kRounds;
        if (!again) return records;
    }
}

}  // namespace haul::claim

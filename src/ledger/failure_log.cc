#include "ledger/failure_log.h"

#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

namespace haul::ledger {
namespace {

void put(json::Ordered& object, const char* field, std::string_view text, std::size_t limit) {
    if (!text.empty()) object[field] = std::string(text.substr(0, limit));
}

json::Ordered describe(const Error& error, std::size_t limit) {
    json::Ordered object = json::Ordered::object();
    object["code"] = std::string(name_of(error.code));
    put(object, "operation", error.operation, limit);
    put(object, "subject", error.subject, limit);
    put(object, "detail", error.detail, limit);
    put(object, "remedy", error.remedy, limit);
    return object;
}

// The root is what a reader needs most, so a chain that is too long loses its middle.
std::vector<const Error*> chain_of(const Error& failure) {
    std::vector<const Error*> chain;
    const Error* at = &failure;
    while (at != nullptr && chain.size() < kErrorsInChain - 1) {
        chain.push_back(at);
        at = at->cause.get();
    }
    if (at != nullptr) chain.push_back(&at->root());
    return chain;
}

// `limit`: bytes of each text.
json::Ordered describe_chain(const std::vector<const Error*>& chain, std::size_t limit) {
    json::Ordered described;
    for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
        json::Ordered object = describe(**at, limit);
        if (!described.is_null()) object["cause"] = std::move(described);
        described = std::move(object);
    }
    return described;
}

json::Ordered entry_of(FailKind kind, const Error& failure, std::size_t limit) {
    json::Ordered entry = json::Ordered::object();
    entry["time"] = clock::utc_text(clock::wall());
    entry["kind"] = kind == FailKind::child_death ? "child_death" : "failure";
    entry.update(describe_chain(chain_of(failure), limit));
    return entry;
}

json::Ordered earlier_entries(std::string_view log) {
    json::Ordered entries = json::Ordered::parse(log, nullptr, false);
    return entries.is_array() ? entries : json::Ordered::array();
}

}  // namespace

std::string with_failure(std::string_view log, FailKind kind, const Error& failure) {
    // Escapes can make a text six times as long: halve until this failure fits alone.
    std::size_t limit = 4096;
    json::Ordered entry = entry_of(kind, failure, limit);
    while (json::dump(entry).size() + 2 > kFailureLogBytes && limit > 16) {
        limit /= 2;
        entry = entry_of(kind, failure, limit);
    }
    json::Ordered entries = earlier_entries(log);
    entries.push_back(std::move(entry));
    while (entries.size() > kFailuresKept) entries.erase(entries.begin());
    std::string text = json::dump(entries);
    while (text.size() > kFailureLogBytes && entries.size() > 1) {
        entries.erase(entries.begin());
        text = json::dump(entries);
    }
    return text;
}

}  // namespace haul::ledger

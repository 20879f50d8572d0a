#include "flow/unpack/outcome_log.h"

#include <cerrno>
#include <utility>

#include "base/json.h"

namespace haul::unpack {

void OutcomeLog::done(std::uint64_t bytes) {
    ++files_;
    bytes_ += bytes;
}

void OutcomeLog::skipped(const std::string& path, const std::string& why) {
    outcome_.facts.push_back({kSkippedFact, path, json::dump(json::Ordered{{"reason", why}})});
    report::Event event;
    event.type = report::Type::item_skipped;
    event.subject = path;
    event.text = why;
    work_.hub.emit(std::move(event));
}

void OutcomeLog::failed(const std::string& path, Error error) {
    outcome_.facts.push_back({kFailedFact, path,
                              json::dump(json::Ordered{{"reason", std::string(name_of(error.code))},
                                                       {"detail", error.message()}})});
    work_.hub.fail_item(path, std::move(error));
}

Status OutcomeLog::failed_alone(const std::string& path, Error error) {
    if (!about_item(error)) return failure(std::move(error));
    failed(path, std::move(error));
    return {};
}

std::string OutcomeLog::progress(std::size_t next) const {
    return json::dump(json::Ordered{{"next", next}, {"files", files_}, {"bytes", bytes_}});
}

Result<std::size_t> OutcomeLog::resume(const std::string& progress, std::size_t first) {
    if (progress.empty()) return first;
    constexpr std::string_view subject = "run checkpoint";
    const json::Value value = TRY(json::parse(progress, subject));
    files_ = TRY(json::uint_at(value, "files", subject));
    bytes_ = TRY(json::uint_at(value, "bytes", subject));
    work_.count(files_, bytes_);
    return static_cast<std::size_t>(TRY(json::uint_at(value, "next", subject)));
}

ledger::Outcome OutcomeLog::take(const std::string& total_key) {
    if (!total_key.empty()) {
        outcome_.facts.push_back(
            {kTotalFact, total_key, json::dump(json::Ordered{{"files", files_}, {"bytes", bytes_}})});
    }
    return std::exchange(outcome_, {});
}

bool about_item(const Error& error) {
    switch (error.code) {
        case Code::exists:
        case Code::changed:
        case Code::denied:
        case Code::corrupt:
        case Code::unsupported:
        case Code::usage:
            return true;
        case Code::not_found:
        case Code::io:
            break;
        default:
            return false;
    }
    switch (error.root().os_error) {
        case ENAMETOOLONG:
        case ENOTDIR:
        case EISDIR:
        case ELOOP:
        case EILSEQ:
        case EINVAL:
            return true;
        default:
            return false;
    }
}

}  // namespace haul::unpack

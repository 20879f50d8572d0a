#include "flow/unpack/outcome_log.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace haul::unpack {

void OutcomeLog::done(const Item& item) { counted_.add(item); }

void OutcomeLog::skipped(const std::string& path, const std::string& why) {
    outcome_.facts.push_back({kSkippedFact, path, json::dump(json::Ordered{{"reason", why}})});
    report::Event event;
    event.type = report::Type::item_skipped;
    event.subject = path;
    event.text = why;
    work_.hub.emit(std::move(event));
}

void OutcomeLog::failed(const std::string& path, Error error) {
    if (error.remedy.empty())
        error.remedy = usual_remedy(error, work_.request, work_.archives.set.has_value());
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
    json::Ordered value = to_json(counted_);
    value["next"] = next;
    return json::dump(value);
}

Result<std::size_t> OutcomeLog::resume(const std::string& progress, std::size_t first) {
    if (progress.empty()) return first;
    constexpr std::string_view subject = "run checkpoint";
    const json::Value value = TRY(json::parse(progress, subject));
    counted_ = TRY(counted_from(value, subject));
    work_.count(counted_.files, counted_.bytes);
    return static_cast<std::size_t>(TRY(json::uint_at(value, "next", subject)));
}

ledger::Outcome OutcomeLog::take(const std::string& total_key) {
    if (!total_key.empty()) {
        outcome_.facts.push_back({kTotalFact, total_key, json::dump(to_json(counted_))});
    }
    return std::exchange(outcome_, {});
}

std::string damage_remedy(const Request& request, bool is_set) {
    if (is_set) {
        return fmt::format("`haul verify {}` says where it is damaged; restore those parts from another copy",
                           text::printable(request.source.canonical()));
    }
    return "get the archive again from where it came, and unpack it again: what is whole stays in place";
}

std::string usual_remedy(const Error& error, const Request& request, bool is_set) {
    if (error.root().os_error == ENAMETOOLONG)
        return "give --rename-unfit: it is written under a shorter name";
    switch (error.code) {
        case Code::corrupt:
            return damage_remedy(request, is_set);
        case Code::denied:
            return "give yourself the right to it, or run the same command as a user who has it";
        case Code::exists:
        case Code::not_found:
            return "move away what is there under its name, or unpack into another folder";
        default:
            return {};
    }
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

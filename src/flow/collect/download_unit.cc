#include "flow/collect/download_unit.h"

#include <fcntl.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/fault_point.h"
#include "base/file.h"
#include "base/json.h"
#include "flow/collect/admit.h"
#include "flow/collect/decided.h"
#include "flow/collect/facts.h"
#include "flow/collect/units.h"

namespace haul::collect {
namespace {

// The operation by which is_at_limit knows its errors.
constexpr const char* kAtLimit = "begin to download";

constexpr std::uint64_t kGotOn = 1ULL << 20U;  // bytes

// How far a download is: its checkpoint.
struct Progress {
    std::string validator{};  // of what the temporary holds
    std::string extension{};  // known: the file is whole, and being put in place
    std::string sha256{};     // known: its bytes are ours
    std::string displaced{};  // file of another that had them before, to be removed
    std::uint64_t reached{};  // the most bytes that a try that failed had come to
    bool recorded = false;    // nothing is left to do
};

std::string to_text(const Progress& progress) {
    json::Ordered value = {{"validator", progress.validator}};
    if (!progress.extension.empty()) value["extension"] = progress.extension;
    if (!progress.sha256.empty()) value["sha256"] = progress.sha256;
    if (!progress.displaced.empty()) value["displaced"] = progress.displaced;
    if (progress.reached > 0) value["reached"] = progress.reached;
    if (progress.recorded) value["recorded"] = true;
    return json::dump(value);
}

Result<Progress> progress_of(const ledger::Lease& lease) {
    if (lease.checkpoint.empty()) return Progress{};
    const std::string subject = "download " + lease.key;
    const json::Value value = TRY(json::parse(lease.checkpoint, subject));
    Progress progress;
    progress.validator = TRY(json::find_string(value, "validator", subject)).value_or("");
    progress.extension = TRY(json::find_string(value, "extension", subject)).value_or("");
    progress.sha256 = TRY(json::find_string(value, "sha256", subject)).value_or("");
    progress.displaced = TRY(json::find_string(value, "displaced", subject)).value_or("");
    if (value.contains("reached")) progress.reached = TRY(json::uint_at(value, "reached", subject));
    progress.recorded = value.contains("recorded");
    return progress;
}

// Part of a path: short, and of letters and digits alone.
std::string safe_extension(std::string extension) {
    std::erase_if(extension, [](unsigned char c) { return (c < 'a' || c > 'z') && (c < '0' || c > '9'); });
    return is_extension(extension) ? extension : "media";
}

class Downloader {
  public:
    Downloader(Work& work, engine::Context& context)
        : work_(work), context_(context), id_(without_turn(context.lease.key)) {
        recording_.id = id_;
    }

    Result<ledger::Outcome> run() {
        progress_ = TRY(progress_of(context_.lease));
        if (progress_.recorded) return ledger::Outcome{};
        if (TRY(left_out_at(work_.ledger(), id_))) return leave();
        auto candidate = TRY(candidate_at(work_.ledger(), id_));
        if (!candidate) return failure(Code::internal, "download", id_, "no such candidate was found");
        recording_.candidate = *std::move(candidate);
        // It was put in place before we died, or is about to be.
        if (!progress_.extension.empty() && TRY(is_here())) return finish(progress_.extension);
        TRY(begin_again());
        return fetch();
    }

  private:
    // Somebody may have removed the temporary, or the ledger is of another machine.
    Result<bool> is_here() {
        recording_.extension = progress_.extension;
        if (TRY(work_.corpus.has(file_of(recording_)))) return true;
        return file::stat_at(AT_FDCWD, work_.corpus.incoming(id_), false).has_value();
    }

    // What was whole is gone: neither that nor its version may be believed of what is fetched now.
    Status begin_again() {
        if (progress_.extension.empty()) return {};
        progress_.extension.clear();
        progress_.validator.clear();
        return context_.checkpoint(to_text(progress_));
    }

    Result<ledger::Outcome> fetch() {
        if (work_.is_rebuilt) {
            const auto extension = TRY(work_.corpus.extension_of(id_, context_.shutdown.stop()));
            if (extension) return adopt(*extension);
        }
        const auto place = TRY(work_.fetches.begin(context_.shutdown.drain()));
        if (!work_.begin_fetch()) return at_limit();
        auto outcome = fetch_within_limit(*place);
        if (!is_fetched_) work_.fetched_nothing();
        if (is_fetched_) work_.trouble.worked(id_, recording_.candidate.source_url);
        if (!outcome) return failure(without_temporary(std::move(outcome).error()));
        return outcome;
    }

    // Of a run whose ledger is gone.
    Result<ledger::Outcome> adopt(const std::string& extension) {
        evidence_ = TRY(evidence_of(work_.ledger(), id_));
        Described described =
            TRY(describe(work_, id_, recording_.candidate, context_.shutdown.stop(), evidence_));
        recording_.candidate = std::move(described.candidate);
        if (described.left_out) return leave_out(*described.left_out);
        progress_.extension = extension;
        return finish(extension);
    }

    // Stays as it is, for a run that may fetch more.
    [[nodiscard]] std::unexpected<Error> at_limit() const {
        Error error = make_error(Code::unavailable, kAtLimit, id_, "the limit is reached");
        error.retry_after = std::chrono::milliseconds(0);
        return failure(std::move(error));
    }

    Result<ledger::Outcome> fetch_within_limit(Fetches::Fetch& place) {
        Described described = TRY(describe(work_, id_, recording_.candidate, context_.shutdown.stop()));
        recording_.candidate = std::move(described.candidate);
        if (described.left_out) return leave_out(*described.left_out);
        TRY(place.reserve(need(), context_.shutdown.drain()));
        const Result<Fetched> fetched = fetch_media(place);
        if (place.refused()) return failure(Error(*place.refused()));
        if (!fetched) {
            const auto left_out = left_out_by(fetched.error());
            if (left_out) return leave_out(*left_out);
            TRY(forgive_where_it_got_on(fetched.error()));
            return failure(work_.trouble.of(id_, recording_.candidate.source_url, Error(fetched.error())));
        }
        is_fetched_ = true;
        recording_.type = fetched->type;
        progress_.extension = safe_extension(fetched->extension);
        TRY(context_.checkpoint(to_text(progress_)));
        return finish(progress_.extension);
    }

    [[nodiscard]] Fetches::Need need() const {
        Fetches::Need need{.path = work_.corpus.incoming(id_),
                           .size = recording_.candidate.size,
                           .is_recording = true,
                           .seconds = recording_.candidate.duration};
        const auto begun = file::stat_at(AT_FDCWD, need.path, false);
        if (begun && !progress_.validator.empty()) need.there = static_cast<std::uint64_t>(begun->st_size);
        return need;
    }

    Result<Fetched> fetch_media(Fetches::Fetch& place) {
        FetchTo to;
        to.path = work_.corpus.incoming(id_);
        to.validator = progress_.validator;
        to.begun = [this](const std::string& validator) -> Status {
            progress_.validator = validator;
            // A checkpoint counts as progress and forgives failures: begun anew is none.
            std::string text = to_text(progress_);
            if (text == recorded_) return {};
            TRY(context_.checkpoint(text));
            recorded_ = std::move(text);
            return {};
        };
        to.room = [&place](std::uint64_t at, std::optional<std::uint64_t> more) {
            return place.will_write(at, more);
        };
        to.progress = [this, &place](std::uint64_t bytes) {
            place.wrote(bytes);
            show(bytes);
        };
        auto fetched =
            work_.source_of(recording_.candidate)->fetch(recording_.candidate, to, context_.shutdown.drain());
        if (fetched) place.ended(fetched->bytes);
        if (fetched) work_.count_fetched(1, fetched->received);
        FAULT_POINT("collect.download.fetched");
        return fetched;
    }

    // A large file of a slow host takes more tries than failures set a unit aside. What comes again and again
    // to the same byte does not get on.
    Status forgive_where_it_got_on(const Error& error) {
        const bool is_away = error.code == Code::unavailable || error.code == Code::timed_out;
        if (!is_away || progress_.validator.empty()) return {};
        const auto there = file::stat_at(AT_FDCWD, work_.corpus.incoming(id_), false);
        const auto bytes = there ? static_cast<std::uint64_t>(there->st_size) : 0;
        if (bytes < progress_.reached + kGotOn) return {};
        progress_.reached = bytes;
        work_.trouble.worked(id_, recording_.candidate.source_url);
        return context_.checkpoint(to_text(progress_));
    }

    // What no try can go on with is no temporary worth keeping, nor what is given up.
    [[nodiscard]] Error without_temporary(Error error) {
        const bool is_counted = error.code == Code::corrupt || error.code == Code::io;
        const bool is_last = is_counted && context_.lease.failures + 1 >= ledger::kFailuresToSetAside;
        const bool is_resumed = !progress_.validator.empty() && !is_last;
        if (is_resumed || !progress_.extension.empty()) return error;
        return work_.corpus.drop(id_) ? std::move(error).with_cleaned("its temporary") : error;
    }

    void show(std::uint64_t bytes) {
        report::Event event;
        event.type = report::Type::worker;
        event.level = report::Level::debug;
        event.worker = context_.worker;
        event.subject = recording_.candidate.title.empty() ? id_ : recording_.candidate.title;
        event.bytes = bytes;
        event.total_bytes = recording_.candidate.size.value_or(0);
        work_.hub.emit(std::move(event));
    }

    // From a whole temporary, or the file that it became, to a recording.
    Result<ledger::Outcome> finish(const std::string& extension) {
        recording_.extension = extension;
        const std::string name = file_of(recording_);
        const bool placed = TRY(work_.corpus.has(name));
        const std::string path =
            placed ? TRY(work_.corpus.at_hand(name, "check-" + id_, context_.shutdown.stop()))
                   : work_.corpus.incoming(id_);
        const Contents contents = TRY(contents_of(path, context_.shutdown.stop()));
        if (placed) TRY(work_.corpus.drop("check-" + id_));
        recording_.bytes = contents.bytes;
        recording_.sha256 = contents.sha256;
        recording_.fetched_ns = clock::wall().count();
        if (is_erased(work_.decisions, recording_)) {
            // A file that was found stays for a person to look at.
            if (placed && work_.is_rebuilt) progress_.extension.clear();
            return leave_out({.why = kErasedReason});
        }
        if (contents.bytes == 0) return leave_out({.why = "undecodable", .detail = "it is empty"});
        if (const auto of = TRY(claim_contents()))
            return leave_out({.why = "duplicate", .detail = {}, .of = *of});
        if (!progress_.displaced.empty()) TRY(work_.corpus.remove(progress_.displaced));
        FAULT_POINT("collect.download.before_place");
        if (!placed) TRY(work_.corpus.place(id_, name, context_.shutdown.stop()));
        FAULT_POINT("collect.download.placed");
        return become_recording();
    }

    // The bytes are ours from here on; or whose they are. Of several items with the same bytes the one with
    // the lowest id has them, whichever came first: the corpus does not depend on the order.
    Result<std::optional<std::string>> claim_contents() {
        const std::lock_guard lock(work_.hashes);
        auto known = TRY(ledger::fact(work_.ledger(), kHashFact, recording_.sha256));
        if (known && *known < id_) return known;
        ledger::Outcome outcome;
        TRY(give_back_contents(outcome));
        std::optional<Recording> displaced;
        if (known && *known != id_) displaced = TRY(displace(*known, outcome));
        progress_.sha256 = recording_.sha256;
        outcome.facts.push_back({kHashFact, recording_.sha256, id_});
        TRY(context_.checkpoint(to_text(progress_), outcome));
        if (displaced) work_.forget(*displaced);
        return std::optional<std::string>();
    }

    // Whoever is about to become a recording sees that it was left out when it does.
    Result<std::optional<Recording>> displace(const std::string& other, ledger::Outcome& outcome) {
        auto recording = TRY(recording_at(work_.ledger(), other));
        if (recording) {
            outcome.facts.push_back({kRecordingFact, other, std::nullopt});
            progress_.displaced = file_of(*recording);
        }
        outcome.facts.push_back(fact_of(other, LeftOut{.why = "duplicate", .detail = {}, .of = id_}));
        return recording;
    }

    // Of an earlier try, whose file is gone: another item may have them. Held: Work::hashes.
    Status give_back_contents(ledger::Outcome& outcome) {
        const std::string ours = std::exchange(progress_.sha256, "");
        if (ours.empty() || TRY(ledger::fact(work_.ledger(), kHashFact, ours)) != id_) return {};
        outcome.facts.push_back({kHashFact, ours, std::nullopt});
        return {};
    }

    Result<ledger::Outcome> become_recording() {
        TRY(work_.corpus.drop(id_));
        const std::lock_guard lock(work_.hashes);
        if (TRY(left_out_at(work_.ledger(), id_))) return leave();
        ledger::Outcome outcome;
        outcome.facts.push_back(fact_of(recording_.candidate));
        outcome.facts.push_back(fact_of(recording_));
        if (!evidence_)
            work_.decisions.owe(LicenceEvidence{.item = id_, .licence = recording_.candidate.licence},
                                outcome);
        outcome.units.push_back(filter_unit(id_));
        progress_.recorded = true;
        TRY(context_.checkpoint(to_text(progress_), outcome));
        work_.bytes += recording_.bytes;
        FAULT_POINT("collect.download.recorded");
        return ledger::Outcome{};
    }

    // One commit, with the unit's end, but where bytes are given back: most that is left out was never
    // fetched.
    Result<ledger::Outcome> leave_out(const LeftOut& left_out) {
        ledger::Outcome outcome;
        outcome.facts.push_back(fact_of(recording_.candidate));
        outcome.facts.push_back(fact_of(id_, left_out));
        if (!progress_.sha256.empty()) {
            const std::lock_guard lock(work_.hashes);
            TRY(give_back_contents(outcome));
            TRY(context_.checkpoint(to_text(progress_), outcome));
            outcome = {};
        }
        work_.trouble.settled(id_, recording_.candidate.source_url);
        work_.say_left_out(recording_.candidate, left_out.why, left_out.detail);
        TRY(leave());
        return outcome;
    }

    // Its temporary, and the file that it had become or was about to.
    Result<ledger::Outcome> leave() {
        TRY(work_.corpus.drop(id_));
        recording_.extension = progress_.extension;
        if (!progress_.extension.empty()) TRY(work_.corpus.remove(file_of(recording_)));
        return ledger::Outcome{};
    }

    Work& work_;
    engine::Context& context_;
    const std::string id_;
    Progress progress_;
    std::string recorded_ = context_.lease.checkpoint;  // of it, until the file is whole
    Recording recording_;
    std::optional<Licence> evidence_{};  // of an earlier ledger, which fetched it
    bool is_fetched_ = false;
};

}  // namespace

bool is_at_limit(const Error& error) { return error.operation == kAtLimit; }

Result<ledger::Outcome> handle_download(Work& work, engine::Context& context) {
    return Downloader(work, context).run();
}

}  // namespace haul::collect

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/clock.h"
#include "flow/job/job.h"
#include "flow/job/job_lock.h"
#include "flow/job/record.h"
#include "flow/job/state_folder.h"

namespace haul::job {
namespace {

constexpr std::chrono::hours kKeepComplete{30 * 24};
constexpr std::size_t kIdLength = 16;

bool is_beginning_of_id(std::string_view text) {
    return text.size() <= kIdLength && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Ids that begin so, sorted.
Result<std::vector<std::string>> ids(const std::string& state, std::string_view beginning) {
    std::vector<std::string> found;
    std::error_code error;
    const std::string jobs = jobs_folder(state);
    for (std::filesystem::directory_iterator at(jobs, error), end; !error && at != end; at.increment(error)) {
        std::string name = at->path().filename().string();
        const bool is_id = name.size() == kIdLength && is_beginning_of_id(name);
        if (is_id && name.starts_with(beginning)) found.push_back(std::move(name));
    }
    if (error && error.value() != ENOENT) return failure(os_error(error.value(), "list", jobs));
    std::sort(found.begin(), found.end());
    return found;
}

// As it is now: what the record says, corrected by whether a process holds the job.
Record look_at(const std::string& state, const std::string& id) {
    const std::string folder = folder_of(state, id);
    Result<Record> read = read_record(folder);
    if (!read || read->id != id) {
        Record record;
        record.id = id;
        record.phase = is_held(folder) ? Phase::running : Phase::failed;
        record.outcome = "its record cannot be read" + (read ? std::string() : ": " + read.error().message());
        return record;
    }
    if (read->phase == Phase::running && !is_held(folder)) {
        read->phase = Phase::interrupted;
        read->outcome = "ended without a word (killed, or the power went); the same command continues";
    }
    return *std::move(read);
}

bool is_old(const Record& record) {
    return record.phase == Phase::complete && !is_lasting(record) &&
           clock::wall() - std::chrono::nanoseconds(record.ended_ns) > kKeepComplete;
}

Status remove_job(const std::string& state, const std::string& id) {
    const file::Fd lock = TRY(lock_job(folder_of(state, id)));
    return file::remove_tree(AT_FDCWD, folder_of(state, id));
}

Result<std::string> resolve(const std::string& state, const std::string& id) {
    if (id.empty())
        return failure(
            make_error(Code::usage, "find", "job", "no id given").with_remedy("`haul jobs` lists them"));
    std::vector<std::string> found;
    if (is_beginning_of_id(id)) found = TRY(ids(state, id));
    if (found.empty()) {
        return failure(make_error(Code::not_found, "find", "job " + id, "no such job in " + state)
                           .with_remedy("`haul jobs` lists them"));
    }
    if (found.size() > 1) {
        return failure(
            Code::usage, "find", "job " + id,
            fmt::format("{} jobs begin so, among them {} and {}", found.size(), found[0], found[1]));
    }
    return found.front();
}

}  // namespace

std::string folder_of(const std::string& state, const std::string& id) {
    return jobs_folder(state) + "/" + id;
}

Result<std::vector<Record>> list_jobs(const std::string& state) {
    std::vector<Record> records;
    const std::vector<std::string> all = TRY(ids(state, ""));
    for (const std::string& id : all) {
        Record record = look_at(state, id);
        // Kept where it cannot be removed: somebody holds it, or the folder is read-only.
        if (is_old(record) && remove_job(state, id)) continue;
        records.push_back(std::move(record));
    }
    std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
        return std::tie(b.started_ns, a.id) < std::tie(a.started_ns, b.id);
    });
    return records;
}

Result<Record> find_job(const std::string& state, const std::string& id) {
    const std::string whole = TRY(resolve(state, id));
    return look_at(state, whole);
}

Status forget_job(const std::string& state, const std::string& id) {
    const std::string whole = TRY(resolve(state, id));
    const Status removed = remove_job(state, whole);
    if (!removed) return failure(explain(Error(removed.error()), state));
    return {};
}

}  // namespace haul::job

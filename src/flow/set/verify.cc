#include "flow/set/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "base/digest.h"
#include "engine/memory.h"
#include "flow/set/against.h"
#include "flow/set/image_check.h"
#include "flow/set/path_check.h"
#include "store/side_by_side.h"

namespace haul::set {
namespace {

constexpr std::size_t kStretchesOfService = 4;  // each is waited for

// What a manifest says of its entries, compactly: a million of them are a part.
class Expected {
  public:
    Expected(digest::Algorithm algorithm, std::uint64_t entries)
        : algorithm_(algorithm), width_(digest_width(algorithm)) {
        crcs_.reserve(static_cast<std::size_t>(std::min(entries, format::kMostReserved)));
        digests_.reserve(static_cast<std::size_t>(std::min(entries, format::kMostReserved)) * width_);
    }
    void add(const format::Member& member) {
        crcs_.push_back(member.crc32.value_or(0));
        auto parsed = digest::parse(member.digest);
        const bool usual = parsed && parsed->algorithm == algorithm_ && parsed->raw.size() == width_;
        if (!usual && !member.digest.empty()) odd_.emplace(crcs_.size() - 1, member.digest);
        has_digest_.push_back(usual);
        digests_.append(usual ? parsed->raw : std::string(width_, '\0'));
    }
    [[nodiscard]] const std::vector<std::uint32_t>& crcs() const { return crcs_; }
    // Its digest as text where `is`, the raw one of what was read, is another; nullopt: it agrees, or there
    // is none.
    [[nodiscard]] std::optional<std::string> other_digest(std::size_t entry, std::string_view is) const {
        if (has_digest_[entry]) {
            const std::string_view should = std::string_view(digests_).substr(entry * width_, width_);
            return is == should ? std::nullopt : std::optional(digest::text(algorithm_, should));
        }
        const auto odd = odd_.find(entry);
        return odd == odd_.end() ? std::nullopt : std::optional(odd->second);
    }

  private:
    digest::Algorithm algorithm_;
    std::size_t width_;
    std::vector<std::uint32_t> crcs_;
    std::string digests_;
    std::vector<bool> has_digest_;
    std::map<std::size_t, std::string> odd_;  // of another kind than the set's
};

// What the threads of one verification share.
class Verification {
  public:
    Verification(store::Store& store, const VerifyOptions& options, report::Hub& hub,
                 const std::stop_token& stop)
        : store_(store),
          options_(options),
          hub_(hub),
          stop_(stop),
          memory_(options.memory),
          at_once_(store::is_service(store.capabilities()) ? kStretchesOfService : 1) {}

    Result<VerifyReport> run() {
        auto record = open_set(store_);
        if (!record) return damaged_or_error(std::move(record).error());
        record_ = std::move(*record);
        algorithm_ = digest::algorithm_named(record_.options.digest).value_or(digest::Algorithm::none);
        tell_total();
        paths_.assign(record_.parts.size(), PathOrder(is_from_folder(record_)));
        verify_parts();
        if (error_) return failure(std::move(*error_));
        TRY(check_paths());
        if (options_.against != nullptr) {
            TRY(compare_with_source(
                store_, record_, *options_.against, [&](Finding finding) { add(std::move(finding)); },
                stop_));
        }
        std::sort(report_.findings.begin(), report_.findings.end(), [](const Finding& a, const Finding& b) {
            return std::tie(a.object, a.offset, a.path) < std::tie(b.object, b.offset, b.path);
        });
        return std::move(report_);
    }

  private:
    // A record that is there and cannot be read is a finding of its own: it says where.
    Result<VerifyReport> damaged_or_error(Error error) {
        if (error.code != Code::corrupt) return failure(std::move(error));
        add({error.subject, std::nullopt, {}, error.message()});
        return std::move(report_);
    }

    void verify_parts() {
        std::atomic<std::size_t> next = 0;
        const auto work = [&](unsigned worker) {
            for (std::size_t index = next++; index < record_.parts.size(); index = next++) {
                if (Status done = verify_part(record_.parts[index], paths_[index], worker); !done) {
                    const std::scoped_lock lock(mutex_);
                    if (!error_) error_ = std::move(done).error();
                    return;
                }
            }
        };
        std::vector<std::jthread> threads;
        const auto count =
            static_cast<unsigned>(std::min<std::size_t>(options_.threads, record_.parts.size()));
        for (unsigned worker = 1; worker < count; ++worker) threads.emplace_back(work, worker);
        work(0);
    }

    // Table, sums of manifest and image, and the stretches of the image that are compared.
    [[nodiscard]] std::uint64_t memory_for(const format::PartRecord& part) const {
        const format::TableSize size = table_size(record_, part);
        const std::uint64_t sums = 2 * size.entries * (4 + digest_width(algorithm_));
        return format::memory_of(size) + sums + kImageCheckMemory + (at_once_ - 1) * kImageStretch;
    }

    Status verify_part(const format::PartRecord& part, PathOrder& paths, unsigned worker) {
        const engine::Reservation memory = TRY(memory_.reserve(memory_for(part), part.name, stop_));
        format::MemberTable table;
        Expected entries(algorithm_, part.members);
        auto read = read_table(
            store_, part, table,
            [&](const format::Member& member) -> Status {
                if (!member.zip_name.empty()) entries.add(member);
                paths.add(member);
                return {};
            },
            stop_);
        if (!read) {
            unread_ = true;
            return finding_or_error(part.manifest, std::move(read).error());
        }
        for (const std::string& path : paths.bad())
            add({part.manifest, std::nullopt, path, "a path that leads nowhere beneath a folder"});
        if (!check_counts(part, table)) return {};
        if (options_.quick) return verify_size(part);
        return verify_image(part, table, entries, worker);
    }

    // Of all parts together. What no manifest can be read of was told.
    Status check_paths() {
        if (unread_) return {};
        MemberCounts counts;
        bool good = record_.superseded.empty() && record_.gone.empty();
        for (std::size_t at = 0; at < paths_.size(); ++at) {
            counts.add(paths_[at].counts());
            good = good && paths_[at].is_good() && (at == 0 || paths_[at].follows(paths_[at - 1]));
        }
        if (!good) {
            constexpr std::uint64_t each = 32, most = 4'000'000;
            const std::uint64_t at_once = std::min(memory_.for_work() / 2 / each, most);
            const engine::Reservation memory =
                TRY(memory_.reserve(at_once * each, "comparing the paths of all members", stop_));
            counts = TRY(find_meeting_paths(
                store_, record_, at_once, [&](Finding finding) { add(std::move(finding)); }, stop_));
        }
        if (std::string other = other_totals(record_, counts); !other.empty())
            add({format::file_name(record_.generation), std::nullopt, {}, std::move(other)});
        return {};
    }

    // Damage is a finding; a store that cannot be read is an error.
    Status finding_or_error(const std::string& object, Error error) {
        if (error.code != Code::corrupt && error.code != Code::not_found) return failure(std::move(error));
        add({object, std::nullopt, {}, error.code == Code::not_found ? "it is missing" : error.message()});
        return {};
    }

    bool check_counts(const format::PartRecord& part, const format::MemberTable& table) {
        const std::uint64_t folders = table.lines() - table.entries();
        if (table.layout().image_size() == part.size && table.entries() == part.members) {
            if (folders == part.folders && table.file_bytes() == part.bytes) return true;
            add({part.manifest,
                 std::nullopt,
                 {},
                 fmt::format(
                     "it has {} bytes of files and {} lines of folders; the set's record says {} and {}",
                     table.file_bytes(), folders, part.bytes, part.folders)});
            return true;  // that keeps nobody from looking at its bytes
        }
        add({part.manifest,
             std::nullopt,
             {},
             fmt::format("its {} members make an image of {} bytes; the set's record says {} and {}",
                         table.entries(), table.layout().image_size(), part.members, part.size)});
        return false;
    }

    Status verify_size(const format::PartRecord& part) {
        const auto image = TRY(store::find_file(store_, part.name));
        if (!image) {
            add({part.name, std::nullopt, {}, "it is missing"});
        } else if (image->size != part.size) {
            add({part.name,
                 std::min(image->size, part.size),
                 {},
                 fmt::format("it has {} bytes, the set's record says {}", image->size, part.size)});
        } else if (image->crc32 && *image->crc32 != part.crc32) {
            add({part.name, std::nullopt, {}, "the store's CRC-32 is not the one in the set's record"});
        }
        count(part.members, part.bytes);
        return {};
    }

    Status verify_image(const format::PartRecord& part, const format::MemberTable& table,
                        const Expected& entries, unsigned worker) {
        bool contradicted = false;
        std::uint64_t read_bytes = 0;
        const auto contents = check_image(
            store_, part.name, table, entries.crcs(), algorithm_,
            [&](std::uint64_t offset, std::optional<std::size_t> entry, std::string what) {
                contradicted = true;
                const std::string path =
                    entry ? std::string(table.path(table.line_of(*entry))) : std::string();
                add({part.name, offset, path, std::move(what)});
            },
            {.progress =
                 [&](std::uint64_t bytes) {
                     read_bytes += bytes;
                     show(part, worker, read_bytes);
                 },
             .at_once = at_once_},
            stop_);
        if (!contents) return finding_or_error(part.name, contents.error());
        check_digests(part, table, entries, *contents);
        if (!contradicted && contents->crc32 != part.crc32) {
            add({part.name,
                 std::nullopt,
                 {},
                 fmt::format("its CRC-32 is {:08x}, the set's record says {:08x}", contents->crc32,
                             part.crc32)});
        }
        count(part.members, part.bytes);
        return {};
    }

    void check_digests(const format::PartRecord& part, const format::MemberTable& table,
                       const Expected& entries, const ImageContents& contents) {
        const std::size_t width = digest_width(algorithm_);
        if (width == 0) return;
        for (std::size_t entry = 0; entry < table.entries(); ++entry) {
            const std::string_view is = std::string_view(contents.digests).substr(entry * width, width);
            const auto should = entries.other_digest(entry, is);
            if (!should) continue;
            add({part.name, table.layout().data_offset(entry), std::string(table.path(table.line_of(entry))),
                 fmt::format("the contents' digest is {}, the manifest says {}", digest::text(algorithm_, is),
                             *should)});
        }
    }

    void add(Finding finding) {
        report::Event event;
        event.type = report::Type::notice;
        event.level = report::Level::error;
        event.subject = finding.path.empty() ? finding.object : finding.object + ": " + finding.path;
        event.text =
            finding.offset ? fmt::format("at byte {}: {}", *finding.offset, finding.what) : finding.what;
        hub_.emit(std::move(event));
        const std::scoped_lock lock(mutex_);
        ++report_.finding_count;
        if (report_.findings.size() < kMostFindingsListed) report_.findings.push_back(std::move(finding));
    }

    void count(std::uint64_t members, std::uint64_t bytes) {
        const std::scoped_lock lock(mutex_);
        ++report_.parts;
        report_.members += members;
        report_.bytes += bytes;
        report::Event event;
        event.type = report::Type::progress;
        event.files = report_.members;
        event.bytes = report_.bytes;
        hub_.emit(std::move(event));
    }

    void show(const format::PartRecord& part, unsigned worker, std::uint64_t bytes) {
        report::Event event;
        event.type = report::Type::worker;
        event.worker = worker;
        event.subject = part.name;
        event.bytes = bytes;
        event.total_bytes = part.size;
        hub_.emit(std::move(event));
    }

    void tell_total() {
        report::Event event;
        event.type = report::Type::total;
        event.files = record_.files + record_.folders + record_.symlinks;
        event.bytes = record_.bytes;
        event.final_total = true;
        hub_.emit(std::move(event));
    }

    store::Store& store_;
    const VerifyOptions& options_;
    report::Hub& hub_;
    std::stop_token stop_;
    engine::Memory memory_;
    std::size_t at_once_;  // stretches of one image
    format::SetRecord record_;
    digest::Algorithm algorithm_ = digest::Algorithm::none;
    std::vector<PathOrder> paths_;  // of each part
    std::atomic<bool> unread_ = false;
    std::mutex mutex_;
    VerifyReport report_;
    std::optional<Error> error_;
};

}  // namespace

Result<VerifyReport> verify(store::Store& set, const VerifyOptions& options, report::Hub& hub,
                            const std::stop_token& stop) {
    return Verification(set, options, hub, stop).run();
}

}  // namespace haul::set

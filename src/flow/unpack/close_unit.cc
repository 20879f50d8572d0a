// The unit "close": symlinks, then every folder with its mode and times, the deepest first. Nothing of ours
// follows a symlink after this. At a service: keys for those folders alone that need one.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/fault_point.h"
#include "base/units.h"
#include "flow/unpack/folder_keys.h"
#include "flow/unpack/placing.h"
#include "flow/unpack/read_twice.h"
#include "flow/unpack/units.h"

namespace haul::unpack {
namespace {

constexpr std::size_t kBatch = 4096;
constexpr std::uint64_t kBatchMemory = 4ULL << 20U;  // with paths of usual length

class Closing {
  public:
    Closing(Work& work, engine::Context& context) : work_(work), context_(context), log_(work) {}

    Result<ledger::Outcome> run() {
        for (std::size_t archive = 0; archive < work_.archives.names.size(); ++archive)
            TRY(make_symlinks(archive));
        FAULT_POINT("unpack.close.after_symlinks");
        for (std::size_t archive = work_.archives.names.size(); archive-- > 0;) TRY(set_folders(archive));
        tell_left_as_they_are();
        FAULT_POINT("unpack.close.after_folders");
        return log_.take(context_.lease.key);
    }

  private:
    // Null where the archive was found damaged when it was planned, and told.
    Result<std::shared_ptr<const Index>> readable_index(std::size_t archive) {
        const std::string& name = work_.archives.names[archive];
        if (TRY(ledger::fact(work_.job.ledger(), kFailedFact, name))) return std::shared_ptr<const Index>();
        return index_of(work_, archive);
    }

    Status make_symlinks(std::size_t archive) {
        const engine::Reservation memory = TRY(reserve_index(work_, context_, archive, kBatchMemory));
        const auto index = TRY(readable_index(archive));
        if (!index) return {};
        for (std::size_t at = 0; at < index->count(); ++at) {
            std::optional<Item> item = index->item(at);
            if (!item || item->kind != zip::Kind::symlink || !work_.wanted(*item)) continue;
            if (in_own_folder(item->path)) {
                log_.failed(item->path, own_folder_error(*item));
                continue;
            }
            if (!work_.can.keeps_modes) {
                log_.failed(item->path, no_symlinks_error(*item));
                continue;
            }
            if (item->foreign != nullptr) {
                auto target = read_twice(work_, item->path,
                                         [&](bool /*again*/) { return read_target(archive, *item); });
                if (!target) {
                    TRY(log_.failed_alone(item->path, std::move(target).error()));
                    continue;
                }
                item->target = std::move(*target);
            }
            if (work_.request.symlinks_inside && leads_out(item->path, item->target)) {
                log_.failed(item->path,
                            make_error(Code::unsupported, "unpack the symlink", item->path,
                                       "it leads out of the destination, and --symlinks=inside was given")
                                .with_remedy("where you trust the archive, leave out --symlinks=inside"));
                continue;
            }
            items_.push_back(std::move(*item));
            if (items_.size() == kBatch) TRY(write());
        }
        return write();
    }

    // A foreign symlink's target is its data.
    Result<std::string> read_target(std::size_t archive, const Item& item) {
        constexpr std::uint64_t longest = 65536;
        if (item.size > longest || item.foreign->compressed_size > longest) {
            return failure(Code::corrupt, "unpack the symlink", item.path,
                           "its target is longer than any path");
        }
        ArchiveSource source = TRY(ArchiveSource::open(*work_.archives.store, work_.archives.names[archive]));
        const std::uint64_t data = TRY(zip::locate_data(source, *item.foreign));
        std::vector<std::byte> stored(static_cast<std::size_t>(item.foreign->compressed_size));
        TRY(source.read(data, stored));
        std::string target;
        zip::Extractor extractor(*item.foreign, source.name());
        const auto sink = [&](std::span<const std::byte> bytes) -> Status {
            for (const std::byte byte : bytes) target += static_cast<char>(byte);
            return {};
        };
        TRY(extractor.write(stored, sink));
        TRY(extractor.end(sink));
        return target;
    }

    Error no_symlinks_error(const Item& item) const {
        return make_error(Code::unsupported, "unpack the symlink", item.path,
                          "the destination holds no symlinks")
            .with_remedy(
                "unpack it into a local folder with --include, or pack with --symlinks=follow, which takes "
                "what symlinks point to");
    }

    // Listing order backwards: what lies in a folder comes before the folder.
    Status set_folders(std::size_t archive) {
        const engine::Reservation memory = TRY(reserve_index(work_, context_, archive, kBatchMemory));
        const auto index = TRY(readable_index(archive));
        if (!index) return {};
        const FolderKeys keys(work_, *index);
        for (std::size_t at = index->count(); at-- > 0;) {
            std::optional<Item> item = index->item(at);
            if (!item || item->kind != zip::Kind::folder || item->path == "." || !work_.wanted(*item))
                continue;
            if (!keys.needed_for(*item)) {
                if (item->stands) log_.done(*item);
                continue;
            }
            if (in_own_folder(item->path)) {
                log_.failed(item->path, own_folder_error(*item));
                continue;
            }
            items_.push_back(std::move(*item));
            if (items_.size() == kBatch) TRY(write());
        }
        return write();
    }

    Status write() {
        if (items_.empty()) return {};
        TRY(context_.check_stop());
        TRY(work_.claim.check_if_stale());
        std::vector<store::Write> writes;
        for (const Item& item : items_) {
            store::Write write;
            write.name = placed_name(work_, item);
            write.attributes = attributes_of(work_, item);
            if (item.kind == zip::Kind::symlink) {
                write.kind = store::Kind::symlink;
                write.bytes = std::as_bytes(std::span(item.target));
                write.attributes.mode.reset();
                if (work_.request.if_exists != IfExists::overwrite)
                    write.condition.kind = store::Condition::Kind::create_only;
            } else {
                write.kind = store::Kind::folder;
            }
            writes.push_back(std::move(write));
        }
        work_.destination.write_many(writes, {work_.scratch(context_.lease.ref.unit, "close")},
                                     work_.shutdown.stop());
        for (std::size_t i = 0; i < writes.size(); ++i) TRY(settle(items_[i], writes[i]));
        items_.clear();
        return {};
    }

    void replace(store::Write& write) {
        write.condition = {};
        write.result = {};
        work_.destination.write_many({&write, 1}, {work_.scratch(context_.lease.ref.unit, "newer")},
                                     work_.shutdown.stop());
    }

    Status settle(const Item& item, store::Write& write) {
        bool done = write.result.has_value();
        if (!done && item.kind == zip::Kind::symlink && write.result.error().code == Code::exists) {
            const auto looked = store::find_object(work_.destination, write.name);
            if (!looked) return log_.failed_alone(item.path, looked.error());
            const auto& there = *looked;
            done = there && there->kind == store::Kind::symlink && there->target == item.target;
            if (!done && there && work_.request.if_exists == IfExists::newer &&
                there->kind != store::Kind::folder) {
                if (item.mtime_ns.value_or(0) <= there->attributes.mtime_ns.value_or(0)) {
                    log_.skipped(item.path, "what is there is not older");
                    return {};
                }
                replace(write);
                done = write.result.has_value();
            }
        }
        if (!done && item.kind == zip::Kind::folder &&
            is_somebody_elses(work_.request, write.result.error())) {
            if (left_as_they_are_++ == 0) first_left_ = {write.name, write.result.error()};
            done = true;
        }
        if (done) {
            if (item.stands) log_.done(item);
            return {};
        }
        return log_.failed_alone(item.path, std::move(write.result).error());
    }

    // Once for all: there may be thousands.
    void tell_left_as_they_are() {
        if (left_as_they_are_ == 0) return;
        std::string text = left_as_it_is(first_left_.second);
        if (left_as_they_are_ > 1)
            text += fmt::format("; so do {} more folders in it or beside it",
                                units::count_text(left_as_they_are_ - 1));
        work_.hub.note(report::Level::warning, std::move(text), first_left_.first);
    }

    Work& work_;
    engine::Context& context_;
    OutcomeLog log_;
    std::vector<Item> items_;
    std::uint64_t left_as_they_are_ = 0;  // folders of somebody else
    std::pair<std::string, Error> first_left_;
};

}  // namespace

ledger::NewUnit close_unit() { return {kCloseUnit, "folders", "{}", 0}; }

Result<ledger::Outcome> handle_close(Work& work, engine::Context& context) {
    return Closing(work, context).run();
}

}  // namespace haul::unpack

#include "store/conformance/conformance.h"

#include <array>
#include <utility>

#include "store/conformance/checks.h"

namespace haul::store::conformance {
namespace {

bool strict_names(const Capabilities& can) { return !can.any_names; }
bool by_bytes(const Capabilities& can) { return can.order == Order::bytes; }
bool conditional(const Capabilities& can) { return can.conditional_read; }
bool create_only(const Capabilities& can) { return can.create_only; }
bool creates(const Capabilities& can) { return can.create_only || can.creates_by_looking; }
bool replaces(const Capabilities& can) { return can.replace_if; }
bool random_pieces(const Capabilities& can) { return can.random_pieces; }
bool durable_pieces(const Capabilities& can) { return can.durable_pieces; }
bool keeps_modes(const Capabilities& can) { return can.keeps_modes; }
bool keeps_metadata(const Capabilities& can) { return can.keeps_metadata; }
bool lists_pieces(const Capabilities& can) { return can.lists_pieces; }
bool checks_whole(const Capabilities& can) { return can.full_object_checksum; }
bool copies(const Capabilities& can) { return can.ranged_copy; }

struct Promise {
    std::string_view name;
    Status (*check)(Bench&);
    bool (*made_by)(const Capabilities&) = nullptr;  // null: by every store
};

constexpr std::array kPromises = {
    Promise{"names_are_checked", names_are_checked, strict_names},
    Promise{"names_are_bytes", names_are_bytes},
    Promise{"errors_name_operation_and_object", errors_name_operation_and_object},
    Promise{"absent_is_not_found", absent_is_not_found},
    Promise{"reads_are_exact", reads_are_exact},
    Promise{"reads_are_of_one_version", reads_are_of_one_version, conditional},
    Promise{"versions_tell_contents_apart", versions_tell_contents_apart},
    Promise{"each_item_has_its_own_result", each_item_has_its_own_result},
    Promise{"calls_come_from_many_threads", calls_come_from_many_threads},
    Promise{"stop_interrupts", stop_interrupts},
    Promise{"listings_are_complete", listings_are_complete},
    Promise{"listings_are_in_byte_order", listings_are_in_byte_order, by_bytes},
    Promise{"listings_are_repeatable", listings_are_repeatable},
    Promise{"listings_go_on_behind_a_cursor", listings_go_on_behind_a_cursor},
    Promise{"listings_stay_beneath_their_prefix", listings_stay_beneath_their_prefix},
    Promise{"listings_agree_with_stat", listings_agree_with_stat},
    Promise{"failed_writes_leave_nothing", failed_writes_leave_nothing, creates},
    Promise{"written_objects_are_whole", written_objects_are_whole},
    Promise{"create_only_never_replaces", create_only_never_replaces, creates},
    Promise{"one_of_racing_creators_wins", one_of_racing_creators_wins, create_only},
    Promise{"replace_checks_the_version", replace_checks_the_version, replaces},
    Promise{"removed_objects_are_gone", removed_objects_are_gone},
    Promise{"removing_checks_the_version", removing_checks_the_version},
    Promise{"modes_and_times_are_kept", modes_and_times_are_kept, keeps_modes},
    Promise{"folders_and_symlinks_are_kept", folders_and_symlinks_are_kept, keeps_modes},
    Promise{"metadata_is_kept", metadata_is_kept, keeps_metadata},
    Promise{"the_clock_is_the_stores_own", the_clock_is_the_stores_own},
    Promise{"uploads_are_invisible_until_finished", uploads_are_invisible_until_finished},
    Promise{"pieces_come_in_any_order", pieces_come_in_any_order, random_pieces},
    Promise{"pieces_come_from_many_threads", pieces_come_from_many_threads, durable_pieces},
    Promise{"uploads_are_resumed_by_id", uploads_are_resumed_by_id},
    Promise{"finish_decides_the_size", finish_decides_the_size},
    Promise{"finish_honours_create_only", finish_honours_create_only, creates},
    Promise{"aborted_uploads_are_gone", aborted_uploads_are_gone},
    Promise{"pieces_are_listed", pieces_are_listed, lists_pieces},
    Promise{"wrong_checksums_are_refused", wrong_checksums_are_refused, checks_whole},
    Promise{"ranges_are_copied", ranges_are_copied, copies},
};

Status run(const Promise& promise, const Factory& factory) {
    const auto store = TRY(factory.make());
    Bench bench(*store, factory.folder + "/" + std::string(promise.name));
    TRY(bench.clean());
    const Status result = promise.check(bench);
    const Status cleaned = bench.clean();
    return result.has_value() ? cleaned : result;
}

}  // namespace

std::vector<std::string_view> promises(const Capabilities& can) {
    std::vector<std::string_view> names;
    for (const Promise& promise : kPromises) {
        if (promise.made_by == nullptr || promise.made_by(can)) names.push_back(promise.name);
    }
    return names;
}

std::vector<std::string_view> all_promises() {
    std::vector<std::string_view> names;
    names.reserve(kPromises.size());
    for (const Promise& promise : kPromises) names.push_back(promise.name);
    return names;
}

Verdict check(std::string_view promise, const Factory& factory) {
    for (const Promise& known : kPromises) {
        if (known.name != promise) continue;
        const Status result = run(known, factory);
        return {.promise = std::string(promise),
                .passed = result.has_value(),
                .detail = result.has_value() ? "" : result.error().message()};
    }
    return {.promise = std::string(promise), .passed = false, .detail = "there is no such promise"};
}

std::vector<Verdict> check_all(const Factory& factory) {
    std::vector<Verdict> verdicts;
    std::vector<std::string_view> names;
    {
        const auto store = factory.make();
        if (!store.has_value())
            return {{.promise = "store", .passed = false, .detail = store.error().message()}};
        names = promises((*store)->capabilities());
    }
    verdicts.reserve(names.size());
    for (const std::string_view name : names) verdicts.push_back(check(name, factory));
    return verdicts;
}

}  // namespace haul::store::conformance

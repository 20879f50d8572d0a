// The checks behind conformance.h, one function a promise, and the words they are written in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace haul::store::conformance {

// The failure of a check: `seen` says what was wrong.
[[nodiscard]] Status expect(bool holds, std::string_view seen);
// The call was refused with this code.
template <class Value>
[[nodiscard]] Status expect_refused(const Result<Value>& result, Code code, std::string_view call) {
    if (!result.has_value() && result.error().code == code) return {};
    const std::string seen = result.has_value() ? "success" : std::string(name_of(result.error().code));
    return expect(false, std::string(call) + " gave " + seen + " and not " + std::string(name_of(code)));
}

// A store and the folder in it that a check has for itself.
class Bench {
  public:
    Bench(Store& store, std::string folder) : store_(store), folder_(std::move(folder)) {}
    [[nodiscard]] Store& store() { return store_; }
    [[nodiscard]] Capabilities can() const { return store_.capabilities(); }
    [[nodiscard]] const std::string& folder() const { return folder_; }
    [[nodiscard]] std::string at(std::string_view name) const { return folder_ + "/" + std::string(name); }

    [[nodiscard]] Result<Version> write(const std::string& name, std::string_view text,
                                        const Condition& condition = {});
    [[nodiscard]] Status expect_holds(const std::string& name, std::string_view text);
    [[nodiscard]] Status expect_absent(const std::string& name);
    // A range of an object, by read_many.
    [[nodiscard]] Result<std::string> read(const std::string& name, std::uint64_t offset, std::size_t size,
                                           const Version& version = {});
    // Everything beneath the folder in the order of the listing, the folder itself first, relative to the
    // root.
    [[nodiscard]] Result<std::vector<Object>> list(const std::string& folder, const std::string& after = {});
    // The files among it, relative to the check's own folder, joined by spaces.
    [[nodiscard]] Result<std::string> files();
    [[nodiscard]] Status expect_files(std::string_view expected);
    // An upload of `text` in pieces of `piece` bytes (the last may be shorter), none of them sent.
    [[nodiscard]] Result<std::unique_ptr<Upload>> open_upload(const std::string& name, std::uint64_t size,
                                                              const Condition& condition = {});
    [[nodiscard]] Status clean();

  private:
    Store& store_;
    std::string folder_;
};

inline const Condition kCreateOnly{.kind = Condition::Kind::create_only, .version = {}};

// `text` cut into pieces of a size that the store takes, numbered from 1, with their checksums.
[[nodiscard]] std::vector<Piece> pieces_of(std::string_view text, std::size_t size);
[[nodiscard]] std::size_t piece_size(const Capabilities& can);
[[nodiscard]] Status put(Upload& upload, std::vector<Piece> pieces);
[[nodiscard]] Upload::Finish finish_of(std::string_view text, std::size_t pieces);
// Repeatable bytes that look like nothing.
[[nodiscard]] std::string noise(std::size_t size, std::uint32_t seed);

// names.cc
Status names_are_checked(Bench& bench);
Status names_are_bytes(Bench& bench);
Status errors_name_operation_and_object(Bench& bench);
Status absent_is_not_found(Bench& bench);
// reading.cc
Status reads_are_exact(Bench& bench);
Status reads_are_of_one_version(Bench& bench);
Status versions_tell_contents_apart(Bench& bench);
Status each_item_has_its_own_result(Bench& bench);
Status calls_come_from_many_threads(Bench& bench);
Status stop_interrupts(Bench& bench);
// listing.cc
Status listings_are_complete(Bench& bench);
Status listings_are_in_byte_order(Bench& bench);
Status listings_are_repeatable(Bench& bench);
Status listings_go_on_behind_a_cursor(Bench& bench);
Status listings_stay_beneath_their_prefix(Bench& bench);
Status listings_agree_with_stat(Bench& bench);
// writing.cc
Status failed_writes_leave_nothing(Bench& bench);
Status written_objects_are_whole(Bench& bench);
Status create_only_never_replaces(Bench& bench);
Status one_of_racing_creators_wins(Bench& bench);
Status replace_checks_the_version(Bench& bench);
Status removed_objects_are_gone(Bench& bench);
Status removing_checks_the_version(Bench& bench);
Status modes_and_times_are_kept(Bench& bench);
Status folders_and_symlinks_are_kept(Bench& bench);
Status metadata_is_kept(Bench& bench);
Status the_clock_is_the_stores_own(Bench& bench);
// uploading.cc
Status uploads_are_invisible_until_finished(Bench& bench);
Status pieces_come_in_any_order(Bench& bench);
Status pieces_come_from_many_threads(Bench& bench);
Status uploads_are_resumed_by_id(Bench& bench);
Status finish_decides_the_size(Bench& bench);
Status finish_honours_create_only(Bench& bench);
Status aborted_uploads_are_gone(Bench& bench);
Status pieces_are_listed(Bench& bench);
Status wrong_checksums_are_refused(Bench& bench);
Status ranges_are_copied(Bench& bench);

}  // namespace haul::store::conformance

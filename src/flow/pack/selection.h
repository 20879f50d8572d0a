// What of the source is packed: its listing with filters applied, in listing order, each item once. One
// thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/glob.h"
#include "base/result.h"
#include "flow/pack/pack.h"
#include "format/member.h"
#include "format/set_record.h"
#include "store/store.h"

namespace haul::pack {

// One thing the listing came to.
struct Selected {
    enum class What : std::uint8_t { member, skipped, failed } what = What::member;
    format::Member member;  // zip_name is set where it gets an entry; version is the store's tag
    format::ItemNote note;  // skipped, failed
    std::string cursor;     // resumes behind this item
};

// Include and exclude rules in the order given, the first that matches decides; where an include rule exists,
// what no rule matches is left out. An exclude rule that matches a folder also matches all beneath it.
class Filter {
  public:
    [[nodiscard]] static Result<Filter> make(const Request& request);
    [[nodiscard]] bool takes_file(const store::Object& object) const;
    // For what could not be looked at: whether it, or what may lie beneath it, would be taken.
    [[nodiscard]] bool may_hold(const std::string& path) const;
    // The listing came to `path`.
    void met(const std::string& path);
    // Names of --files-from that no path was met for, neither as such nor beneath.
    [[nodiscard]] std::vector<std::string> names_not_met() const;
    [[nodiscard]] bool excludes_folder(std::string_view path) const;
    // The rules as they were given; empty: there are none.
    [[nodiscard]] std::string words() const;
    // Whether some rule picks files, so that folders count only for what is in them.
    [[nodiscard]] bool selective() const { return selective_; }

  private:
    [[nodiscard]] bool takes_name(const std::string& path) const;
    struct Rule {
        bool include;
        Glob glob;
    };
    [[nodiscard]] static bool decides(const Rule& rule, std::string_view path, bool is_folder);
    [[nodiscard]] bool listed(const std::string& path) const;
    std::vector<Rule> rules_;
    bool has_include_ = false, selective_ = false;
    std::uint64_t min_size_ = 0;
    std::optional<std::uint64_t> max_size_;
    std::optional<std::int64_t> newer_ns_;
    std::optional<std::map<std::string, bool, std::less<>>> names_;  // and whether they were met
};

class Selection {
  public:
    // `after`: a Selected::cursor; empty: from the beginning. `beneath`: only this folder; empty: all.
    // `source` outlives the selection.
    [[nodiscard]] static Result<Selection> open(store::Store& source, const Request& request,
                                                const std::string& after, const std::string& beneath = {});
    // nullopt at the end.
    [[nodiscard]] Result<std::optional<Selected>> next(const std::stop_token& stop);
    [[nodiscard]] const Filter& filter() const { return filter_; }
    [[nodiscard]] bool left_out_state() const { return left_out_state_; }

  private:
    Selection(store::Store& source, const Request& request, Filter filter)
        : source_(&source), request_(&request), filter_(std::move(filter)) {}
    [[nodiscard]] Status fetch(const std::stop_token& stop);
    void take(const store::Object& object);
    void take_folder(const store::Object& object);
    void settle_folders(std::string_view next_path, bool next_is_folder);
    void emit_member(format::Member member, bool with_entry);
    void emit_note(Selected::What what, const std::string& path, std::string reason, std::string detail);
    [[nodiscard]] Status note_missing_names();
    [[nodiscard]] bool hidden(std::string_view path) const;

    store::Store* source_;
    const Request* request_;
    Filter filter_;
    std::unique_ptr<store::Listing> listing_;
    std::string state_inside_;  // path of the state folder beneath the source; empty: not inside
    std::string page_cursor_;   // resumes the listing before the current page
    std::string skip_until_;    // sort key of the last item of an earlier run; passed over
    std::vector<format::Member>
        held_;  // folders of which it is not known yet whether anything in them is taken
    std::deque<Selected> ready_;
    std::string current_key_;
    bool ended_ = false, left_out_state_ = false;
};

// The member line of a listed object; nullopt for kinds that cannot be packed.
[[nodiscard]] std::optional<format::Member> member_of(const store::Object& object);

}  // namespace haul::pack

#include "flow/pack/list_unit.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/fault_point.h"
#include "base/json.h"
#include "flow/pack/adopt_lists.h"
#include "flow/pack/cutter.h"
#include "flow/pack/list_draft.h"
#include "flow/pack/notes.h"
#include "flow/pack/part_unit.h"
#include "flow/pack/selection.h"

namespace haul::pack {
namespace {

// Where the listing stands: the checkpoint of the unit.
struct Position {
    std::string cursor;
    std::uint32_t next_part = 1;
    bool last = false;
};

std::string to_text(const Position& position) {
    json::Ordered value;
    json::put_bytes(value, "cursor", position.cursor);
    value["next_part"] = position.next_part;
    value["last"] = position.last;
    return json::dump(value);
}

Result<Position> parse_position(const std::string& text) {
    Position position;
    if (text.empty()) return position;
    const json::Value value = TRY(json::parse(text, "listing checkpoint"));
    position.cursor = TRY(json::find_bytes(value, "cursor", "listing checkpoint")).value_or("");
    position.next_part =
        static_cast<std::uint32_t>(TRY(json::uint_at(value, "next_part", "listing checkpoint")));
    position.last = TRY(json::bool_at(value, "last", "listing checkpoint"));
    return position;
}

class Lister {
  public:
    Lister(Work& work, engine::Context& context) : work_(work), context_(context) {}

    Result<ledger::Outcome> run() {
        position_ = TRY(parse_position(context_.lease.checkpoint));
        TRY(take_existing_lists());
        if (position_.last) return ledger::Outcome{};
        draft_.emplace(position_.next_part, 1);
        Selection selection = TRY(Selection::open(work_.source, work_.request, position_.cursor));
        TRY(cut(selection));
        say_what_was_left_out(selection);
        return close_part(true);
    }

  private:
    // Lists that are at the destination already count as they are: part numbers stay, and the listing goes on
    // behind the last.
    Status take_existing_lists() {
        return adopt_lists(work_, position_.next_part, [&](const AdoptedList& list) -> Status {
            if (list.end.settles)
                return {};  // made after the listing's end, which this checkpoint does not know yet
            position_ = {list.end.cursor, list.part + 1, list.end.last};
            count(list.end.members, list.end.bytes, position_.last);
            return context_.checkpoint(to_text(position_), list.outcome);
        });
    }

    Status cut(Selection& selection) {
        std::uint64_t since_check = 0;
        while (true) {
            std::optional<Selected> item = TRY(selection.next(work_.shutdown.stop()));
            if (!item) return {};
            if (++since_check % 4096 == 0) TRY(context_.check_stop());
            if (item->what == Selected::What::member) {
                if (closes_before(draft_->sums(), item->member, work_.request.options.part_size)) {
                    const ledger::Outcome outcome = TRY(close_part(false));
                    TRY(context_.checkpoint(to_text(position_), outcome));
                }
                TRY(draft_->add(item->member));
                count(item->member.zip_name.empty() ? 0 : 1, item->member.size, false);
            } else {
                note(*item);
            }
            cursor_ = std::move(item->cursor);
        }
    }

    void note(const Selected& item) {
        const bool skipped = item.what == Selected::What::skipped;
        notes_.push_back(
            {skipped ? format::ListNote::What::skipped : format::ListNote::What::failed, item.note});
        report::Event event;
        event.type = skipped ? report::Type::item_skipped : report::Type::item_failed;
        event.level = report::Level::warning;
        event.subject = item.note.path;
        if (skipped) event.text = item.note.detail;
        if (!skipped) event.error = failed_item("list", item.note);
        work_.hub.emit(std::move(event));
    }

    // Writes the open part's list and returns what goes into the ledger with it.
    Result<ledger::Outcome> close_part(bool last) {
        FAULT_POINT("pack.list.before_write");
        format::PartListEnd end;
        end.cursor = cursor_;
        end.last = last;
        end.oversize = is_oversize(draft_->sums(), work_.request.options.part_size);
        end.notes = std::exchange(notes_, {});
        const std::uint32_t part = position_.next_part;
        TRY(work_.claim.check_if_stale());
        const PartUnit unit = TRY(draft_->write(work_, end));
        FAULT_POINT("pack.list.after_write");
        if (end.oversize) {
            work_.hub.note(
                report::Level::warning,
                fmt::format("a single file is larger than the part size; {} holds it alone and is larger",
                            format::part_name(part)),
                draft_->first_entry());
        }
        ledger::Outcome outcome;
        outcome.units.push_back(new_unit(unit));
        TRY(add_note_facts(work_, part, end.notes, outcome));
        position_ = {cursor_, part + 1, last};
        if (last) count(0, 0, true);
        draft_.emplace(part + 1, 1);
        return outcome;
    }

    void count(std::uint64_t files, std::uint64_t bytes, bool final_total) {
        files_ += files;
        bytes_ += bytes;
        if (!final_total && files_ % 1024 != 0) return;
        report::Event event;
        event.type = report::Type::total;
        event.files = files_;
        event.bytes = bytes_;
        event.final_total = final_total;
        work_.hub.emit(std::move(event));
    }

    void say_what_was_left_out(const Selection& selection) {
        const std::string rules = selection.filter().words();
        if (files_ == 0 && !rules.empty())
            work_.hub.note(report::Level::warning,
                           "nothing in the source was taken: nothing matched " + rules);
        if (!selection.left_out_state()) return;
        work_.hub.note(report::Level::info, "left out: Haul's own state folder lies in the source",
                       work_.request.state_folder);
    }

    Work& work_;
    engine::Context& context_;
    Position position_;
    std::optional<ListDraft> draft_;  // of the open part
    std::string cursor_;
    std::vector<format::ListNote> notes_;
    std::uint64_t files_ = 0, bytes_ = 0;
};

}  // namespace

ledger::NewUnit list_unit() { return {kListUnit, "source", "{}", -1}; }

Result<ledger::Outcome> handle_list(Work& work, engine::Context& context) {
    return Lister(work, context).run();
}

}  // namespace haul::pack

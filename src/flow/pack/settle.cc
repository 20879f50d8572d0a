#include "flow/pack/settle.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/fault_point.h"
#include "flow/pack/adopt_lists.h"
#include "flow/pack/cutter.h"
#include "flow/pack/list_draft.h"
#include "flow/pack/notes.h"
#include "flow/pack/part_unit.h"
#include "flow/pack/selection.h"
#include "zip/names.h"

namespace haul::pack {
namespace {

// Part numbers go on behind the highest that was ever given, also in an earlier generation of the set.
Result<std::uint32_t> next_part(Work& work) {
    std::uint32_t highest = 0;
    TRY(ledger::for_each_unit(work.job.ledger(), kPartUnit, [&](const ledger::UnitRow& unit) -> Status {
        highest = std::max(highest, TRY(parse_part_unit(unit.payload)).part);
        return {};
    }));
    return std::max(highest, work.earlier_parts) + 1;
}

class Settler {
  public:
    explicit Settler(Work& work) : work_(work) {}

    Result<std::uint64_t> run() {
        TRY(take_existing_lists());
        part_ = TRY(next_part(work_));
        draft_.emplace(part_, 1);
        for (const LateMember& late : TRY(open_late_members(work_))) TRY(settle(late));
        if (!draft_->sums().empty()) TRY(close_part());
        TRY(work_.job.ledger().record(given_up_));
        return added_;
    }

  private:
    Status take_existing_lists() {
        return adopt_lists(work_, TRY(next_part(work_)), [&](const AdoptedList& list) -> Status {
            ++added_;
            return work_.job.ledger().record(list.outcome);
        });
    }

    Status settle(const LateMember& late) {
        if (late.tries >= kMostTries) {
            give_up(late, "changed", fmt::format("it changed {} times while it was read", late.tries));
            return {};
        }
        auto looked = store::find_object(work_.source, late.path);
        if (!looked && about_member(looked.error())) {
            give_up(late, std::string(name_of(looked.error().code)), looked.error().message());
            return {};
        }
        const auto object = TRY(std::move(looked));
        if (!object) {
            give_up(late, "vanished", "it was listed and is not there any more");
            return {};
        }
        if (object->kind == store::Kind::folder && late.tries > 0) {
            // Its failure makes the same command, given again, take what is beneath.
            give_up(late, "changed", "it was listed as a file and is a folder now");
            return {};
        }
        std::optional<format::Member> member = member_of(*object);
        if (!member) {
            give_up(late, "changed", "it is no file, folder or symlink any more");
            return {};
        }
        member->zip_name = zip::archive_name(member->path, member->kind == zip::Kind::folder);
        if (closes_before(draft_->sums(), *member, work_.request.options.part_size)) TRY(close_part());
        TRY(draft_->add(*member));
        taken_.push_back(late);
        return {};
    }

    void give_up(const LateMember& late, std::string reason, std::string detail) {
        const format::ItemNote note{late.path, std::move(reason), std::move(detail)};
        work_.hub.fail_item(late.path, failed_item("pack", note));
        given_up_.facts.push_back(note_fact(kFailedFact, note));
        given_up_.facts.push_back(settled_fact(late));
    }

    Status close_part() {
        format::PartListEnd end;
        end.settles = true;
        end.last = true;
        end.oversize = is_oversize(draft_->sums(), work_.request.options.part_size);
        TRY(work_.claim.check());
        FAULT_POINT("pack.settle.before_write");
        const PartUnit unit = TRY(draft_->write(work_, end));
        FAULT_POINT("pack.settle.after_write");
        ledger::Outcome outcome;
        outcome.units.push_back(new_unit(unit));
        for (const LateMember& late : taken_) outcome.facts.push_back(settled_fact(late));
        TRY(work_.job.ledger().record(outcome));
        taken_.clear();
        ++part_;
        draft_.emplace(part_, 1);
        ++added_;
        return {};
    }

    Work& work_;
    std::optional<ListDraft> draft_;
    std::uint32_t part_ = 0;
    std::uint64_t added_ = 0;
    std::vector<LateMember> taken_;
    ledger::Outcome given_up_;
};

}  // namespace

Result<std::uint64_t> settle_late_members(Work& work) { return Settler(work).run(); }

}  // namespace haul::pack

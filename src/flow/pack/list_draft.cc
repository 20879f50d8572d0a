#include "flow/pack/list_draft.h"

#include "format/member_table.h"
#include "store/store.h"

namespace haul::pack {

Status ListDraft::begin() {
    if (!bytes_.empty() || !sums_.empty()) return {};
    return writer_.begin({part_, revision_}, bytes_);
}

Status ListDraft::add(const format::Member& member) {
    TRY(begin());
    TRY(writer_.add(member, bytes_));
    if (!member.zip_name.empty()) {
        hasher_.add(format::item_of(member));
        if (sums_.members() == 0) first_entry_ = member.path;
    }
    sums_.add(member);
    return {};
}

Result<PartUnit> ListDraft::write(Work& work, format::PartListEnd& end) {
    TRY(begin());
    end.layout_hash = hasher_.finish();
    end.members = sums_.members();
    end.folders = sums_.folders();
    end.bytes = sums_.file_bytes();
    end.image_size = sums_.outline().image_size();
    end.text = sums_.text();
    TRY(writer_.end(end, bytes_));
    TRY(store::create_object(work.destination, list_name(part_, revision_), bytes_,
                             small_scratch(work, "list", part_)));
    return unit_of(part_, revision_, end);
}

}  // namespace haul::pack

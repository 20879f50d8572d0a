#include "flow/unpack/uploads.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/random.h"
#include "store/end_upload.h"

namespace haul::unpack {
namespace {

// `note`: the object's name, and behind a NUL byte the upload's id where it is known.
Result<std::vector<store::PendingUpload>> uploads_told_by(store::Store& destination,
                                                          const std::string& note) {
    const std::size_t end = note.find('\0');
    const std::string name = note.substr(0, end);
    if (end == std::string::npos) return destination.uploads_of(name);
    return std::vector{store::PendingUpload{.name = name, .id = note.substr(end + 1)}};
}

}  // namespace

Result<UploadNote> UploadNote::begin(const Work& work, std::int64_t unit, const std::string& name) {
    if (!work.can.lists_pieces) return UploadNote(work, {}, {});
    // Its own, each time: that of an upload which could not be ended stays until it can.
    UploadNote note(
        work, fmt::format("{}/{:06}-{}-{}", kUploadFolder, work.claim.number(), unit, random::token_hex(4)),
        name);
    TRY(store::replace_object(work.destination, note.note_, name));
    return note;
}

Status UploadNote::begun(const std::string& id) const {
    if (note_.empty()) return {};
    return store::replace_object(work_->destination, note_, name_ + '\0' + id);
}

Status UploadNote::over() const {
    if (note_.empty()) return {};
    return store::remove_object(work_->destination, note_);
}

Result<std::vector<store::PendingUpload>> end_noted_uploads(store::Store& destination, claim::Claim& claim,
                                                            const std::stop_token& stop) {
    std::vector<store::PendingUpload> ended;
    if (!destination.capabilities().lists_pieces) return ended;
    for (const store::Object& object : TRY(store::list_folder(destination, kUploadFolder, stop))) {
        if (object.kind != store::Kind::file) continue;
        const std::string note = TRY(store::read_object(destination, object.name, object.size, stop));
        for (store::PendingUpload& upload : TRY(uploads_told_by(destination, note))) {
            TRY(claim.check());
            TRY(store::end_upload(destination, upload.name, upload.id));
            ended.push_back(std::move(upload));
        }
        TRY(claim.check());
        TRY(store::remove_object(destination, object.name));
    }
    return ended;
}

}  // namespace haul::unpack

#include "flow/unpack/uploads.h"

#include <fmt/format.h>

#include <vector>

#include "store/end_upload.h"

namespace haul::unpack {
namespace {

// `note`: the object's name, and behind a NUL byte the upload's id where it is known.
Status end_noted(store::Store& destination, const std::string& note) {
    const std::size_t end = note.find('\0');
    const std::string name = note.substr(0, end);
    if (end != std::string::npos) return store::end_upload(destination, name, note.substr(end + 1));
    for (const store::PendingUpload& pending : TRY(destination.uploads_of(name)))
        TRY(store::end_upload(destination, pending.name, pending.id));
    return {};
}

}  // namespace

Result<UploadNote> UploadNote::begin(const Work& work, std::int64_t unit, const std::string& name) {
    if (!work.can.lists_pieces) return UploadNote(work, {}, {});
    UploadNote note(work, fmt::format("{}/{:06}-{}", kUploadFolder, work.claim.number(), unit), name);
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

Status end_noted_uploads(store::Store& destination, const std::stop_token& stop) {
    if (!destination.capabilities().lists_pieces) return {};
    for (const store::Object& object : TRY(store::list_folder(destination, kUploadFolder, stop))) {
        if (object.kind != store::Kind::file) continue;
        TRY(end_noted(destination, TRY(store::read_object(destination, object.name, object.size, stop))));
        TRY(store::remove_object(destination, object.name));
    }
    return {};
}

}  // namespace haul::unpack

#include "flow/doctor/recorded_uploads.h"

#include "base/digest.h"
#include "base/fault_point.h"
#include "store/end_upload.h"

namespace haul::doctor {
namespace {

constexpr const char* kUploadFolder = "uploads";
constexpr std::uint64_t kLongestNote = 64U << 10U;  // bytes; names are shorter

class RecordingUpload : public store::wrap::ForwardingUpload {
  public:
    RecordingUpload(std::unique_ptr<store::Upload> target, std::string name,
                    std::shared_ptr<OpenUploads> uploads)
        : ForwardingUpload(std::move(target)), name_(std::move(name)), uploads_(std::move(uploads)) {}
    [[nodiscard]] Result<store::Object> finish(const Finish& how) override {
        auto finished = target().finish(how);
        if (finished) uploads_->over(name_, id());
        return finished;
    }
    [[nodiscard]] Status abort() override {
        Status aborted = target().abort();
        if (aborted) uploads_->over(name_, id());
        return aborted;
    }

  private:
    std::string name_;
    std::shared_ptr<OpenUploads> uploads_;
};

}  // namespace

bool OpenUploads::wanted(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    return names_.insert(name).second;
}

void OpenUploads::opened(const std::string& name, const std::string& id) {
    const std::scoped_lock lock(mutex_);
    open_.emplace(name, id);
}

void OpenUploads::over(const std::string& name, const std::string& id) {
    const std::scoped_lock lock(mutex_);
    open_.erase({name, id});
}

std::vector<Error> OpenUploads::end_all(store::Store& store) {
    const std::scoped_lock lock(mutex_);
    std::vector<Error> errors;
    for (const std::string& name : names_) {
        // All uploads of these names are ours: they lie in a folder of our own.
        const auto pending = store.uploads_of(name);
        if (!pending) {
            errors.push_back(pending.error());
            continue;
        }
        for (const store::PendingUpload& upload : *pending) open_.emplace(upload.name, upload.id);
    }
    for (const auto& [name, id] : open_) {
        if (Status ended = store::end_upload(store, name, id); !ended)
            errors.push_back(std::move(ended).error());
    }
    return errors;
}

Result<std::unique_ptr<store::Upload>> RecordingStore::open_upload(const store::UploadRequest& request) {
    // A name that is none gets no upload, and asking for those of it would be refused as well.
    const bool is_new = !request.id && store::check_name(request.name, "").has_value();
    if (is_new && uploads_->wanted(request.name)) TRY(write_down(request.name));
    auto upload = TRY(target().open_upload(request));
    if (is_new) uploads_->opened(request.name, upload->id());
    FAULT_POINT("doctor.upload_opened");
    return std::make_unique<RecordingUpload>(std::move(upload), request.name, uploads_);
}

// Where uploads are temporaries they lie in the folder and go with it.
Status RecordingStore::write_down(const std::string& name) {
    if (!target().capabilities().lists_pieces) return {};
    return store::replace_object(target(), kUploadFolder + ("/" + digest::sha256_hex(name).substr(0, 16)),
                                 name);
}

Status recall(store::Store& store, OpenUploads& uploads) {
    for (const store::Object& note : TRY(store::list_folder(store, kUploadFolder)))
        uploads.wanted(TRY(store::read_object(store, note.name, kLongestNote)));
    return {};
}

}  // namespace haul::doctor

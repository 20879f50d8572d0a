// Remembers the uploads that are opened through a store, so that those which a check left open can be ended.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/wrap/forward.h"

namespace haul::doctor {

// What is not over yet. Thread-safe.
class OpenUploads {
  public:
    // Before it is asked for: the reply may be lost. False: it was wanted before.
    bool wanted(const std::string& name);
    void opened(const std::string& name, const std::string& id);
    void over(const std::string& name, const std::string& id);
    // Ends them all, also those whose ids never came back. Errors of those that could not be ended.
    [[nodiscard]] std::vector<Error> end_all(store::Store& store);

  private:
    std::mutex mutex_;
    std::set<std::string> names_;
    std::set<std::pair<std::string, std::string>> open_;
};

// Names also stand in the store, in `uploads/` beneath its root, where uploads are not seen there otherwise:
// for the next one, should this one be killed.
class RecordingStore : public store::wrap::ForwardingStore {
  public:
    RecordingStore(std::unique_ptr<store::Store> target, std::shared_ptr<OpenUploads> uploads)
        : ForwardingStore(std::move(target)), uploads_(std::move(uploads)) {}
    [[nodiscard]] Result<std::unique_ptr<store::Upload>> open_upload(
        const store::UploadRequest& request) override;

  private:
    [[nodiscard]] Status write_down(const std::string& name);

    std::shared_ptr<OpenUploads> uploads_;
};

// Adds the names that stand in `store`, as a killed one left them.
[[nodiscard]] Status recall(store::Store& store, OpenUploads& uploads);

}  // namespace haul::doctor

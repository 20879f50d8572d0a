// The upload that a part's pieces go to: begun, continued, ended, and recorded where a service hides it.
//
// A local upload is a temporary whose name carries part and claim, so that any sweep finds it. That of a
// service is seen only by who asks for it, and costs its owner money until it is completed or aborted: it is
// announced under `.haul/uploads/` before it is created (upload_records.h), and whoever holds the highest
// claim continues or aborts what is recorded there. Functions of different parts may run side by side.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "flow/pack/received_pieces.h"
#include "flow/pack/upload_records.h"
#include "flow/pack/work.h"
#include "store/store.h"

namespace haul::pack {

struct PartUpload {
    std::unique_ptr<store::Upload> upload;
    ReceivedPieces received;  // of services; empty for a new upload
};

// Whether uploads stay at the store, out of sight, until they are completed or aborted.
[[nodiscard]] bool hides_uploads(const store::Store& store);

// What is recorded at the destination: once, after it was claimed and before a part is opened. `listed`: all
// that lies there, or in its `.haul/`.
void take_recorded_uploads(Work& work, const std::vector<store::Object>& listed);
// The upload to fill from the beginning: the one that is recorded for the part where it was made for exactly
// this plan, else a new one, after every recorded one was aborted.
[[nodiscard]] Result<PartUpload> open_part_upload(Work& work, const UploadPlan& plan);
// The upload that a checkpoint of ours names; nullopt where it is gone.
[[nodiscard]] Result<std::optional<PartUpload>> resume_part_upload(Work& work, const UploadPlan& plan,
                                                                   const std::string& id);
// Aborts an upload of ours that is of no more use, once it is sure that nobody else goes on with it.
[[nodiscard]] Status give_up(Work& work, store::Upload& upload);
// Aborts every upload of the set's parts, those that are recorded and those that the service knows, until it
// lists none; then the records go. For the end of the job, when none is needed any more. `listed`: what lies
// in
// `.haul/`, listed anew: an owner that slept may have announced an upload since.
[[nodiscard]] Status end_uploads(Work& work, const std::vector<store::Object>& listed);

}  // namespace haul::pack

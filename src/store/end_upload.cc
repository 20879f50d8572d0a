#include "store/end_upload.h"

#include <utility>

namespace haul::store {

Status end_upload(Store& store, const std::string& name, const std::string& id) {
    UploadRequest request;
    request.name = name;
    request.id = id;
    auto upload = store.open_upload(request);
    if (upload) return (*upload)->abort();
    if (upload.error().code == Code::not_found) return {};
    return failure(std::move(upload).error());
}

}  // namespace haul::store

// Brings the views of a state into the corpus, beneath exports/STATE, and takes states away.
#pragma once

#include <initializer_list>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/collect/export/views.h"
#include "store/store.h"

namespace haul::collect {

// Names of the state's files that are missing in the corpus, or hold anything else: each is read.
[[nodiscard]] Result<std::vector<std::string>> wrong_views(store::Store& corpus, const Views& views,
                                                           const std::stop_token& stop);

// Durable, and read back, when it returns. What is there already with the right bytes stays as it is, whoever
// wrote it.
[[nodiscard]] Status publish_views(store::Store& corpus, const Views& views, const std::stop_token& stop);

// All states but those named go, and what a run that died left: temporaries of ours. What else lies in
// exports/ stays.
[[nodiscard]] Status sweep_exports(store::Store& corpus, std::initializer_list<std::string_view> keep,
                                   const std::stop_token& stop);

// Pieces that a run which died had sent of the state's files: services keep them, unseen, for good.
[[nodiscard]] Status end_uploads(store::Store& corpus, const std::string& state);

}  // namespace haul::collect

// The store of a set that is only looked at.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "cli/service_options.h"
#include "store/store.h"

namespace haul::cli {

[[nodiscard]] Result<std::unique_ptr<store::Store>> open_to_read(const std::string& address,
                                                                 const ServiceWords& service,
                                                                 bool follow_symlinks = false);

}  // namespace haul::cli

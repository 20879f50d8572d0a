#include "cli/set_store.h"

#include "store/address.h"
#include "store/open_store.h"

namespace haul::cli {

Result<std::unique_ptr<store::Store>> open_to_read(const std::string& address, bool follow_symlinks) {
    store::OpenOptions options;
    options.follow_symlinks = follow_symlinks;
    return store::open_store(TRY(store::parse_address(address)), options);
}

}  // namespace haul::cli

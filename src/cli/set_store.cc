#include "cli/set_store.h"

#include "cli/places.h"
#include "store/address.h"
#include "store/open_store.h"

namespace haul::cli {

Result<std::unique_ptr<store::Store>> open_to_read(const std::string& address, const ServiceWords& service,
                                                   bool follow_symlinks) {
    store::OpenOptions options;
    options.follow_symlinks = follow_symlinks;
    options.service = TRY(service_of(service, TRY(state_place(std::nullopt))));
    return store::open_store(TRY(store::parse_address(address)), options);
}

}  // namespace haul::cli

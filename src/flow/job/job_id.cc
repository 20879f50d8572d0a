#include <string>

#include "base/digest.h"
#include "flow/job/job.h"

namespace haul::job {

// CBOR, because a path may be any bytes: JSON text would make one of all that is not UTF-8. The keys are
// sorted, so that the order in which a flow writes them down means nothing.
std::string id_of(const Request& request) {
    const json::Value whole = {{"flow", request.flow}, {"meaning", json::Value(request.meaning)}};
    std::string encoded;
    json::Value::to_cbor(whole, encoded);
    return digest::sha256_hex(encoded).substr(0, 16);
}

}  // namespace haul::job

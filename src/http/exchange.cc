#include "http/exchange.h"

namespace haul::http {

std::string_view Answer::header(std::string_view name) const {
    for (const Header& each : headers) {
        if (each.name == name) return each.value;
    }
    return {};
}

}  // namespace haul::http

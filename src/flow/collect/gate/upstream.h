// Another proxy, as variables of the environment name it (http/proxy.h). Pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace haul::collect::gate {

struct Upstream {
    std::string host{};
    std::uint16_t port = 0;
    std::string authorization{};  // value of Proxy-Authorization; empty: none
};
// "[http://][USER:PASSWORD@]HOST[:PORT]", 1080 without port, as libcurl has it. Code::unsupported: of
// another kind.
[[nodiscard]] Result<Upstream> read_upstream(const std::string& address);

}  // namespace haul::collect::gate

// For tests and fuzz targets: a sink that keeps what it is given.
#pragma once

#include <vector>

#include "format/member.h"

namespace haul::format::test {

[[nodiscard]] inline MemberSink keep_in(std::vector<Member>& members) {
    return [&members](const Member& member) -> Status {
        members.push_back(member);
        return {};
    };
}

}  // namespace haul::format::test

// The archives looked through as a whole, before the first write: what an unpack wants of them. Values and
// functions; may be called from several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/glob.h"
#include "base/json.h"
#include "base/result.h"
#include "engine/shutdown.h"
#include "flow/unpack/archives.h"
#include "flow/unpack/index.h"
#include "flow/unpack/unpack.h"

namespace haul::unpack {

// Items by kind, and the bytes that files hold. Folders count where they have an entry of their own, as pack
// counts them.
struct Counted {
    std::uint64_t files = 0, folders = 0, symlinks = 0, bytes = 0;

    void add(const Item& item);
};
[[nodiscard]] json::Ordered to_json(const Counted& counted);
[[nodiscard]] Result<Counted> counted_from(const json::Value& value, std::string_view subject);

struct Scope {
    const Request& request;
    const Archives& archives;
    IndexCache& indexes;
    const std::optional<Glob>& include;
    const engine::Shutdown& shutdown;
};

[[nodiscard]] bool matches(const std::optional<Glob>& include, const Item& item);

// Calls `visit` for every item that is wanted. Code::interrupted when asked to stop.
using Visit = std::function<Status(const Item&)>;
[[nodiscard]] Status for_each_wanted(const Scope& scope, const Visit& visit);

// From the set's record where that says it; else the archives are read through.
[[nodiscard]] Result<Counted> count_wanted(const Scope& scope);

}  // namespace haul::unpack

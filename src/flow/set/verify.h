// haul verify, ls, cat over a set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/set/set_view.h"
#include "report/event.h"
#include "store/store.h"

namespace haul::set {

struct VerifyOptions {
    bool quick = false;  // sizes, manifests' digests and counts; no member bytes
    store::Store* against =
        nullptr;  // compare with a source: same paths, sizes, mtimes, and contents by digest
    unsigned threads = 2;
    std::uint64_t memory = 512ULL << 20U;  // parts side by side as far as it reaches
};
// One finding: what is wrong, where exactly.
struct Finding {
    std::string object;                   // "part-00001.zip"
    std::optional<std::uint64_t> offset;  // of the first wrong byte or of the damaged stretch
    std::string path;                     // the member; empty: none
    std::string what;                     // "CRC-32 is 01234567, the manifest says 89abcdef"
    bool of_source = false;               // the source is another now: nothing of the set is damaged
};
inline constexpr std::size_t kMostFindingsListed = 1000;
struct VerifyReport {
    std::uint64_t parts = 0, members = 0, bytes = 0;
    std::vector<Finding> findings;  // at most kMostFindingsListed; count is whole
    std::uint64_t finding_count = 0;
};
// Reads every byte of every part: the image is laid out again from the manifest and each header, the
// directory and each member are compared. Findings are data, not errors: an Error means that it could not be
// looked at.
[[nodiscard]] Result<VerifyReport> verify(store::Store& set, const VerifyOptions& options, report::Hub& hub,
                                          const std::stop_token& stop);

struct Listed {
    format::Member member;
    std::string part;
};
// `pattern`: a Glob; empty: all.
[[nodiscard]] Status list(store::Store& set, const std::string& pattern,
                          const std::function<Status(const Listed&)>& visit, const std::stop_token& stop);

// Streams one file's contents, checked: the last bytes come only after CRC and digest agreed where the file
// is below 64 MiB; larger ones stream and end in Code::corrupt. Code::not_found names the path.
[[nodiscard]] Status cat(store::Store& set, const std::string& path,
                         const std::function<Status(std::span<const std::byte>)>& sink,
                         const std::stop_token& stop);

}  // namespace haul::set

// Sorted runs of names in a nameless file, merged: the external half of sorting a huge folder.
//
// A record is its length (2 bytes, this machine's order) and its bytes. The file has no name, so nothing
// remains of it whatever happens to the process. One object per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace haul::store::local {

class NameRuns {
  public:
    // `folder`: where the file is made; empty: $TMPDIR or /tmp.
    explicit NameRuns(std::string folder);

    // Writing: runs one after another, the names of each in ascending order.
    [[nodiscard]] Status begin_run();
    [[nodiscard]] Status append(std::string_view name);
    [[nodiscard]] Status end_run();

    // Reading: after start(), all names of all runs in ascending order; empty at the end. Valid until the
    // next call.
    [[nodiscard]] Status start();
    [[nodiscard]] Result<std::string_view> next();

  private:
    struct Run {
        std::uint64_t at = 0, end = 0;  // of what is not yet in the buffer
        std::string buffer;
        std::size_t position = 0;
        std::string_view name;  // in the buffer; empty when the run is at its end
    };
    [[nodiscard]] Status make_file();
    [[nodiscard]] Status write_out();
    [[nodiscard]] Status advance(Run& run);
    [[nodiscard]] Status refill(Run& run);

    std::string folder_;
    file::Fd file_;
    std::uint64_t written_ = 0;
    std::string out_;
    std::vector<Run> runs_;
    std::vector<std::size_t> heap_;  // runs by their next name
    std::size_t buffer_size_ = 0;
    bool advance_first_ = false;  // the name last handed out still stands in its buffer
};

}  // namespace haul::store::local

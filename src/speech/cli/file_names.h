// The files that `haul listen` hears: those of the command line, then those of --files-from, each when it is
// asked for, so that whoever writes names into a pipe gets an answer to each. One thread.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "cli/listen_options.h"

namespace haul::speech {

class FileNames {
  public:
    // Code::usage: there are none; not_found, denied, io: of FILE.
    [[nodiscard]] static Result<FileNames> open(const cli::ListenOptions& options);
    // nullopt: that was the last. Code::interrupted: stopped while it waited for one.
    [[nodiscard]] Result<std::optional<std::string>> next(const std::stop_token& stop);

  private:
    FileNames() = default;
    // False: that was all.
    [[nodiscard]] Result<bool> read_more(const std::stop_token& stop);

    std::vector<std::string> given_;
    std::size_t next_given_ = 0;
    std::string from_ = {};  // FILE
    file::Fd list_;          // none: read to its end
    std::string unread_ = {};
};

}  // namespace haul::speech

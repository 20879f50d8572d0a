// A view while it is written: into a file on this machine, buffered, its length and hashes kept on the way.
// One owner, one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/file.h"
#include "base/result.h"

namespace haul::collect {

// One that is done.
struct View {
    std::string name{};  // "manifest.jsonl"
    std::uint64_t bytes = 0;
    std::string sha256{};  // 64 hex digits
};

class ViewFile {
  public:
    // Code::exists where something of this name is in `folder` already.
    [[nodiscard]] static Result<ViewFile> create(const std::string& folder, const std::string& name);
    [[nodiscard]] Status write(std::string_view text);
    [[nodiscard]] Result<View> finish();

  private:
    ViewFile(file::Fd fd, std::string path, std::string name);
    [[nodiscard]] Status flush();

    file::Fd fd_;
    std::string path_, buffer_;
    digest::Hasher hasher_{digest::Algorithm::sha256};
    View view_;
};

}  // namespace haul::collect

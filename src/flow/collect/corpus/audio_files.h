// Which files a corpus has in audio/, for a run that does not know it: each folder is listed once, when it is
// first asked about, and kept in 26 bytes a file. What is put there later is not seen. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace haul::collect {

class AudioFiles {
  public:
    explicit AudioFiles(store::Store& out) : out_(out) {}

    // Of the file that a recording of that id has: "mp3"; nullopt: there is none.
    [[nodiscard]] Result<std::optional<std::string>> extension_of(const std::string& id,
                                                                  const std::stop_token& stop);

  private:
    // An id is 26 characters long, of which its folder has the first two.
    using Rest = std::array<char, 24>;
    struct File {
        Rest rest{};
        std::uint16_t extension = 0;  // of extensions_
    };
    using Folder = std::vector<File>;  // sorted

    [[nodiscard]] static std::optional<Rest> rest_of(std::string_view id);
    [[nodiscard]] Result<const Folder*> folder(const std::string& name, const std::stop_token& stop);
    void add(Folder& folder, std::string_view file);

    store::Store& out_;
    std::mutex lock_{};
    std::map<std::string, Folder> folders_{};
    std::vector<std::string> extensions_{};
};

}  // namespace haul::collect

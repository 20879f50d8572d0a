// A folder for one test, gone with it. In memory where the machine has such a place: hundreds of ledgers are
// opened there, and each opening syncs.
#pragma once

#include <filesystem>
#include <string>

#include "base/random.h"

namespace haul::ledger {

class TestFolder {
  public:
    TestFolder() : root_(parent() / ("haul-ledger-" + random::token_hex(8))) {
        std::filesystem::create_directory(root_);
    }
    ~TestFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    [[nodiscard]] std::string path(const std::string& name) const { return (root_ / name).string(); }
    [[nodiscard]] std::string root() const { return root_.string(); }

  private:
    static std::filesystem::path parent() {
        const std::filesystem::path memory = "/dev/shm";
        return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    }
    std::filesystem::path root_;
};

}  // namespace haul::ledger

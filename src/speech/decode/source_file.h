// The file as libav reads it: through a descriptor that somebody else opened, and nothing beside it.
//
// Says to the parent how far reading is (wire::Reading). Belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>

#include "base/file.h"

struct AVIOContext;

namespace haul::speech {

class SourceFile {
  public:
    // `socket`: where progress is told.
    SourceFile(file::Fd fd, std::uint64_t bytes, int socket);
    ~SourceFile();
    SourceFile(const SourceFile&) = delete;
    SourceFile& operator=(const SourceFile&) = delete;

    // nullptr: no memory for it. Valid as long as this.
    [[nodiscard]] ::AVIOContext* context() const { return context_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] bool was_read_to_its_end() const { return furthest_ >= bytes_; }
    // Up to `size` bytes at `offset`; how many there were, 0 at the end and after an error.
    [[nodiscard]] std::size_t read_at(std::uint64_t offset, void* into, std::size_t size) const;

  private:
    static int read(void* self, std::uint8_t* into, int size);
    static std::int64_t seek(void* self, std::int64_t offset, int whence);
    void note_progress();

    file::Fd fd_;
    std::uint64_t bytes_;
    int socket_;
    std::uint64_t at_ = 0;
    std::uint64_t furthest_ = 0;
    std::uint64_t told_ = 0;
    ::AVIOContext* context_ = nullptr;
};

}  // namespace haul::speech

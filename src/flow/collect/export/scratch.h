// The folder on this machine in which an export works: empty but while one does.
#pragma once

#include <string>

#include "base/result.h"
#include "store/store.h"

namespace haul::collect {

class Scratch {
  public:
    // What a run that died left goes, and what it had begun to send to `corpus`.
    [[nodiscard]] static Result<Scratch> open(const std::string& path, store::Store& corpus);
    ~Scratch();
    Scratch(Scratch&& other) noexcept;
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    Scratch& operator=(Scratch&&) = delete;

    [[nodiscard]] const std::string& views() const { return views_; }
    // Durable before anything of the state is sent: the next run looks for what was sent of it.
    [[nodiscard]] Status note_sending(const std::string& state) const;

  private:
    explicit Scratch(std::string path);
    std::string path_, views_;
};

}  // namespace haul::collect
